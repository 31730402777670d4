"""What a page is about in the words of schema.org (https://schema.org/docs/documents.html), for search engines."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from bufgraph.model import Catalogue, City, Concept, Expert, GoodPractice, Record
from bufgraph.namespaces import slug
from bufgraph.services.export_descriptions import CREATOR, DESCRIPTION, KEYWORDS, LICENCE, TITLE
from bufgraph.services.records import known

Json = dict[str, Any]  # Any: JSON

_CONTEXT: Final = "https://schema.org"
_UNSAFE: Final = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def json_ld(record: Record, catalogue: Catalogue, site: str) -> str:
    """Return a record as JSON-LD that may stand in a ``script`` element as it is.

    Args:
        record: A practice, a city, an expert or a challenge.
        site: Address of the server; ends in ``/``.
    """
    node = next(make for kind, make in _NODES.items() if isinstance(record, kind))(record, catalogue, site)
    return embedded({**node, "@id": record.id})


def data_set_json_ld(site: str) -> str:
    """Return the data set as JSON-LD, for the pages that are about it."""
    return embedded(
        {
            "@type": "Dataset", "@id": f"{site}data", "name": TITLE, "description": DESCRIPTION, "license": LICENCE,
            "url": f"{site}data", "creator": {"@type": "Organization", "name": CREATOR}, "keywords": list(KEYWORDS),
            "isAccessibleForFree": True, "spatialCoverage": {"@type": "Place", "name": "Baltic Sea Region"},
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": f"{site}data/bufgraph.{suffix}"}
                for suffix, media_type in (("nq", "application/n-quads"), ("ttl", "text/turtle"), ("jsonld", "application/ld+json"))
            ],
        }
    )  # fmt: skip


def page_json_ld(site: str, path: str) -> str:
    """Return any other page as JSON-LD; the front page says how the site is searched."""
    web_site: Json = {"@type": "WebSite", "@id": f"{site}#site", "name": "bufgraph", "url": site}
    if path == "/":
        entry = {"@type": "EntryPoint", "urlTemplate": f"{site}?q={{need}}"}
        search = {"@type": "SearchAction", "target": entry, "query-input": "required name=need"}
        return embedded({**web_site, "description": DESCRIPTION, "potentialAction": search})
    return embedded({"@type": "WebPage", "url": site.rstrip("/") + path, "isPartOf": web_site})


def embedded(node: Json) -> str:
    """Write JSON in which nothing can end a ``script`` element."""
    return orjson.dumps({"@context": _CONTEXT, **node}).decode().translate(_UNSAFE)


def _practice(practice: GoodPractice, catalogue: Catalogue, site: str) -> Json:
    local = catalogue.translation_of.get(practice.id)
    place = catalogue.place(practice.origin)
    documents = (catalogue.documents.get(catalogue.citations[iri].document) for iri in practice.citation)
    return known({
        "@type": "Article", "headline": practice.title, "abstract": practice.summary, "inLanguage": "en",
        "alternativeHeadline": [{"@value": text, "@language": tag} for tag, text in local.local_title.items()] if local else None,
        "url": f"{site}practice/{practice.slug}", "license": LICENCE, "isAccessibleForFree": True,
        "author": {"@type": "Organization", "name": CREATOR},
        "isPartOf": {"@type": "Dataset", "@id": f"{site}data", "name": TITLE},
        "contentLocation": {"@type": "City" if isinstance(place, City) else "Place", "@id": place.id, "name": place.label} if place else None,
        "about": [
            {"@type": "DefinedTerm", "@id": iri, "name": catalogue.concept_label(iri)}
            for iri in dict.fromkeys((practice.main_challenge, *practice.challenge))
        ],
        "mainEntity": known({
            "@type": "HowTo", "name": practice.title, "description": practice.problem,
            "step": [{"@type": "HowToStep", "text": practice.approach}] if practice.approach else None,
        }),
        "citation": [
            known({"@type": "CreativeWork", "@id": document.id, "name": document.title, "url": document.page})
            for document in documents if document is not None
        ],
    })  # fmt: skip


def _city(city: City, _: Catalogue, site: str) -> Json:
    where = {"@type": "GeoCoordinates", "latitude": city.latitude, "longitude": city.longitude}
    size = known(
        {
            "@type": "PropertyValue",
            "name": "population",
            "value": city.population,
            "valueReference": city.population_year,
        }
    )
    return known({
        "@type": "City", "name": city.label, "url": f"{site}city/{city.slug}",
        "alternateName": sorted({*city.pref_label.values(), *city.alt_label} - {city.label}),
        "geo": where if city.latitude is not None and city.longitude is not None else None,
        "containedInPlace": {"@type": "Country", "identifier": city.country_code},
        "additionalProperty": size if city.population is not None else None,
        "sameAs": list(city.exact_match),
    })  # fmt: skip


def _expert(expert: Expert, catalogue: Catalogue, site: str) -> Json:
    based = catalogue.place(expert.based_in) if expert.based_in else None
    return known({
        "@type": "Organization", "name": expert.name, "url": expert.homepage, "description": expert.text,
        "mainEntityOfPage": f"{site}expert/{expert.slug}", "alternateName": list(expert.alt_label),
        "location": {"@type": "City", "@id": based.id, "name": based.label} if based else None,
        "address": {"@type": "PostalAddress", "addressCountry": expert.country_code} if expert.country_code else None,
        "knowsAbout": [
            {"@type": "DefinedTerm", "@id": iri, "name": catalogue.concept_label(iri)} for iri in expert.expertise
        ],
        "knowsLanguage": list(expert.language),
    })  # fmt: skip


def _challenge(concept: Concept, _: Catalogue, site: str) -> Json:
    return known({
        "@type": "DefinedTerm", "name": concept.label, "description": concept.definition, "termCode": concept.notation,
        "url": f"{site}challenge/{concept.slug}",
        "inDefinedTermSet": {"@type": "DefinedTermSet", "@id": concept.scheme, "url": f"{site}scheme/{slug(concept.scheme)}"},
        "alternateName": [{"@value": text, "@language": tag} for tag, text in sorted(concept.pref_label.items()) if tag != "en"],
    })  # fmt: skip


_NODES: Final[
    Mapping[type[Record], Callable[[Any, Catalogue, str], Json]]
] = {  # Any: the record type of the key
    GoodPractice: _practice,
    City: _city,
    Expert: _expert,
    Concept: _challenge,
}
