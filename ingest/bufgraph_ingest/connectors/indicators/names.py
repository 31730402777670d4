"""Which city and which indicator is meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bufgraph.graph.codec import Codec
from bufgraph.namespaces import slug
from bufgraph.text.normalise import fold
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.reconciliation import Reconciler, UnknownNameError


@dataclass(frozen=True, slots=True)
class Indicator:
    """A concept of the scheme ``indicator``; ``id``: its compact IRI, ``label``: the English one."""

    id: str
    label: str


class Names:
    """Finds cities and indicators by slug, IRI or name.

    Args:
        cities: Records of the datasets; those of another type are passed over.
    """

    def __init__(self, cities: Iterable[RawRecord], indicators: Iterable[Indicator], codec: Codec) -> None:
        own = [raw for raw in cities if is_city(raw)]
        identifiers = [str(raw.record["id"]) for raw in own]
        self._codec = codec
        self._reconciler = Reconciler(own, codec)
        self._cities = {key: id_ for id_ in identifiers for key in (slug(id_), codec.expand(id_))}
        known = list(indicators)
        self._indicators = {key: i for i in known for key in (slug(i.id), codec.expand(i.id), fold(i.label))}
        self._spellings = [spelling for i in known for spelling in (slug(i.id), i.label)]

    def city(self, text: str, country: str = "") -> str:
        """Return the identifier of a city as the datasets write it.

        Args:
            text: Its slug, IRI or a name in any language.
            country: Two letters, which decide where cities share a name.

        Raises:
            UnknownNameError: There is no such city or several; close names are offered.
        """
        found = self._cities.get(text) or self._cities.get(self._codec.expand(text))
        if found is not None:
            return found
        if self._codec.expand(text) != text or text.startswith(("http://", "https://")):
            raise UnknownNameError("city", f"the datasets hold no city <{text}>; add it to them first")
        name = f"{text} ({country})" if country else text
        return str(self._reconciler.reconcile({"ref_city": name})["ref_city"])

    def indicator(self, text: str) -> Indicator:
        """Return the indicator of this slug, IRI or English label.

        Raises:
            UnknownNameError: There is no such indicator; close ones are offered.
        """
        for key in (text, self._codec.expand(text), fold(text)):
            if key in self._indicators:
                return self._indicators[key]
        close = get_close_matches(text, self._spellings, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(close)}?" if close else "see ontology/schemes/indicator.ttl"
        raise UnknownNameError("indicator", f"there is no indicator '{text}'; {hint}")


def is_city(raw: RawRecord) -> bool:
    """Tell whether a record is a city with an identifier."""
    types = raw.record.get("type")
    return isinstance(raw.record.get("id"), str) and "City" in (types if isinstance(types, list) else [types])
