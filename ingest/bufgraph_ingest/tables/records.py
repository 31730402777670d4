"""The values of a row become records: one table of small functions, one a kind of sheet."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from bufgraph.namespaces import slug
from bufgraph.text.normalise import fold
from bufgraph_ingest.cleaning import clean
from bufgraph_ingest.port import Json
from bufgraph_ingest.tables.cells import CellFault
from bufgraph_ingest.tables.world import World

Parts = Mapping[str, Mapping[str, Any]]  # Any: values of each kind of column
_LONGEST_SLUG: Final = 80
UNCHECKED: Final = "bgs:confidence/low"
"""Confidence in a practice that somebody sent and nobody of ours has checked."""


@dataclass(frozen=True, slots=True)
class RowRecords:
    """What one row becomes.

    Attributes:
        identifier: Of the thing that the row is about.
        records: In the JSON of our schema, cleaned; the documents apart, because rows share them.
        owned: Identifiers of all records that a row about this thing can have, also of those that it has not now.
        content: The cells as they came, by column.
    """

    number: int
    identifier: str
    records: tuple[Json, ...]
    documents: tuple[Json, ...]
    owned: frozenset[str]
    content: Mapping[str, str | float]


class TwinError(Exception):
    """The thing of a row is in the data already; says which cell tells so."""

    def __init__(self, fault: CellFault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def make_records(
    kind: str, number: int, parts: Parts, content: Mapping[str, str | float], world: World
) -> RowRecords:
    """Return the records of a row without faults.

    Raises:
        TwinError: The data hold the thing under another identifier.
    """
    documents = dict(_documents(parts, world))
    records = tuple(clean(record) for record in _MAKERS[kind](parts, list(documents), world))
    main = str(records[0]["id"])
    base = slug(main)
    owned = {main, *(f"bgd:{folder}/{base}{end}" for folder, end in _OWNED.get(kind, ()))}
    made = tuple(document for document in documents.values() if document is not None)
    return RowRecords(number, main, records, made, frozenset(owned), content)


_OWNED: Final = {"practices": (("adoption", ""), ("condition", "-01"))}


def slugify(text: str) -> str:
    """Return the part of an identifier that a text stands for: small letters, digits and hyphens, at most 80.

    A text that is cut or has no Latin letter keeps a hash of the whole, so that no two texts become one.
    """
    made = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    if made and len(made) <= _LONGEST_SLUG:
        return made
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    cut = made[: _LONGEST_SLUG - 9].rsplit("-", 1)[0]
    return f"{cut}-{digest}" if cut else digest


def _documents(parts: Parts, world: World) -> Iterator[tuple[str, Json | None]]:
    """Yield the documents that a row cites with their identifiers; None for the record of a known one."""
    for part in ("source", "source_2"):
        found = parts.get(part)
        if not found:
            continue
        page, title = str(found.get("page", "")), str(found.get("title", ""))
        known = world.document(page) if page else None
        if known is not None:
            yield known, None
            continue
        digest = hashlib.sha256((page or title).encode()).hexdigest()[:8]
        name = (urlsplit(page).hostname or "").removeprefix("www.") if page else title
        record: Json = {
            "id": f"bgd:source/{slugify(name)[:40].strip('-')}-{digest}",
            "type": "SourceDocument",
            "title": title or page,
        }
        is_known = world.owner(str(record["id"])) is not None
        yield record["id"], None if is_known else clean({**record, "page": page} if page else record)


def _citations(owner: str, documents: list[str], parts: Parts) -> list[Json]:
    supports = [parts[part].get("supports") for part in ("source", "source_2") if parts.get(part)]
    return [
        {
            "id": f"bgd:citation/{owner}-{count:02}",
            "type": "Citation",
            "document": document,
            **({"supports": supports[count - 1]} if count <= len(supports) and supports[count - 1] else {}),
        }
        for count, document in enumerate(documents, 1)
    ]


def _practice(parts: Parts, documents: list[str], world: World) -> list[Json]:
    values = dict(parts["practice"])
    given = values.pop("id", "")
    base = given or f"{slugify(str(values['title']))}-{slug(str(values['origin']))}"
    main = values["main_challenge"]
    citations = _citations(base, documents, parts)
    practice = {
        "id": f"bgd:practice/{base}",
        "type": "GoodPractice",
        **values,
        "challenge": list(dict.fromkeys([main, *values.get("challenge", [])])),
        "confidence": UNCHECKED,
        "citation": citations,
    }
    adoption = _adopted(base, parts, citations, nested=False) | {
        "practice": practice["id"],
        "place": values["origin"],
        "relation": "bgs:transfer-relation/origin",
    }
    return [practice, adoption, *_conditions(base, practice["id"], parts)]


def _conditions(base: str, practice: str, parts: Parts) -> list[Json]:
    found = parts.get("condition")
    if not found:
        return []
    condition = {
        "id": f"bgd:condition/{base}-01",
        "type": "TransferCondition",
        "condition_of": practice,
        **found,
        "is_stated": True,
        "wording": found["text"],
    }
    return [condition]


def _adopted(base: str, parts: Parts, citations: list[Json], *, nested: bool) -> Json:
    """Return what practices and adoptions share: what came of it in one place.

    Args:
        nested: The citations lie in the adoption; else in its practice, and the adoption refers to them.
    """
    references = [citation["id"] for citation in citations]
    values = {name: value for name, value in parts["adoption"].items() if name != "id"}
    adoption: Json = {"id": f"bgd:adoption/{base}", "type": "Adoption", **values}
    if found := parts.get("result"):
        result = {"id": f"bgd:result/{base}-01", "type": "Result", **found, "supported_by": references[:1]}
        adoption["result"] = [result]
    if found := parts.get("lesson"):
        adoption["lesson"] = [{"id": f"bgd:lesson/{base}-01", "type": "Lesson", **found}]
    if found := parts.get("obstacle"):
        adoption["obstacle"] = [{"id": f"bgd:obstacle/{base}-01", "type": "Obstacle", **found}]
    adoption["citation"] = citations if nested else references
    return adoption


def _adoption(parts: Parts, documents: list[str], world: World) -> list[Json]:
    values = parts["adoption"]
    practice, place = str(values["practice"]), str(values["place"])
    base = values.get("id") or f"{slug(practice)}--{slug(place)}"
    adoption = _adopted(base, parts, _citations(base, documents, parts), nested=True)
    known = world.adoption(practice, place)
    if known is not None and known != adoption["id"]:
        raise TwinError(
            _twin("city", slug(place), known, "leave the row out, or send its news as a correction")
        )
    return [adoption]


def _need(parts: Parts, documents: list[str], world: World) -> list[Json]:
    values = dict(parts["need"])
    base = values.pop("id", "") or f"{slug(str(values['need_of']))}--{slug(str(values['concern']))}--stated"
    need = {"id": f"bgd:need/{base}", "type": "CityNeed", **values, "text": [values["text"]]}
    return [{**need, "derived_from": documents}]


def _expert(parts: Parts, documents: list[str], world: World) -> list[Json]:
    values = dict(parts["expert"])
    base = values.pop("id", "") or slugify(str(values["name"]))
    identifier = f"bgd:org/{base}"
    known = world.organisation(str(values["name"]))
    if known is not None and known != identifier:
        raise TwinError(_twin("name", str(values["name"]), known, "leave the row out"))
    citations = _citations(f"expert-{base}", documents, parts)
    return [{"id": identifier, "type": ["Organization", "Expert"], **values, "citation": citations}]


def _twin(column: str, value: str, known: str, remedy: str) -> CellFault:
    return CellFault(column, value, f"this is in the data already, as {known}", remedy)


_MAKERS: Final[dict[str, Callable[[Parts, list[str], World], list[Json]]]] = {
    "practices": _practice,
    "adoptions": _adoption,
    "needs": _need,
    "experts": _expert,
}
