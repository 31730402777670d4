"""What the system says when it cannot write or read, in the families of :mod:`bufgraph.errors`.

Python, RocksDB, SQLite, FAISS and others say it in classes of their own; the edges of the program translate once, here.
"""

import errno
import os
import re
import shutil
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, getrlimit
from typing import Final

from bufgraph.errors import BufgraphError, ConflictError, MisconfiguredError, NotAvailableError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_TOLD_AS_TEXT: Final = (*_FULL, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EIO, errno.EMFILE)
"""Searched in the words of an error that carries no number, as those of RocksDB and FAISS."""
_SHORT_WRITE: Final = re.compile(r"\d+ requested and \d+ written|MARISA_IO_ERROR: size_written")
"""What NumPy and marisa-trie say of a file that took less than they wrote: nearly always a full disk."""
_SQLITE: Final = {
    "SQLITE_FULL": errno.ENOSPC,
    "SQLITE_READONLY": errno.EACCES,
    "SQLITE_CANTOPEN": errno.EACCES,
    "SQLITE_IOERR": errno.EIO,
    "SQLITE_BUSY": errno.EAGAIN,
    "SQLITE_LOCKED": errno.EAGAIN,
}
"""First words of the names of SQLite's result codes (https://www.sqlite.org/rescode.html)."""
_STAYS: Final = "what was finished before stays as it was"
_WORDS: Final[tuple[tuple[tuple[int, ...], type[BufgraphError], str], ...]] = (
    (
        _FULL,
        NotAvailableError,
        "there is no space left for {place}{free}; {stays}: make room and run the command again",
    ),
    (
        (errno.EFBIG,),
        NotAvailableError,
        "{place} would pass the largest size that a file may have here (ulimit -f, or the limit of the disk); {stays}: "
        "raise the limit and run the command again",
    ),
    (
        (errno.EACCES, errno.EPERM, errno.EROFS),
        MisconfiguredError,
        "no right to read or write {place} as user {user} ({system}); {stays}: give that user the right, or set "
        "BUFGRAPH_HOME to a folder of its own",
    ),
    (
        (errno.ENOTDIR, errno.EEXIST, errno.EISDIR),
        MisconfiguredError,
        "{place} is in the way: a file stands where a folder is needed, or a folder where a file is; rename it, or set "
        "BUFGRAPH_HOME to another folder",
    ),
    ((errno.EAGAIN,), ConflictError, "another process writes to {place} ({err}); wait for it to end"),
    (
        (errno.EIO,),
        MisconfiguredError,
        "the disk failed at {place} ({err}); {stays}: check the disk, then run the command again",
    ),
    (
        (errno.EMFILE, errno.ENFILE),
        NotAvailableError,
        "too many files are open ({err}); raise the limit (ulimit -n) and run the command again",
    ),
)
_KNOWN: Final = frozenset(number for numbers, _, _ in _WORDS for number in numbers)


def disk_error(
    err: BaseException, home: Path | None = None, *, at: Path | None = None
) -> BufgraphError | None:
    """Return an error with words for a person when the disk, a right or a limit is the cause, else None.

    Args:
        home: The operator's folder, named where the error does not say which file it met.
        at: The file, where the caller knows it.
    """
    number = _number(err)
    if number is None:
        return None
    place = str(at) if at is not None else _place(err, home)
    family, words = next((family, words) for numbers, family, words in _WORDS if number in numbers)
    free = _free(place, home) if number in _FULL else ""
    told = words.format(
        place=place, free=free, user=os.geteuid(), system=os.strerror(number).lower(), err=err, stays=_STAYS
    )
    return family(told, path=place)


def _number(err: BaseException) -> int | None:
    """Return the number of the system's error, also where only the words tell it."""
    name = str(getattr(err, "sqlite_errorname", ""))
    for prefix, number in _SQLITE.items():
        if name.startswith(prefix):
            # SQLite tells a limit on the size of files as a failure of the disk.
            limited = number == errno.EIO and getrlimit(RLIMIT_FSIZE)[0] != RLIM_INFINITY
            return errno.EFBIG if limited else number
    if isinstance(err, OSError) and err.errno is not None:
        return err.errno if err.errno in _KNOWN else None
    if isinstance(err, OSError | RuntimeError):
        if _SHORT_WRITE.search(str(err)):
            return errno.ENOSPC
        return next((number for number in _TOLD_AS_TEXT if os.strerror(number) in str(err)), None)
    return None


def _place(err: BaseException, home: Path | None) -> str:
    """Return the file that the error names, else where it was, as well as is known."""
    named = getattr(err, "filename", None)
    if named:  # SQLite calls a private temporary file ""
        text = os.fsdecode(named) if isinstance(named, str | bytes) else str(named)
        return text.removeprefix("file://")  # SQLite is given addresses of files
    words = (word.strip("'\",:;()") for word in str(err).split())
    path = next((word for word in words if word.startswith("/")), None)
    return path or (f"a file in {home}" if home is not None else "a file")


def _free(place: str, home: Path | None) -> str:
    path = Path(place)
    folders = (path, *path.parents) if path.is_absolute() else (home,)
    for folder in folders:
        if folder is not None and folder.is_dir():
            return f" ({shutil.disk_usage(folder).free / 1e6:,.1f} MB are free in {folder})"
    return ""
