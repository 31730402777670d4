"""Names of cities and organisations become identifiers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from bufgraph.graph.codec import Codec
from bufgraph.text.normalise import fold
from bufgraph_ingest.port import Json, RawRecord

_PLACE_FIELDS = ("origin", "place", "based_in", "administers", "ref_city", "need_of")
_ORGANISATION_FIELDS = ("agent",)


_NAMED = ("City", "Region", "Organization")
_NAMES = ("id", "type", "pref_label", "alt_label", "name", "country_code")


def names_of(record: Json) -> Json | None:
    """Return what :meth:`Reconciler.learn` looks at; None for a record that has no name to look up."""
    types = record.get("type", [])
    if set(_NAMED).isdisjoint([types] if isinstance(types, str) else types):
        return None
    return {name: record[name] for name in _NAMES if name in record}


class UnknownNameError(Exception):
    """A name fits no record or several."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class Reconciler:
    """Knows the names of the places and organisations among some records.

    An identifier passes unchanged; a plain name is looked up without regard to case and diacritics.
    A name that two cities share needs its country: ``"Nykøbing (DK)"``.

    Args:
        canonical: Record that stands for another, by the other's identifier: a name that both bear means the one.
    """

    def __init__(
        self, records: Iterable[RawRecord], codec: Codec, canonical: Mapping[str, str] | None = None
    ) -> None:
        self._codec = codec
        self.canonical: Mapping[str, str] = canonical or {}
        self._places: dict[str, set[str]] = defaultdict(set)
        self._organisations: dict[str, set[str]] = defaultdict(set)
        for raw in records:
            self.learn(raw.record)

    def learn(self, record: Json) -> None:
        """Keep the names of a place or an organisation; other records have none that are looked up."""
        types = record.get("type", [])
        types = [types] if isinstance(types, str) else types
        if {"City", "Region"} & set(types):
            labels = record.get("pref_label")
            names = [
                *(labels.values() if isinstance(labels, dict) else ()),
                *_list(record.get("alt_label")),
            ]
            for name in names:
                for key in (name, f"{name} ({record.get('country_code')})"):
                    self._places[fold(str(key))].add(str(record.get("id")))
        elif "Organization" in types:
            for name in [record.get("name"), *_list(record.get("alt_label"))]:
                self._organisations[fold(str(name))].add(str(record.get("id")))

    def reconcile(self, record: Json) -> Json:
        """Return the record with names replaced by identifiers, also in nested records.

        Raises:
            UnknownNameError: A name fits nothing (close names are offered) or several records.
        """
        done: Json = {}
        for name, value in record.items():
            if name in _PLACE_FIELDS and isinstance(value, str):
                done[name] = self._find(name, value, self._places, "place")
            elif name in _ORGANISATION_FIELDS and isinstance(value, str):
                done[name] = self._find(name, value, self._organisations, "organisation")
            elif isinstance(value, list):
                done[name] = [self.reconcile(v) if isinstance(v, dict) and "id" in v else v for v in value]
            else:
                done[name] = value
        return done

    def _find(self, field: str, value: str, names: dict[str, set[str]], what: str) -> str:
        if self._codec.expand(value) != value or value.startswith(("http://", "https://")):
            return value
        found = sorted({self.canonical.get(i, i) for i in names.get(fold(value), ())})
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownNameError(
                field, f"the {what} '{value}' is one of {', '.join(found)}; write its identifier"
            )
        close = [
            name
            for name, _, _ in process.extract(
                fold(value), list(names), scorer=fuzz.WRatio, limit=3, score_cutoff=70
            )
        ]
        hint = f"did you mean {' or '.join(close)}?" if close else "add it to the datasets first"
        raise UnknownNameError(field, f"no {what} is called '{value}'; {hint}")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
