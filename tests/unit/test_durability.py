"""Files that are replaced whole, and on the disk before anybody is told."""

import errno
import os
from pathlib import Path

import pytest

from bufgraph import durability
from bufgraph.durability import named, replace_file, replace_folder


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of files and folders in the order in which they are brought to the disk."""
    done: list[str] = []

    def note(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fsync", note)
    return done


def test_a_file_is_replaced_whole_and_the_folder_synced_after_it(tmp_path: Path, synced: list[str]) -> None:
    target = tmp_path / "pointer"
    target.write_bytes(b"old")
    assert replace_file(target, b"new") == target
    assert target.read_bytes() == b"new"
    assert synced == ["pointer.new", tmp_path.name]
    assert [path.name for path in tmp_path.iterdir()] == ["pointer"]


def test_a_folder_is_on_the_disk_before_it_gets_its_name(tmp_path: Path, synced: list[str]) -> None:
    fresh = tmp_path / ".fresh"
    (fresh / "index").mkdir(parents=True)
    (fresh / "index" / "file").write_bytes(b"content")
    replace_folder(fresh, tmp_path / "build")
    assert (tmp_path / "build" / "index" / "file").read_bytes() == b"content"
    assert sorted(synced[:3]) == [".fresh", "file", "index"]
    assert synced[3:] == [tmp_path.name]


def test_a_folder_changes_places_with_the_one_that_has_its_name(tmp_path: Path) -> None:
    fresh, target = tmp_path / ".fresh", tmp_path / "build"
    for folder in (fresh, target):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    replace_folder(fresh, target)
    assert (target / "name").read_text() == ".fresh"
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_a_system_that_cannot_exchange_folders_renames_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durability, "_exchange", lambda one, other: False)
    test_a_folder_changes_places_with_the_one_that_has_its_name(tmp_path)


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "pointer"
    target.write_bytes(b"old")

    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=r"pointer\.new"):
        replace_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["pointer"]


def test_an_error_without_a_name_gets_one() -> None:
    with pytest.raises(OSError, match="/x/y") as caught, named(Path("/x/y")):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == "/x/y"
    with pytest.raises(OSError, match="/other"), named(Path("/x/y")):
        raise OSError(errno.ENOSPC, "No space left on device", "/other")
