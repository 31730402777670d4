"""Imports reach search without a full build; warm, cold and full answers are the same."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bufgraph.errors import ConflictError, InvalidInputError, NotAvailableError
from bufgraph.index.builds import read_manifest
from bufgraph.search.query import SearchQuery
from bufgraph.services import increments
from bufgraph.services.answers import AnswerService
from bufgraph.services.building import is_current
from bufgraph.services.composition import Build, open_build
from bufgraph.services.home import builds
from bufgraph.services.reopening import open_next
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.loading import Generations
from bufgraph_ingest.publish_command import publish as publish_command
from bufgraph_ingest.publishing import Published, publish
from builders import Json, adoption, city, condition, document, small_datasets, write_datasets
from conftest import build, quiet
from meadows import meadow, write_import

NEEDS = (
    "people slip on icy pavements in winter",
    "cellars flood after heavy rain",
    "snow stays on the streets",
    "bees find no flowers in the centre",
    "liukkaat jalkakäytävät",
)


@pytest.fixture
def own(small_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the small build that a test may add to."""
    shutil.copytree(small_settings.home, tmp_path / "home", copy_function=shutil.copy2)
    return load_settings({}, home=tmp_path / "home", datasets=small_settings.datasets)


def published(settings: Settings, rows: list[Json], name: str = "meadows") -> Published:
    write_import(settings, rows, name)
    return publish(settings, quiet)


def found(opened: Build, need: str) -> list[tuple[str, str]]:
    """Return what a search shows of each practice: slug and passage, best first."""
    hits = AnswerService(opened).search(SearchQuery(need, ("practice",), limit=20)).hits
    return [(hit.record.rsplit("/", 1)[-1], hit.passage.text) for hit in hits]


def test_a_published_practice_is_found_and_has_its_evidence(own: Settings) -> None:
    before = open_build(own)
    done = published(own, meadow())
    assert (done.is_new, done.base, done.records) == (True, before.folder.name, 5)
    after = open_next(own, before)
    assert after.folder.name == done.build
    assert found(after, NEEDS[3])[0][0] == "meadows"
    assert found(before, NEEDS[3])[0][0] != "meadows"
    assert after.evidence["https://w3id.org/bufgraph/id/practice/meadows"].adoptions == 1
    assert after.catalogue.practice("meadows").title == "Flower meadows for bees"


def test_warm_cold_and_full_answers_are_the_same(own: Settings) -> None:
    before = open_build(own)
    before.warm_up()
    published(
        own, [*meadow(), adoption("gritting", "lv-cesis", "success", suffix="--lv-cesis", start_year=2025)]
    )
    warm, cold = open_next(own, before), open_build(own)
    answers = {need: found(warm, need) for need in NEEDS}
    assert answers == {need: found(cold, need) for need in NEEDS}
    assert warm.index.passages == cold.index.passages
    assert warm.catalogue == cold.catalogue
    assert warm.evidence == cold.evidence
    full = open_build(build(own))
    assert full.base == full.folder.name
    assert [p for p in full.index.passages if p.record_type == "practice"] == [
        p for p in warm.index.passages if p.record_type == "practice"
    ]
    assert answers == {need: found(full, need) for need in NEEDS}


def test_a_record_changed_by_hand_is_found_by_its_new_words(own: Settings) -> None:
    published(own, meadow())
    first = open_build(own)
    assert "Trams" not in " ".join(text for _, text in found(first, "trams are late"))
    rows = meadow()
    rows[0]["problem"] = "Trams are late because their tracks share the road with cars."
    published(own, rows)
    second = open_next(own, first)
    assert found(second, "trams are late")[0] == ("meadows", rows[0]["problem"])
    assert [text for slug, text in found(second, NEEDS[3]) if "Bees find no flowers" in text] == []


def test_an_import_that_is_deleted_leaves_search_and_the_full_build_comes_back(own: Settings) -> None:
    base = builds(own).current_id()
    path = write_import(own, meadow())
    publish(own, quiet)
    with_meadows = open_build(own)
    path.unlink()
    done = publish(own, quiet)
    assert (done.build, done.is_new, done.changed) == (base, True, ())
    after = open_next(own, with_meadows)
    assert "meadows" not in [slug for need in NEEDS for slug, _ in found(after, need)]
    assert after.catalogue == open_build(own).catalogue


def test_needs_follow_a_practice_in_and_out(own: Settings) -> None:
    rows = meadow()
    path = write_import(own, rows)
    with_meadows = open_build(build(own))
    need = "https://w3id.org/bufgraph/id/need/lv-cesis--cloudburst-flooding"
    assert need in with_meadows.catalogue.needs
    path.unlink()
    done = publish(own, quiet)
    without = open_next(own, with_meadows)
    assert done.changed == ("https://w3id.org/bufgraph/id/graph/imports-meadows",)
    assert need not in without.catalogue.needs
    assert "Works on" not in " ".join(
        p.text for p in without.index.passages if p.record.endswith("/lv-cesis")
    )
    write_import(own, rows)
    assert publish(own, quiet).build == with_meadows.folder.name
    assert need in open_next(own, without).catalogue.needs


def test_what_was_derived_from_a_record_goes_with_it(own: Settings) -> None:
    path = write_import(own, [*meadow(), condition("meadows", "coastal")])
    build(own)
    feature = "https://w3id.org/bufgraph/id/feature/lv-cesis--coastal--practice-meadows"
    assert feature in open_build(own).catalogue.features
    path.unlink()
    publish(own, quiet)
    opened = open_build(own)
    assert feature not in opened.catalogue.features
    assert not any("/meadows" in s or "/meadows" in o.value for s, _, o in opened.graph.triples())


