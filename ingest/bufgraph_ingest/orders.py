"""What to bring in, and the account of it: shared by spreadsheets and the other sources."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.text.normalise import fold
from bufgraph_ingest.import_files import holds_indicators
from bufgraph_ingest.report import RunReport

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Order:
    """What to bring in.

    Attributes:
        kind: One of the sheets or of the connectors.
        name: Name of the import, which the records are added to; "" takes the one that a file of refused things names,
            else that of the file.
        encoding: Of a text file; "" finds it out.
        limit: Read at most so many rows or items; ``since``: only those that the source changed since then.
        update: What the import has with other content is replaced; else it is refused.
        mapping: A mapping of the operator in the place of ours.
    """

    file: Path
    kind: str
    name: str = ""
    encoding: str = ""
    limit: int | None = None
    since: date | None = None
    update: bool = False
    mapping: Path | None = None


@dataclass(frozen=True)
class Ingested:
    """The account of a run.

    Attributes:
        path: The import; None for a dry run or when nothing was new.
        rejects: The file with what was refused, to be mended; None when there is none or nothing was to be written.
        page: The run report as HTML; None for a dry run.
    """

    run: RunReport
    path: Path | None
    rejects: Path | None
    page: Path | None

    @property
    def accepted(self) -> int:
        """How many rows or items are in the data now: new, changed or there before."""
        return sum(self.run.counts[name] for name in ("new", "updated", "unchanged"))


def name_of(order: Order, told: str) -> str:
    """Return the name of the import.

    Args:
        told: The name that the file gives, "" for none.

    Raises:
        InvalidInputError: It is no name.
    """
    name = order.name or told
    if name and not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"'{name}' is no name for an import; write small letters, digits and single hyphens, "
            "such as winter-2024",
            field="name",
        )
    name = name or re.sub(r"[^a-z0-9]+", "-", fold(order.file.stem)).strip("-")
    if not name:
        raise InvalidInputError(
            f"the name of {order.file} gives no name for the import; use --name", field="name"
        )
    return name


def require_records(path: Path, name: str) -> None:
    """Make sure that an import, where there is one, is not one of indicator values.

    Raises:
        ConflictError: It is.
    """
    if holds_indicators(path, name):
        raise ConflictError(
            f"the import '{name}' holds values of indicators, which 'bufgraph import-indicators' replaces as a whole; "
            "choose another --name"
        )


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal text."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
