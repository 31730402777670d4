"""The records that accepted values make: a practice, its first adoption, its document, and where all of it comes from."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from bufgraph.errors import InvalidInputError
from bufgraph.model import Catalogue
from bufgraph.text.normalise import fold
from bufgraph_ingest.extraction.review import WRITTEN, Review, Row

Json = dict[str, Any]  # Any: JSON
_QUDT: Final = {"%": "PERCENT", "kWh": "KiloW-HR", "MWh": "MegaW-HR", "GWh": "GigaW-HR", "kW": "KiloW", "MW": "MegaW", "km": "KiloM", "m": "M", "m2": "M2", "m3": "M3", "t": "TONNE", "kg": "KiloGM", "ha": "HA"}  # fmt: skip
"""Our units → the local names of QUDT."""


def taken(review: Review, field: str) -> list[Row]:
    """Return the accepted rows of a kind, each value once for each use."""
    rows = {
        (row.use, row.accepted): row
        for row in reversed(review.rows)
        if row.field == field and row.accepted is not None
    }
    return sorted(rows.values(), key=lambda row: row.number)


class RecordMaker:
    """Makes the records of one review."""

    def __init__(self, review: Review, catalogue: Catalogue, by: str) -> None:
        self._review = review
        self._catalogue = catalogue
        self._by = by
        city = self._one("origin") or ""
        title = re.sub(r"[^a-z0-9]+", "-", fold(review.written["title"])).strip("-")[:60].strip("-")
        self.name = f"{city.partition('-')[2] or city}-{title}"
        self._key = f"{self.name}-{review.about['sha256'][:12]}"
        self._organisations = {fold(o.name): o.id for o in catalogue.organisations.values()}
        self._new: list[Json] = []

    def _one(self, use: str) -> str | None:
        return next(
            (row.accepted for row in self._review.rows if row.use == use and row.accepted is not None), None
        )

    def records(self) -> Iterator[Json]:
        """Yield the document, the provenance, the practice, its adoption and organisations that are new."""
        about = self._review.about
        document = f"bgd:source/{self._key}"
        note = f"Read from a {about['kind']} file with the SHA-256 {about['sha256']}"
        title = about.get("document_title") or self._review.written["title"]
        yield {
            "id": document,
            "type": "SourceDocument",
            "title": title,
            "page": about.get("url", ""),
            "note": [note],
            "content_hash": about["sha256"],
        }
        yield from self._provenance(document)
        yield self._practice(document)
        yield self._adoption(document)
        yield from self._new

    def _provenance(self, document: str) -> Iterator[Json]:
        agent = self._organisations.get(fold(self._by), f"bgd:agent/{self.name}")
        extracted = f"bgd:activity/extracted-{self._key}"
        if agent.startswith("bgd:agent/"):
            yield {"id": agent, "type": "Agent", "name": self._by}
        yield {"id": extracted, "type": "Activity", "name": self._review.about["method"], "used": document}
        yield {
            "id": self._activity,
            "type": "Activity",
            "name": "confirmed by a person",
            "used": document,
            "informed_by": extracted,
            "associated_with": agent,
        }

    @property
    def _activity(self) -> str:
        return f"bgd:activity/confirmed-{self._key}"

    def _origin_of_record(self, document: str) -> Json:
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"generated_by": self._activity, "derived_from": document, "generated_at": now}

    def _practice(self, document: str) -> Json:
        challenges = [f"bgs:challenge/{row.accepted}" for row in taken(self._review, "challenge")]
        citation = {
            "id": f"bgd:citation/{self.name}-01",
            "type": "Citation",
            "document": document,
            "supports": "what was confirmed from the document",
        }
        return {
            "id": f"bgd:practice/{self.name}", "type": "GoodPractice", **{name: self._review.written[name] for name in WRITTEN},
            "main_challenge": f"bgs:challenge/{self._one('main_challenge')}", "challenge": sorted(set(challenges)),
            "subdomain": [f"bgs:domain/{row.accepted}" for row in taken(self._review, "domain")],
            "origin": f"bgd:city/{self._one('origin')}", "citation": [citation], **self._origin_of_record(document),
        }  # fmt: skip

    def _adoption(self, document: str) -> Json:
        amount, _, currency = (self._one("cost") or "").partition(" ")
        years = {use: int(year) for use in ("start_year", "end_year") if (year := self._one(use))}
        return {
            "id": f"bgd:adoption/{self.name}", "type": "Adoption", "practice": f"bgd:practice/{self.name}",
            "place": f"bgd:city/{self._one('origin')}", "relation": "bgs:transfer-relation/origin",
            "outcome": f"bgs:outcome/{self._one('outcome')}", **years,
            **({"cost": _number(amount), "currency": currency} if amount else {}),
            "participation": self._participations(), "result": self._results(), **self._origin_of_record(document),
        }  # fmt: skip

    def _participations(self) -> list[Json]:
        rows = taken(self._review, "organisation")
        return [
            {"id": f"bgd:participation/{self.name}-{n:02}", "type": "Participation", "agent": self._agent(row), "role": f"bgs:role/{row.use}"}
            for n, row in enumerate(rows, 1)
        ]  # fmt: skip

    def _agent(self, row: Row) -> str:
        name = row.accepted or ""
        if known := self._organisations.get(fold(name)):
            return known
        iri = f"bgd:org/{re.sub(r'[^a-z0-9]+', '-', fold(name)).strip('-')}"
        self._organisations[fold(name)] = iri
        sector = row.detail or "missing"
        self._new.append({"id": iri, "type": "Organization", "name": name, "helix": f"bgs:helix/{sector}"})
        return iri

    def _results(self) -> list[Json]:
        return [self._result(n, row) for n, row in enumerate(taken(self._review, "quantity"), 1)]

    def _result(self, number: int, row: Row) -> Json:
        value, _, unit = (row.accepted or "").partition(" ")
        return {
            "id": f"bgd:result/{self.name}-{number:02}", "type": "Result", "metric": row.detail,
            "text": f"{row.detail}: {row.accepted if unit != 'count' else value}", "value": _number(value),
            "unit_text": unit if unit != "count" else "", **({"unit": f"qunit:{_QUDT[unit]}"} if unit in _QUDT else {}),
            "result_kind": f"bgs:result-kind/{row.use}", "method": "bgs:method/reported", "assessor": "bgs:assessor/unknown",
            "supported_by": [f"bgd:citation/{self.name}-01"],
        }  # fmt: skip


def _number(text: str) -> float | int:
    try:
        value = float(text)
    except ValueError as err:
        raise InvalidInputError(
            f"'{text}' is no number; write a value such as '1200000 EUR' or '43 %'"
        ) from err
    return int(value) if value.is_integer() else value
