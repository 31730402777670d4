"""A seeded stream of made-up records that look like ours: practices and their adoptions, some of them dirty.

Names and words come from the shipped records, so concepts exist and places are real; texts say nothing. Which concept,
place or source a record names follows Zipf's law, lengths are log-normal, a share repeats an earlier record, and a
share has one fault of ``tests.bench.dirt``. The stream holds no list, so its length does not matter.

    for made in stream(Vocabulary.shipped(), Recipe(practices=100_000, dirt=0.05)): ...
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import rdflib
from rdflib.namespace import RDF, SKOS

from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph_ingest.port import Json

from .dirt import FAULTS, Fault

_SCHEMES = (
    "challenge", "domain", "outcome", "status", "transfer-relation", "confidence", "role", "lesson-kind",
    "barrier", "result-kind", "method", "assessor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up record.

    Attributes:
        collection: As in ``datasets/``, e.g. ``practices/practices``.
        fault: Name of the fault it was given, or "".
    """

    collection: str
    record: Json
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make.

    Attributes:
        practices: How many practices; each has one adoption, so twice as many records.
        seed: The same seed gives the same stream.
        dirt: Share of records with a fault.
        repeats: Share of practices that tell an earlier one again under a new identifier.
    """

    practices: int
    seed: int = 7
    dirt: float = 0.0
    repeats: float = 0.02


@dataclass(frozen=True)
class Vocabulary:
    """What made-up records may name.

    Attributes:
        referred: The shipped records that they refer to, by collection; load them first.
        concepts: Scheme → concepts, the most used first.
        words: Words of shipped texts, as often as they occur.
    """

    referred: dict[str, list[Json]]
    concepts: dict[str, list[str]]
    words: list[str]

    @classmethod
    def shipped(cls, limit: int | None = None) -> "Vocabulary":
        """Read it from ``datasets/`` and ``ontology/``; with a limit, only so many places and so on."""
        names = ("cities/cities", "sources/sources", "organisations/organisations")
        practices = _records("practices/practices")
        return cls(
            {name: [_alone(record) for record in _records(name)[:limit]] for name in names},
            {scheme: _concepts(ontology_dir() / "schemes" / f"{scheme}.ttl", scheme) for scheme in _SCHEMES},
            [word for record in practices for key in ("problem", "approach") for word in record[key].split()],
        )

    def identifiers(self, collection: str) -> list[str]:
        """Return the identifiers of a shipped collection."""
        return [str(record["id"]) for record in self.referred[collection]]


def stream(vocabulary: Vocabulary, recipe: Recipe) -> Iterator[Made]:
    """Yield practices, each followed by its adoption; the same ones for the same vocabulary and recipe."""
    writer = _Writer(vocabulary, random.Random(recipe.seed))
    for number in range(recipe.practices):
        practice = writer.practice(number, repeat=writer.rng.random() < recipe.repeats)
        for collection, record in (
            ("practices/practices", practice),
            ("practices/adoptions", writer.adoption(number, practice)),
        ):
            fault = writer.fault(collection) if writer.rng.random() < recipe.dirt else None
            yield Made(
                collection, fault.give(record, writer.rng) if fault else record, fault.name if fault else ""
            )


class _Zipf:
    """Draws from a list, the first ones most often (Zipf's law with exponent 1)."""

    def __init__(self, names: Sequence[str], rng: random.Random) -> None:
        self._names = names
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, len(names) + 1)))
        self._rng = rng

    def some(self, count: int) -> list[str]:
        """Return up to so many different names."""
        return list(dict.fromkeys(self._rng.choices(self._names, cum_weights=self._weights, k=count)))

    def one(self) -> str:
        return self.some(1)[0]


