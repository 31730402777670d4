"""A build is whole or not there, and a damaged one says so."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bufgraph.errors import ConflictError, MisconfiguredError, NotAvailableError
from bufgraph.index.builds import Builds, lease, read_manifest, write_manifest
from bufgraph.services.building import is_current
from bufgraph.services.composition import open_build, passage_encoder
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.loading import Generations
from builders import small_datasets, write_datasets
from conftest import build


@pytest.fixture
def own(small_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the small build that a test may damage."""
    shutil.copytree(small_settings.home, tmp_path / "home", copy_function=shutil.copy2)
    return load_settings({}, home=tmp_path / "home", datasets=small_settings.datasets)


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="run 'bufgraph build' first"):
        open_build(load_settings({}, home=tmp_path))


@pytest.mark.parametrize("name", ["index/passages.faiss", "index/passages.jsonl", "index/concepts.npy"])
def test_a_changed_file_is_named_and_the_remedy_told(own: Settings, name: str) -> None:
    path = open_build(own).folder / name
    path.write_bytes(path.read_bytes()[:-20] + b"x" * 20)
    with pytest.raises(
        MisconfiguredError, match=rf"{name} was changed or damaged.*run 'bufgraph build --force'"
    ):
        open_build(own)


def test_a_missing_file_is_named(own: Settings) -> None:
    (open_build(own).folder / "index" / "passages.faiss").unlink()
    with pytest.raises(MisconfiguredError, match=r"lacks its file .*passages\.faiss"):
        open_build(own)


def test_a_build_without_manifest_is_refused(own: Settings) -> None:
    (open_build(own).folder / "manifest.json").write_text("{")
    with pytest.raises(MisconfiguredError, match="has no readable manifest"):
        open_build(own)


def test_an_index_of_another_model_is_refused(own: Settings) -> None:
    from dataclasses import replace

    opened = open_build(own)
    foreign = replace(opened, manifest={**opened.manifest, "encoder": "other-model"})
    with pytest.raises(MisconfiguredError, match="missing or damaged"):
        _ = foreign.encoder


def test_a_failed_build_leaves_the_old_one_and_no_rubbish(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    with builds.new("first") as folder:
        (folder / "a").write_text("a")
        write_manifest(folder, {})
    with pytest.raises(RuntimeError), builds.new("second"):
        raise RuntimeError
    assert builds.current_id() == "first"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["current", "first", "lock"]
    read_manifest(builds.current())


def test_a_killed_build_leaves_the_old_one_and_the_next_run_cleans_up(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    with builds.new("first") as folder:
        write_manifest(folder, {})
    script = (
        "import os, signal, sys, pathlib\n"
        "from bufgraph.index.builds import Builds\n"
        "with Builds(pathlib.Path(sys.argv[1])).new('second'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=dict(os.environ), check=False)
    assert done.returncode == -signal.SIGKILL
    assert builds.current_id() == "first"
    with builds.new("third") as folder:
        write_manifest(folder, {})
    assert builds.current_id() == "third"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["current", "first", "lock", "third"]


def test_a_second_builder_is_told_to_wait(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    with builds.new("first") as folder:
        write_manifest(folder, {})
        with pytest.raises(ConflictError, match="another process builds"), builds.new("second"):
            pass
    assert builds.current_id() == "first"


def test_a_build_without_its_query_encoder_is_not_current(own: Settings) -> None:
    shutil.rmtree(own.home / "cache" / "encoders")
    generation = Generations(own.home / "graph").current()
    assert generation is not None
    assert not is_current(own, generation.graphs)


def test_only_the_newest_builds_are_kept(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    for name in ("one", "two", "three"):
        with builds.new(name) as folder:
            write_manifest(folder, {})
    builds.prune(keep=2)
    assert builds.current_id() == "three"
    assert len([p for p in tmp_path.iterdir() if p.is_dir()]) == 2


def test_a_build_in_use_is_spared_until_its_reader_leaves(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    for name in ("one", "two", "three"):
        with builds.new(name) as folder:
            write_manifest(folder, {})
        if name == "one":
            reader = lease(builds.current())
    with reader:
        assert builds.prune(keep=1) == ["two"]
    assert builds.prune(keep=1) == ["one"]
    assert builds.current_id() == "three"


def test_a_build_is_current_until_its_data_change(own: Settings) -> None:
    generation = Generations(own.home / "graph").current()
    assert generation is not None
    assert is_current(own, generation.graphs)
    assert not is_current(own, {**generation.graphs, "urn:more": "0"})


def test_a_reader_keeps_the_build_it_opened(own: Settings, tmp_path: Path) -> None:
    before = open_build(own)
    names = set(before.catalogue.cities)
    data = small_datasets()
    data["cities"].append({**data["cities"][0], "id": "bgd:city/ee-parnu", "pref_label": {"en": "Pärnu"}})
    (tmp_path / "more" / "lexicons").mkdir(parents=True)
    build(load_settings({}, home=own.home, datasets=write_datasets(tmp_path / "more", data)))
    assert set(before.catalogue.cities) == names
    assert before.reader.read("snow").concepts
    assert len(open_build(own).catalogue.cities) == len(names) + 1


def test_one_changed_record_embeds_only_its_own_passages(
    new_home: Callable[[], Path], tmp_path: Path
) -> None:
    data = small_datasets()
    (tmp_path / "data" / "lexicons").mkdir(parents=True)
    settings = load_settings({}, home=new_home(), datasets=write_datasets(tmp_path / "data", data))
    build(settings)
    data["practices"][0]["problem"] = "Pavements are icy, and nobody grits them."
    write_datasets(tmp_path / "data", data)
    build(settings)
    assert open_build(settings).manifest["embedded_now"] == 1
    assert passage_encoder(settings).misses == 0


def test_checksums_of_the_same_file_are_taken_over_and_of_a_copy_are_not(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    with builds.new("first") as folder:
        (folder / "same").write_text("same")
        (folder / "copied").write_text("copied")
        write_manifest(folder, {})
    first = builds.current()
    with builds.new("second") as folder:
        (folder / "same").hardlink_to(first / "same")
        (folder / "copied").write_text("changed")
        write_manifest(folder, {"base": "first"}, like=first)
    second = builds.current()
    files = read_manifest(second, like=first)["files"]
    assert files == read_manifest(second)["files"]
    assert files["same"] == read_manifest(first)["files"]["same"]
    (second / "copied").write_text("damaged")
    with pytest.raises(MisconfiguredError, match="copied was changed or damaged"):
        read_manifest(second, like=first)


def test_the_base_of_the_current_build_is_kept(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    for name, about in {"base": {}, "one": {"base": "base"}, "two": {"base": "base"}}.items():
        with builds.new(name) as folder:
            write_manifest(folder, about)
    assert builds.prune(keep=1) == ["one"]
    with builds.new("whole") as folder:
        write_manifest(folder, {})
    assert sorted(builds.prune(keep=1)) == ["base", "two"]


def test_the_pointer_changes_with_the_build(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    assert builds.pointer() is None
    seen = []
    for name in ("one", "two"):
        with builds.new(name) as folder:
            write_manifest(folder, {})
        seen.append(builds.pointer())
    builds.use("one")
    assert builds.current_id() == "one"
    assert len({*seen, builds.pointer()}) == 3
