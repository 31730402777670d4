"""The records as flat tables: one row a record, one column a field, names and words of the ontology."""

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from bufgraph.graph.codec import Codec
from bufgraph.graph.port import GraphStore
from bufgraph.matching.evidence import Evidence
from bufgraph.model import Adoption, Catalogue, Record, Translation
from bufgraph.namespaces import bg, slug
from bufgraph.services.records import rounded
from bufgraph.services.table_files import Column, Kind, Table, Value

Get = Callable[[Any], Value]  # Any: each table has its own record type

_KINDS: Final[dict[object, Kind]] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_CASTS: Final[dict[Kind, Callable[[Any], Value]]] = {"integer": int, "number": float, "boolean": bool}
"""A literal keeps the type that it has in the graph; a year of an edition is text here."""
_COMMON: Final = {
    "pref_label": "Name in English; other languages are in the table labels.",
    "alt_label": "Names in other languages and older spellings.",
    "latitude": "Degrees north, WGS 84.",
    "longitude": "Degrees east, WGS 84.",
    "exact_match": "The same thing in other data sets (Wikidata, GeoNames).",
    "note": "Remark of the collectors.",
    "name": "Name of the organisation.",
    "text": "The statement as a sentence.",
    "homepage": "Home page.",
    "language": "ISO 639-1 codes of the languages that it works in.",
    "title": "Title in English.",
    "summary": "What was done and what came of it, in short.",
    "derived_from": "Records that the statement follows from.",
    "page": "Address of the page.",
    "scheme": "Concept scheme.",
    "definition": "What the concept means.",
    "notation": "Short code.",
    "broader": "Concepts one level up.",
    "close_match": "Concepts of other schemes that mean nearly the same.",
}
"""Fields whose property belongs to another vocabulary."""


@dataclass(frozen=True)
class _Words:
    """Where the names and definitions of columns come from."""

    codec: Codec
    definitions: Mapping[str, str]

    def column(self, name: str, annotation: object) -> Column:
        kind, many = _shape(annotation)
        entry = self.codec.context[name]
        iri = self.codec.expand(entry["@id"] if isinstance(entry, dict) else entry)
        text = self.definitions.get(iri) or _COMMON.get(name, "")
        return Column(name, "iri" if self.codec.is_reference(name) else kind, text, many, iri)


def make_tables(
    catalogue: Catalogue, evidence: Mapping[str, Evidence], store: GraphStore, codec: Codec
) -> list[Table]:
    """Return all tables, each sorted by its first columns.

    Args:
        evidence: Evidence of each practice, by IRI.
        store: The graph, for definitions and derived statements.
    """
    rows = store.select("SELECT ?term ?text WHERE { ?term skos:definition ?text }")
    words = _Words(codec, {row["term"].value: row["text"].value for row in rows})
    return [
        *_record_tables(catalogue, evidence, words),
        _translations(catalogue.translations.values()),
        _labels(catalogue),
        _derived("city_similarities", store, words),
        _derived("profile_scores", store, words),
    ]


# -- records ------------------------------------------------------------------------------------------


def _record_tables(catalogue: Catalogue, evidence: Mapping[str, Evidence], words: _Words) -> Iterable[Table]:
    extras = _extras(catalogue, evidence)
    for name, description in _ABOUT.items():
        mapping: Mapping[str, Record] = getattr(catalogue, name)
        records = [mapping[iri] for iri in sorted(mapping)]
        yield _table(name, description, records, extras.get(name, ()), words)


def _table(
    name: str,
    description: str,
    records: Sequence[Record],
    extras: Sequence[tuple[Column, Get]],
    words: _Words,
) -> Table:
    known = [f for f in fields(_RECORDS[name]) if f.name != "id" and not _is_tagged_list(f.type)]
    columns = (
        _ID, _SLUG, *(words.column(f.name, f.type) for f in known), *(column for column, _ in extras),
    )  # fmt: skip
    rows = tuple(
        (
            record.id, record.slug, *(_plain(getattr(record, f.name), c.kind) for f, c in zip(known, columns[2:], strict=False)),
            *(get(record) for _, get in extras),
        )
        for record in records
    )  # fmt: skip
    return Table(name, description, columns, rows)