class _Writer:
    def __init__(self, vocabulary: Vocabulary, rng: random.Random) -> None:
        self.rng = rng
        self._words = vocabulary.words
        self._concept = {scheme: _Zipf(names, rng) for scheme, names in vocabulary.concepts.items()}
        self._city, self._document, self._organisation = (
            _Zipf(vocabulary.identifiers(name), rng)
            for name in ("cities/cities", "sources/sources", "organisations/organisations")
        )
        self._told: Json = {}  # texts of an earlier practice

    def practice(self, number: int, *, repeat: bool) -> Json:
        told = self._told if repeat and self._told else self._texts()
        if self.rng.random() < 0.1:
            self._told = told
        challenges = self._concept["challenge"].some(self.rng.randint(1, 3))
        return {
            "id": f"bgd:practice/made-{number:07d}",
            "type": "GoodPractice",
            **told,
            "typical_need": [self._text(12) for _ in range(self.rng.randint(2, 4))],
            "subdomain": self._concept["domain"].some(self.rng.randint(1, 4)),
            "main_challenge": challenges[0],
            "challenge": challenges,
            "origin": self._city.one(),
            "confidence": self._concept["confidence"].one(),
            "citation": [
                {
                    "id": f"bgd:citation/made-{number:07d}-{part:02d}",
                    "type": "Citation",
                    "document": self._document.one(),
                    "supports": self._text(5),
                }
                for part in range(1, self.rng.randint(2, 5))
            ],
        }

    def adoption(self, number: int, practice: Json) -> Json:
        start = self.rng.randint(1990, 2024)
        return {
            "id": f"bgd:adoption/made-{number:07d}",
            "type": "Adoption",
            "practice": practice["id"],
            "place": practice["origin"],
            "relation": self._concept["transfer-relation"].one(),
            "outcome": self._concept["outcome"].one(),
            "status": self._concept["status"].one(),
            "start_year": start,
            "end_year": start + self.rng.randint(0, 9),
            "cost": round(self.rng.lognormvariate(13, 2), 2),
            "currency": "EUR",
            "funding": [self._text(4)],
            "participation": [
                self._part(number, part, "participation", agent=self._organisation.one(), role=self._concept["role"].one())
                for part in range(1, self.rng.randint(2, 4))
            ],
            "result": [
                self._part(
                    number, 1, "result", metric=self._text(5), text=self._text(14),
                    result_kind=self._concept["result-kind"].one(), method=self._concept["method"].one(),
                    assessor=self._concept["assessor"].one(), value=round(self.rng.uniform(-50, 5_000), 1),
                    unit_text="%", ref_year=start,
                )
            ],
            "lesson": [self._part(number, 1, "lesson", lesson_kind=self._concept["lesson-kind"].one(), text=self._text(16))],
            "obstacle": [self._part(number, 1, "obstacle", barrier=self._concept["barrier"].one(), text=self._text(14))],
        }  # fmt: skip

    def fault(self, collection: str) -> Fault:
        kind = collection.rpartition("/")[2]
        return self.rng.choice([fault for fault in FAULTS if fault.kind in (kind, "")])

    def _part(self, number: int, part: int, kind: str, **values: object) -> Json:
        return {"id": f"bgd:{kind}/made-{number:07d}-{part:02d}", "type": kind.capitalize(), **values}

    def _texts(self) -> Json:
        return {
            "title": self._text(9).rstrip(".,"), "problem": self._text(45),
            "summary": self._text(70), "approach": self._text(50),
        }  # fmt: skip

    def _text(self, usual: int) -> str:
        length = max(2, min(400, round(usual * self.rng.lognormvariate(0, 0.35))))
        return " ".join(self.rng.choices(self._words, k=length)).capitalize()


def _records(name: str) -> list[Json]:
    lines = (datasets_dir() / f"{name}.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines if line]


def _alone(record: Json) -> Json:
    """Drop what refers to records that a limited vocabulary may not hold."""
    return {key: value for key, value in record.items() if key not in ("source", "based_in", "administers")}


def _concepts(path: Path, scheme: str) -> list[str]:
    """Return the concepts that a practice may name: of the domains, only subdomains."""

    graph = rdflib.Graph().parse(path)
    wanted = rdflib.URIRef("https://w3id.org/bufgraph/ontology#SmartSubdomain")
    found = graph.subjects(RDF.type, wanted if scheme == "domain" else SKOS.Concept)
    return sorted(
        f"bgs:{scheme}/{str(iri).rpartition('/')[2]}" for iri in found if f"/scheme/{scheme}/" in str(iri)
    )
