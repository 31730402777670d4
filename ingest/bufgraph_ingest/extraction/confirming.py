"""From a confirmed review to records in the operator's imports; nothing that no person accepted gets in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bufgraph.errors import InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from bufgraph.resources import ontology_dir
from bufgraph.settings import Settings
from bufgraph.text.normalise import fold
from bufgraph_ingest.cleaning import clean, problems
from bufgraph_ingest.extraction.records import RecordMaker, taken
from bufgraph_ingest.extraction.review import WRITTEN, Review
from bufgraph_ingest.gate import Gate
from bufgraph_ingest.import_files import import_lock, write_import
from bufgraph_ingest.shipping import imports_dir

Json = dict[str, Any]  # Any: JSON
_NEEDED: Final = ("origin", "main_challenge", "outcome")
_SINGLE: Final = (*_NEEDED, "start_year", "end_year", "cost")
"""Uses that one record has once."""
_SECTORS: Final = ("university", "industry", "government", "civil-society")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was written.

    Attributes:
        path: The import; the next build reads it.
        practice: Identifier of the practice, as written in the records.
        taken: How many proposed values were accepted; ``left``: how many were not.
    """

    path: Path
    practice: str
    taken: int
    left: int
    records: tuple[Json, ...]


def confirm(
    review: Review, catalogue: Catalogue, codec: Codec, settings: Settings, confirmed_by: str = ""
) -> Confirmed:
    """Turn accepted values into a practice with its first adoption and keep it as an import.

    Confirming a review again replaces its import.

    Raises:
        InvalidInputError: Something that a record needs is missing or wrong; everything of that kind is named at once.
        ConflictError: Another process is importing.
    """
    by = confirmed_by or review.about.get("confirmed_by", "")
    _check_complete(review, catalogue, by)
    maker = RecordMaker(review, catalogue, by)
    records = [clean(record) for record in maker.records()]
    _check_records(records, catalogue, codec)
    path = imports_dir(settings) / f"extracted-{maker.name}.jsonl"
    practice = f"bgd:practice/{maker.name}"
    if codec.expand(practice) in catalogue.practices and not path.exists():
        raise InvalidInputError(
            f"the catalogue has {practice} already, from another source; choose another title", field="title"
        )
    with import_lock(path.parent):
        write_import(path, records)
    accepted = sum(row.accepted is not None for row in review.rows)
    return Confirmed(path, practice, accepted, len(review.rows) - accepted, tuple(records))


def _check_complete(review: Review, catalogue: Catalogue, by: str) -> None:
    missing = [
        f"{name} (in English, in your own words)"
        for name in WRITTEN
        if not review.written.get(name, "").strip()
    ]
    if not by:
        missing.append("confirmed_by (the organisation that confirms; no person's name)")
    missing += [problem for use in _SINGLE if (problem := _single(review, use))]
    missing += [
        f"detail of row {row.number} ('{row.words}'): what was measured, in English"
        for row in taken(review, "quantity")
        if not row.detail
    ]
    known = {fold(organisation.name) for organisation in catalogue.organisations.values()}
    missing += [
        f"detail of row {row.number} ('{row.words}'): its sector, one of {', '.join(_SECTORS)}"
        for row in taken(review, "organisation")
        if fold(row.accepted or "") not in known and row.detail not in _SECTORS
    ]
    if missing:
        raise InvalidInputError("the review is not complete; it needs " + "; ".join(missing), missing=missing)


def _single(review: Review, use: str) -> str:
    values = {row.accepted for row in review.rows if row.use == use and row.accepted is not None}
    if not values and use in _NEEDED:
        return f"one accepted row used as {use}"
    if len(values) > 1:
        return f"only one value used as {use}, not {' and '.join(sorted(values))}"
    return ""


def _check_records(records: Sequence[Json], catalogue: Catalogue, codec: Codec) -> None:
    """Let the gate see the new records beside what they refer to."""
    wrong = [f"{field}: {reason}" for record in records for field, reason in problems(record, codec)]
    own = {codec.expand(str(record["id"])) for record in _nested(records)}
    if not wrong:
        city = next(str(r["origin"]) for r in records if r["type"] == "GoodPractice")
        if codec.expand(city) not in catalogue.cities:
            raise InvalidInputError(
                f"the catalogue has no city '{slug(city)}'; write a slug such as fi-turku", field="origin"
            )
        neighbours = [
            {"id": iri, "type": "Organization"} for iri in catalogue.organisations if iri not in own
        ]
        neighbours.append({"id": codec.expand(city), "type": "City"})
        found = Gate(ontology_dir(), codec).check([*records, *neighbours])
        wrong = [f"{slug(v.focus_node)}: {v.message}" for v in found if v.focus_node in own]
    if wrong:
        raise InvalidInputError(
            "the record cannot be kept: " + "; ".join(dict.fromkeys(wrong)), problems=wrong
        )


def _nested(records: Iterable[Json]) -> Iterator[Json]:
    for record in records:
        yield record
        for value in record.values():
            yield from _nested(
                part
                for part in (value if isinstance(value, list) else [value])
                if isinstance(part, dict) and "id" in part
            )