def _extras(catalogue: Catalogue, evidence: Mapping[str, Evidence]) -> dict[str, list[tuple[Column, Get]]]:
    """Return what a reader of one table would else have to join."""
    owner: dict[str, Adoption] = {
        part: adoption
        for adoption in catalogue.adoptions.values()
        for group in (adoption.participation, adoption.result, adoption.lesson, adoption.obstacle)
        for part in group
    }

    def label(iri: str) -> str | None:
        place = catalogue.place(iri)
        return place.label if place else None

    def country(iri: str) -> str | None:
        place = catalogue.place(iri)
        return place.country_code if place else None

    part_of: list[tuple[Column, Get]] = [
        (Column("adoption", "iri", "The adoption that it belongs to."), lambda r: owner[r.id].id if r.id in owner else None),
        (Column("practice", "iri", "The practice of that adoption."), lambda r: owner[r.id].practice if r.id in owner else None),
        (_text("country_code", "Country of that adoption."), lambda r: country(owner[r.id].place) if r.id in owner else None),
    ]  # fmt: skip
    return {
        "practices": [
            (_text("origin_label", "Name of the place where it began."), lambda r: label(r.origin)),
            (_text("country_code", "Country of the place where it began."), lambda r: country(r.origin)),
            (_text("main_challenge_label", "Main challenge in English."), lambda r: catalogue.concept_label(r.main_challenge)),
            (Column("evidence_level", "integer", "How well proven, 0 to 5; computed."), lambda r: evidence[r.id].level),
            (Column("evidence_score", "number", "Evidence from 0 to 1; computed."), lambda r: rounded(evidence[r.id].score)),
        ],
        "adoptions": [
            (_text("practice_title", "Title of the practice."), lambda r: catalogue.practices[r.practice].title),
            (_text("place_label", "Name of the place."), lambda r: label(r.place)),
            (_text("country_code", "Country of the place."), lambda r: country(r.place)),
            (_text("outcome_label", "Outcome in one word."), lambda r: slug(r.outcome)),
        ],
        "needs": [
            (_text("city_label", "Name of the city."), lambda r: label(r.need_of)),
            (_text("country_code", "Country of the city."), lambda r: country(r.need_of)),
            (_text("challenge_label", "Challenge in English."), lambda r: catalogue.concept_label(r.concern)),
        ],
        "organisations": [
            (Column("is_expert", "boolean", "Whether it is in the table experts too."), lambda r: r.id in catalogue.experts),
        ],
        "participations": part_of, "results": part_of, "lessons": part_of, "obstacles": part_of,
    }  # fmt: skip


# -- languages and derived statements -----------------------------------------------------------------


def _translations(translations: Iterable[Translation]) -> Table:
    columns = (
        Column("practice", "iri", "The practice."),
        _text("language", "Language tag."),
        _text("title", "Title, made by machine."),
        _text("need", "The need in one sentence, made by machine."),
        _text("solution", "What was done and what came of it in one sentence, made by machine."),
    )
    rows = sorted(
        (
            (t.translates, lang, t.local_title[lang], t.local_need.get(lang), t.local_solution.get(lang))
            for t in translations
            for lang in t.local_title
        ),
        key=str,
    )
    return Table("translations", DESCRIPTIONS["translations"], columns, tuple(rows))  # fmt: skip


def _labels(catalogue: Catalogue) -> Table:
    columns = (
        Column("record", "iri", "City, region or concept."),
        _text("property", "pref_label: its name; alt_label: another name; hidden_label: how people say it."),
        _text("language", "Language tag."),
        _text("text", "The words."),
    )
    places = (*catalogue.cities.values(), *catalogue.regions.values())
    rows = {(p.id, "pref_label", lang, text) for p in places for lang, text in p.pref_label.items()}
    for concept in catalogue.concepts.values():
        rows |= {(concept.id, "pref_label", lang, text) for lang, text in concept.pref_label.items()}
        for name in ("alt_label", "hidden_label"):
            labels: Mapping[str, tuple[str, ...]] = getattr(concept, name)
            rows |= {(concept.id, name, lang, text) for lang, texts in labels.items() for text in texts}
    return Table("labels", DESCRIPTIONS["labels"], columns, tuple(sorted(rows)))  # fmt: skip


