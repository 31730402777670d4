"""What the system refuses becomes an error of ours that says which file, why and what to do."""

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import faiss
import marisa_trie
import numpy as np
import pytest

from bufgraph.cli.main import EXIT_CODES, exit_code
from bufgraph.disk_errors import disk_error
from bufgraph.embeddings.cache import CachedEncoder
from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.errors import ConflictError, MisconfiguredError, NotAvailableError


@pytest.mark.parametrize(
    ("number", "family", "words"),
    [
        (errno.ENOSPC, NotAvailableError, "no space left for /home/x"),
        (errno.EDQUOT, NotAvailableError, "no space left for /home/x"),
        (errno.EFBIG, NotAvailableError, "ulimit -f"),
        (errno.EACCES, MisconfiguredError, "no right to read or write /home/x"),
        (errno.EROFS, MisconfiguredError, "read-only file system"),
        (errno.ENOTDIR, MisconfiguredError, "/home/x is in the way"),
        (errno.EIO, MisconfiguredError, "the disk failed at /home/x"),
        (errno.EMFILE, NotAvailableError, "ulimit -n"),
    ],
)
def test_an_error_of_the_system_gets_a_family_and_words(number: int, family: type, words: str) -> None:
    told = disk_error(OSError(number, os.strerror(number), "/home/x"))
    assert isinstance(told, family)
    assert words in told.message
    assert exit_code(told) == EXIT_CODES[family]


def test_an_error_that_names_no_file_is_placed_in_the_home(tmp_path: Path) -> None:
    told = disk_error(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert told is not None
    assert f"no space left for a file in {tmp_path} (" in told.message
    assert "MB are free" in told.message


def test_names_that_sqlite_gives_are_places_for_people(tmp_path: Path) -> None:
    for given, place in (
        ("", f"a file in {tmp_path}"),
        ("file:///tmp/x/ledger.sqlite", "/tmp/x/ledger.sqlite"),
    ):
        told = disk_error(OSError(errno.ENOSPC, "No space left on device", given), tmp_path)
        assert told is not None
        assert told.message.startswith(f"there is no space left for {place}")


def test_a_limit_on_the_size_of_files_that_sqlite_met_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = sqlite3.OperationalError("disk I/O error")
    met.sqlite_errorname = "SQLITE_IOERR_WRITE"
    failed = disk_error(met, tmp_path)
    monkeypatch.setattr("bufgraph.disk_errors.getrlimit", lambda which: (512, 512))
    limited = disk_error(met, tmp_path)
    assert failed is not None
    assert limited is not None
    assert "the disk failed" in failed.message
    assert "ulimit -f" in limited.message


def test_words_of_rocksdb_without_a_number_are_understood() -> None:
    told = disk_error(
        OSError("IO error: No space left on device: While appending to file: /x/000012.sst: No space")
    )
    assert isinstance(told, NotAvailableError)
    assert "/x/000012.sst" in told.message


def test_what_is_not_of_the_disk_stays_what_it_is() -> None:
    assert disk_error(FileNotFoundError(errno.ENOENT, "No such file", "/x")) is None
    assert disk_error(ConnectionRefusedError(errno.ECONNREFUSED, "refused")) is None
    assert disk_error(ValueError("No space left on device")) is None
    assert disk_error(RuntimeError("something else")) is None


def _save_faiss(path: str) -> None:
    index = faiss.IndexFlatIP(8)
    index.add(np.zeros((4_096, 8), dtype=np.float32))
    faiss.write_index(index, path)


def _save_numpy(path: str) -> None:
    with Path(path).open("wb") as file:
        np.save(file, np.zeros(100_000, dtype=np.float32))


def _save_trie(path: str) -> None:
    marisa_trie.RecordTrie("<I", [(f"word{n * 7919}", (n,)) for n in range(20_000)]).save(path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("save", [_save_faiss, _save_numpy, _save_trie])
def test_a_full_disk_under_a_compiled_library_is_understood(
    save: Callable[[str], None], tmp_path: Path
) -> None:
    with pytest.raises((OSError, RuntimeError)) as caught:
        save("/dev/full")
    told = disk_error(caught.value, tmp_path)
    assert isinstance(told, NotAvailableError)
    assert "no space left" in told.message


def test_a_cache_that_another_process_writes_is_a_conflict(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    holder = sqlite3.connect(path)
    holder.execute("CREATE TABLE t (x)")
    error = None
    with holder:
        holder.execute("INSERT INTO t VALUES (1)")
        try:
            with sqlite3.connect(path, timeout=0) as other:
                other.execute("INSERT INTO t VALUES (2)")
        except sqlite3.OperationalError as err:
            error = err
        finally:
            other.close()
    holder.close()
    assert error is not None
    assert isinstance(disk_error(error, at=path), ConflictError)


def test_a_damaged_cache_of_vectors_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"no database " * 100)
    with pytest.raises(MisconfiguredError, match="remove the file") as caught:
        CachedEncoder(HashingEncoder(), path).encode(["a text"])
    assert str(path) in caught.value.message
