"""Projects of CORDIS: the archives of the open data (CSV, JSON, XML) or one of their files."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, Any, Final

from bufgraph_ingest.connectors.archives import files_of
from bufgraph_ingest.connectors.items import Item, json_items, table_items, whole_file, xml_items
from bufgraph_ingest.connectors.parts import parts_on_disk
from bufgraph_ingest.mappings.records import look_up
from bufgraph_ingest.port import Reject

_PROJECTS, _ORGANISATIONS = "project", "organization"
"""Beginnings of the names of the two files that belong together."""
_LEAD: Final = "coordinator"
_FROM_XML: Final = {
    "organisationID": "id", "name": "legalName", "shortName": "shortName", "city": "address/city",
    "country": "address/country", "activityType": "relations/categories/category/code", "role": "@type", "SME": "@sme",
}  # fmt: skip
"""Column of the table → path in an organisation of the XML."""


def cordis_items(path: Path, encoding: str = "") -> Iterator[Item | Reject]:
    """Yield projects with their ``organizations`` and, apart, their ``coordinator``."""
    with files_of(path) as files:
        is_whole = path not in files  # an archive; else only files of this name and its partner are meant
        own = files if is_whole else [path]
        xml = [file for file in own if file.suffix.lower() == ".xml"]
        tables = [file for file in files if file.suffix.lower() in (".csv", ".json", ".xlsx")]
        projects = next((f for f in own if f in tables and _begins(f, _PROJECTS)), None)
        if xml:
            yield from _xml(xml)
        elif projects is None and is_whole:
            yield whole_file(path.name, "there is no project.csv, project.json or XML inside", "get it again")
        else:
            yield from _joined(projects or path, tables, encoding)


def _begins(file: Path, name: str) -> bool:
    return file.name.lower().startswith(name)


def _joined(projects: Path, tables: list[Path], encoding: str) -> Iterator[Item | Reject]:
    same = [f for f in tables if f.suffix == projects.suffix and _begins(f, _ORGANISATIONS)]
    with parts_on_disk() as parts:
        for file in same[:1]:
            yield from parts.add(
                _read(file, encoding), lambda values: str(values.get("projectID", "")).strip()
            )
        for item in _read(projects, encoding):
            if isinstance(item, Item):
                own = item.values.get("organizations") or parts.of(str(item.values.get("id", "")).strip())
                yield Item(item.line, _led(item.values, own))
            else:
                yield item


def _read(file: Path, encoding: str) -> Iterator[Item | Reject]:
    if file.suffix.lower() != ".json":
        yield from table_items(file, encoding)
        return
    with file.open("rb") as stream:
        yield from json_items(stream, file.name, "")


def _xml(files: list[Path]) -> Iterator[Item | Reject]:
    number = 1
    for file in files:
        with file.open("rb") as stream:
            number = yield from _one_xml(stream, file.name, number)


def _one_xml(stream: IO[bytes], file: str, number: int) -> Generator[Item | Reject, None, int]:
    """Yield the projects of a file; return the number of the next."""
    for item in xml_items(stream, file, "project", number):
        if isinstance(item, Item):
            found = look_up(item.values, "relations/associations/organization") or []
            found = found if isinstance(found, list) else [found]
            own = [
                {name: look_up(organisation, path) for name, path in _FROM_XML.items()}
                for organisation in found
            ]
            yield Item(item.line, _led(item.values, own))
            number = item.line + 1
        else:
            yield item
    return number


def _led(values: dict[str, Any], own: list[dict[str, Any]]) -> dict[str, Any]:  # Any: JSON
    lead = [o for o in own if str(o.get("role", "")).lower() == _LEAD]
    return {**values, "organizations": own, "coordinator": lead[0] if lead else {}}