def _derived(name: str, store: GraphStore, words: _Words) -> Table:
    """Return a table of statements that only the graph holds; a missing one is left empty."""
    description, record_class, wanted = _DERIVED[name]
    variables = " ".join(f"?{column}" for column, _, _ in wanted)
    patterns = " ".join(f"OPTIONAL {{ ?id <{bg(term)}> ?{column} }}" for column, term, _ in wanted)
    found = store.select(f"SELECT ?id {variables} WHERE {{ ?id a <{bg(record_class)}> . {patterns} }}")
    columns = (
        _ID, *(Column(column, kind, words.definitions.get(bg(term), ""), property=bg(term)) for column, term, kind in wanted),
    )  # fmt: skip
    rows = sorted(
        (
            (
                row["id"].value,
                *(_plain(row[column].value if column in row else None, kind) for column, _, kind in wanted),
            )
            for row in found
        ),
        key=str,
    )  # cells may be None, which has no order
    return Table(name, description, columns, tuple(rows))


# -- shapes -------------------------------------------------------------------------------------------


def _text(name: str, description: str) -> Column:
    return Column(name, "string", description)


def _shape(annotation: object) -> tuple[Kind, bool]:
    """Return the kind of a field's values, and whether it holds many."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple:
        return _KINDS[arguments[0]], True
    if typing.get_origin(annotation) is types.UnionType:
        return _KINDS[arguments[0]], False
    return _KINDS.get(annotation, "string"), False  # the one dict kept is a name by language: its English


def _is_tagged_list(annotation: object) -> bool:
    return typing.get_origin(annotation) is dict and typing.get_args(annotation)[1] is not str


def _plain(value: Any, kind: Kind) -> Value:  # Any: whatever a record's field holds
    if isinstance(value, dict):
        return value.get("en")
    if isinstance(value, tuple):
        return tuple(str(one) for one in value)
    return value if value is None else _CASTS.get(kind, str)(value)


_ID = Column("id", "iri", "Identifier of the record.")
_SLUG = _text("slug", "Readable last part of the identifier.")
_ABOUT: Final = {
    "practices": "Good practices: what was done against which problem.",
    "adoptions": "Practices applied in one place, with what came of it.",
    "results": "Stated figures of adoptions, each with its method and source.",
    "lessons": "What was learned in an adoption.",
    "obstacles": "What stood in the way of an adoption.",
    "participations": "Organisations in a role in an adoption.",
    "conditions": "What must be true of a city for a practice to work there.",
    "cities": "Towns and municipalities.",
    "regions": "Counties, countries and groups of cities.",
    "features": "Context factors that hold, or do not hold, for a city.",
    "country_features": "Context factors that hold, or do not hold, for the towns of a country.",
    "needs": "Needs of cities: stated, or derived from what their practices set out to solve.",
    "observations": "Published ranks, scores, awards and indicator values of cities.",
    "models": "Benchmarks, awards and membership schemes.",
    "organisations": "Organisations that took part or can be asked.",
    "experts": "Organisations with stated expertise.",
    "citations": "What a document supports in one record.",
    "documents": "Public pages and data sets where statements were read.",
    "concepts": "Concepts of all schemes.",
}
_RECORDS: Final[dict[str, type[Record]]] = {
    name: typing.get_args(hint)[1]
    for name, hint in typing.get_type_hints(Catalogue).items()
    if name in _ABOUT
}
_DERIVED: Final[dict[str, tuple[str, str, list[tuple[str, str, Kind]]]]] = {
    "city_similarities": (
        "The most similar cities of each city, computed.",
        "CitySimilarity",
        [("city", "similarityFrom", "iri"), ("other", "similarityTo", "iri"), ("score", "score", "number"), ("rank", "rank", "integer"),
         ("rank_low", "rankLow", "integer"), ("rank_high", "rankHigh", "integer"), ("preset", "preset", "string")],
    ),
    "profile_scores": (
        "Standing of cities in an index, as a whole and by dimension, computed.",
        "ProfileScore",
        [("city", "refCity", "iri"), ("index", "index", "string"), ("dimension", "profileDimension", "iri"), ("score", "score", "number"),
         ("rank", "rank", "integer"), ("rank_low", "rankLow", "integer"), ("rank_high", "rankHigh", "integer"), ("coverage", "coverage", "number")],
    ),
}  # fmt: skip
DESCRIPTIONS: Final = {
    **_ABOUT,
    "translations": "Practices in ten more languages, one row a practice and language.",
    "labels": "Names of cities, regions and concepts in all languages.",
    **{name: description for name, (description, _, _) in _DERIVED.items()},
}
"""What each table holds, by its name."""