def test_a_record_that_came_into_the_datasets_since_asks_for_a_full_build(
    own: Settings, tmp_path: Path
) -> None:
    data = small_datasets()
    data["cities"].append(city("ee-parnu", "Pärnu", "EE"))
    newer = load_settings({}, home=own.home, datasets=write_datasets(tmp_path / "newer", data))
    write_import(newer, [{**meadow()[0], "origin": "bgd:city/ee-parnu"}, *meadow()[1:]])
    with pytest.raises(
        ConflictError, match=r"bgd:city/ee-parnu .* came into the datasets .* run 'bufgraph build'"
    ):
        publish(newer, quiet)


def test_increments_do_not_stack(own: Settings) -> None:
    base = builds(own).current_id()
    published(own, meadow())
    done = published(own, meadow("ponds"), name="ponds")
    manifest = read_manifest(builds(own).current())
    assert (done.base, manifest["base"]) == (base, base)
    assert done.changed == tuple(
        f"https://w3id.org/bufgraph/id/graph/imports-{name}" for name in ("meadows", "ponds")
    )


def test_publishing_twice_changes_nothing(own: Settings) -> None:
    first = published(own, meadow())
    manifest = (builds(own).current() / "manifest.json").stat()
    second = publish(own, quiet)
    assert (second.build, second.is_new, second.records) == (first.build, False, first.records)
    assert (builds(own).current() / "manifest.json").stat() == manifest


def test_the_graph_of_an_increment_holds_the_records_and_where_they_come_from(own: Settings) -> None:
    published(own, meadow())
    opened = open_build(own)
    graph = "https://w3id.org/bufgraph/id/graph/imports-meadows"
    assert {graph, f"{graph}/provenance"} <= set(opened.graph.named_graphs())
    assert opened.graph.count() == opened.manifest["quads"]
    told = {term.value for _, _, term in opened.graph.triples(named_graph=f"{graph}/provenance")}
    assert {"imports/meadows.jsonl", opened.manifest["graphs"][graph]} <= told


def test_unchanged_files_are_shared_with_the_full_build(own: Settings) -> None:
    base = builds(own).current()
    published(own, meadow())
    folder = builds(own).current()
    assert (folder / "index" / "passages.faiss").samefile(base / "index" / "passages.faiss")
    shutil.rmtree(base)
    assert found(open_build(own), NEEDS[3])[0][0] == "meadows"


def test_the_full_build_is_kept_for_the_next_increment(own: Settings) -> None:
    base = builds(own).current_id()
    for number in range(4):
        published(own, meadow(f"meadows-{number}"))
    names = {p.name for p in (own.home / "builds").iterdir() if p.is_dir()}
    assert base in names
    assert len(names) <= 3


def test_an_increment_is_never_what_a_full_build_would_make(own: Settings) -> None:
    published(own, meadow())
    generation = Generations(own.home / "graph").current()
    assert generation is not None
    assert not is_current(own, generation.graphs)


def test_refused_records_are_left_out_and_reported(own: Settings) -> None:
    rows = meadow()
    rows[0]["problem"] = ""
    rows.append({**document("other"), "page": "https://example.org/other"})
    done = published(own, rows)
    assert {reject.record_id for reject in done.report.rejects} >= {"bgd:practice/meadows"}
    assert all(reject.file == "imports/meadows.jsonl" for reject in done.report.rejects)
    assert "bgd:source/other" not in done.rejects.read_text()
    assert not any("meadows" in iri for iri in open_build(own).catalogue.practices)


def test_strict_changes_nothing_when_a_record_is_refused(own: Settings) -> None:
    before = builds(own).current_id()
    write_import(own, [{**meadow()[0], "origin": "Atlantis"}])
    with pytest.raises(
        InvalidInputError, match=r"nothing published; the first: imports/meadows.jsonl line 1, origin"
    ):
        publish(own, quiet, strict=True)
    assert builds(own).current_id() == before


def test_a_place_may_be_named_in_an_import_written_by_hand(own: Settings) -> None:
    rows = meadow()
    rows[0]["origin"] = "Cēsis"
    published(own, rows)
    assert open_build(own).catalogue.practice("meadows").origin.endswith("/lv-cesis")


def test_an_identifier_of_the_datasets_is_refused(own: Settings) -> None:
    done = published(own, meadow("gritting"))
    assert "the identifier is taken by practices.jsonl line 1" in done.report.rejects[0].reason


def test_too_many_changes_are_refused_with_the_remedy(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = builds(own).current_id()
    monkeypatch.setattr(increments, "MOST_SUBJECTS", 2)
    with pytest.raises(ConflictError, match=r"5 things changed .* run 'bufgraph build'"):
        published(own, meadow())
    assert builds(own).current_id() == before


def test_without_a_build_the_error_says_what_to_do(own: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="run 'bufgraph build' first"):
        publish(load_settings({}, home=tmp_path / "empty", datasets=own.datasets), quiet)


def test_the_command_tells_what_it_did(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUFGRAPH_HOME", str(own.home))
    monkeypatch.setenv("BUFGRAPH_DATASETS", str(own.datasets))
    write_import(own, meadow())
    done = CliRunner().invoke(publish_command)
    assert done.exit_code == 0, done.output
    assert f"published build {builds(own).current_id()}: 5 records" in done.output
    again = CliRunner().invoke(publish_command)
    assert "up to date: build" in again.output
