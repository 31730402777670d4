"""Cities of GeoNames: ``cities500.txt`` (or another extract) with the names in ``alternateNamesV2.txt`` beside it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from bufgraph_ingest.connectors.archives import files_of
from bufgraph_ingest.connectors.items import Item, whole_file
from bufgraph_ingest.port import Reject

REGION: Final = frozenset({"DE", "DK", "EE", "FI", "IS", "LT", "LV", "NO", "PL", "RU", "SE"})
"""Countries whose places are read."""
_COLUMNS: Final = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature class", "feature code",
    "country code", "cc2", "admin1 code", "admin2 code", "admin3 code", "admin4 code", "population", "elevation", "dem",
    "timezone", "modification date",
)  # fmt: skip
"""Of the table 'geoname' in https://download.geonames.org/export/dump/readme.txt."""
_NAMES: Final = "alternateNamesV2"
_LANGUAGES: Final = {"no": "nb"} | {
    code: code
    for code in ("en", "sv", "fi", "da", "nb", "et", "lv", "lt", "pl", "de", "ru", "uk", "be", "is")
}
_WIKIDATA: Final = "wkdt"
_LONGEST: Final = 100_000
"""Bytes of a line; the alternate names in it have 10,000 characters at most."""
_POPULATED: Final = "P"
Labels = dict[str, dict[str, list[tuple[bool, str]]]]
"""Place → language → (is preferred, name)."""


def geonames_items(path: Path) -> Iterator[Item | Reject]:
    """Yield the populated places of the region, with names by language in ``labels`` and ``others``."""
    with ExitStack() as stack:
        places = _pick(stack.enter_context(files_of(path)), path.stem)
        wanted = {row[0] for row in _rows(places) if isinstance(row, list) and _is_wanted(row)}
        labels = _labels(path.parent, wanted, stack)
        for number, row in enumerate(_rows(places), 1):
            if isinstance(row, str):
                yield Reject(path.name, number, "", "", row, "", remedy="get the file again")
            elif len(row) != len(_COLUMNS):
                reason = f"the line has {len(row)} columns, the format {len(_COLUMNS)}"
                yield Reject(
                    path.name, number, row[0], "", reason, "\t".join(row)[:200], remedy="get the file again"
                )
            elif _is_wanted(row):
                yield Item(number, _values(row, labels.get(row[0], {})))
        if not places.stat().st_size:
            yield whole_file(path.name, "the file is empty", "get the file again")


def _pick(files: list[Path], stem: str) -> Path:
    return next((file for file in files if file.stem == stem), files[0])


def _is_wanted(row: list[str]) -> bool:
    return len(row) == len(_COLUMNS) and row[6] == _POPULATED and row[8] in REGION


def _rows(path: Path) -> Iterator[list[str] | str]:
    """Yield the cells of each line, or why it cannot be read. The format has no quotes."""
    with path.open("rb") as stream:
        while line := stream.readline(_LONGEST):
            if len(line) == _LONGEST and not line.endswith(b"\n"):
                _pass_over(stream)
                yield f"the line is longer than {_LONGEST:,} bytes"
                continue
            try:
                yield line.removeprefix(b"\xef\xbb\xbf").decode().rstrip("\r\n").split("\t")
            except UnicodeDecodeError:
                yield "the line is not UTF-8"


def _pass_over(stream: IO[bytes]) -> None:
    while (rest := stream.readline(_LONGEST)) and not rest.endswith(b"\n"):
        pass


def _labels(folder: Path, wanted: set[str], stack: ExitStack) -> Labels:
    """Read the names of wanted places, all others passing by; none where no such file lies beside."""
    beside = next((p for end in (".txt", ".zip") if (p := folder / f"{_NAMES}{end}").is_file()), None)
    found: Labels = {}
    if beside is None:
        return found
    for row in _rows(_pick(stack.enter_context(files_of(beside)), _NAMES)):
        # alternateNameId, geonameid, isolanguage, name, isPreferredName, isShortName, isColloquial, isHistoric, from, to
        if isinstance(row, list) and len(row) >= 4 and row[1] in wanted:
            cells = [*row, *[""] * 10]
            language = _LANGUAGES.get(row[2], row[2] if row[2] == _WIKIDATA else "")
            if language:
                is_other = "1" in (cells[6], cells[7])
                names = found.setdefault(row[1], {}).setdefault("" if is_other else language, [])
                names.append((cells[4] == "1", row[3]))
    return found


def _values(row: list[str], names: dict[str, list[tuple[bool, str]]]) -> dict[str, Any]:  # Any: JSON
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    first = {
        language: next((name for preferred, name in told if preferred), told[0][1])
        for language, told in sorted(names.items())
        if language not in ("", _WIKIDATA)
    }
    values["labels"] = {"en": values["name"], **first}
    told = {name for language, pairs in names.items() if language != _WIKIDATA for _, name in pairs}
    values["others"] = sorted({*told, values["name"]} - set(values["labels"].values()))
    values["wikidata"] = next(
        (name for _, name in names.get(_WIKIDATA, ()) if name[:1] == "Q" and name[1:].isdigit()), ""
    )
    return values
