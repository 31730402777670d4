"""What an export says of itself: DCAT-AP, VoID, DataCite, citation, licence. No clock, no machine: only the data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bufgraph.graph.dumps import GraphFigures
from bufgraph.namespaces import ONTOLOGY, PREFIXES, bg

TITLE: Final = "bufgraph: good practices for the cities of the Baltic Sea Region"
DESCRIPTION: Final = (
    "A knowledge graph of what cities of the Baltic Sea Region tried, where, with what outcome and how well that is shown: "
    "practices, their adoptions with results, lessons, obstacles and costs, failures among them; cities with their needs, "
    "features and published scores; organisations that took part or can be asked; the source of every statement."
)
CREATOR: Final = "The bufgraph authors"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
KEYWORDS: Final = (
    "good practice",
    "smart city",
    "urban development",
    "knowledge graph",
    "Baltic Sea Region",
    "technology transfer",
    "municipal needs",
)
LICENCE_NOTE: Final = """\
This data set is licensed under the Creative Commons Attribution 4.0 International licence (CC BY 4.0):
https://creativecommons.org/licenses/by/4.0/legalcode

You may share and adapt it, also commercially, if you give credit: "bufgraph, CC BY 4.0", with a link to the record
or to this data set, and say whether you changed something. CITATION.cff says how to cite it.

Sources whose own terms also apply to single facts: GeoNames (positions, populations: CC BY 4.0); GISCO NUTS regions
(NUTS codes: © EuroGeographics for the administrative boundaries); four populations: Countries-States-Cities database
(ODbL 1.0). Imports that an operator added come under the terms of their sources, which the graph names.
"""

TARGETS: Final = {
    "http://www.wikidata.org/entity/": "Wikidata",
    "https://sws.geonames.org/": "GeoNames",
    "http://data.europa.eu/nuts/code/": "NUTS",
    "http://publications.europa.eu/resource/authority/country/": "EU authority table of countries",
    "http://metadata.un.org/sdg/": "UN Sustainable Development Goals",
    "http://qudt.org/vocab/unit/": "QUDT units",
}
"""Namespaces of the data sets that the graph links to."""
_VOCABULARIES: Final = ("bg", "dcterms", "foaf", "geo", "org", "prov", "qb", "rdf", "rdfs", "schema", "skos", "wgs")  # fmt: skip
_PREFIXES: Final = {
    **PREFIXES,
    "dcat": "http://www.w3.org/ns/dcat#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
}
_THEMES: Final = "http://publications.europa.eu/resource/authority/data-theme/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_CONTEXT: Final = {
    **_PREFIXES,
    "id": "@id",
    "type": "@type",
    "en": {"@id": "dcterms:description", "@language": "en"},
}
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export.

    Attributes:
        media_type: As in the IANA registry.
        sha256: Hexadecimal.
    """

    name: str
    media_type: str
    description: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class About:
    """What identifies the exported data.

    Attributes:
        version: Of the program, the year and the content: ``0.1.0+2026.4f0c1a2b3c4d``.
        year: Year that evidence is counted to.
        data_url: Address of the folder in which the files are published; ends in ``/``.
        countries: IRIs of the countries of the cities.
    """

    version: str
    year: int
    base_iri: str
    data_url: str
    countries: tuple[str, ...]

    @property
    def dataset(self) -> str:
        """IRI of the data set."""
        return f"{self.base_iri}dataset/bufgraph"

    @property
    def site(self) -> str:
        """Address of the site, above the data."""
        return self.data_url.removesuffix("data/")

    @property
    def citation(self) -> str:
        """The data set as a line of a list of references."""
        return cite(self.version, self.year, self.dataset)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes for Turtle, with the operator's own base."""
        return {**_PREFIXES, "bgd": self.base_iri}


def cite(version: str, year: int | str, dataset: str) -> str:
    """Return a data set as a line of a list of references."""
    return f"{CREATOR} ({year}). {TITLE} (version {version}) [data set]. {dataset}. CC BY 4.0."


def dcat(about: About, files: Sequence[ExportedFile]) -> Json:
    """Return the description of the data set in DCAT-AP 3 (https://semiceu.github.io/DCAT-AP/), as JSON-LD."""
    iri, published = about.dataset, about.data_url
    publisher = _ids(f"{iri}#publisher")
    shared = {"dcterms:license": _ids(LICENCE), "dcterms:publisher": publisher}
    service = f"{iri}#sparql"
    return _document(
        {"id": f"{iri}#publisher", "type": "foaf:Agent", "foaf:name": CREATOR},
        {
            "id": f"{iri}#catalogue", "type": "dcat:Catalog", **shared,
            "dcterms:title": _en("Data of bufgraph"), "en": "The data set of this site, its files and its query service.",
            "foaf:homepage": _ids(about.site), "dcat:dataset": _ids(iri), "dcat:service": _ids(service),
        },
        {
            "id": iri, "type": "dcat:Dataset", **shared, "dcterms:title": _en(TITLE), "en": DESCRIPTION,
            "dcterms:creator": publisher, "dcterms:identifier": iri, "dcat:version": about.version,
            "dcterms:issued": {"@type": "xsd:gYear", "@value": str(about.year)},
            "dcterms:bibliographicCitation": about.citation, "dcat:keyword": [_en(word) for word in KEYWORDS],
            "dcat:theme": [_ids(_THEMES + name) for name in ("REGI", "SOCI", "ENVI")],
            "dcterms:spatial": [_ids(country) for country in about.countries],
            "dcterms:accessRights": _ids("http://publications.europa.eu/resource/authority/access-right/PUBLIC"),
            "dcterms:conformsTo": _ids(ONTOLOGY.removesuffix("#")), "dcat:landingPage": _ids(published),
            "dcat:distribution": [_ids(f"{iri}#{file.name}") for file in files],
        },
        {
            "id": service, "type": "dcat:DataService", **shared, "dcterms:title": _en("SPARQL 1.1 endpoint"),
            "dcat:endpointURL": _ids(f"{about.site}sparql"), "dcat:servesDataset": _ids(iri),
            "dcterms:conformsTo": _ids("http://www.w3.org/TR/sparql11-protocol/"),
        },
        *(node for file in files for node in _distribution(about, file)),
    )  # fmt: skip


def _distribution(about: About, file: ExportedFile) -> list[Json]:
    iri = f"{about.dataset}#{file.name}"
    return [
        {
            "id": iri, "type": "dcat:Distribution", "dcterms:title": _en(file.name), "en": file.description,
            "dcat:accessURL": _ids(about.data_url), "dcat:downloadURL": _ids(about.data_url + file.name),
            "dcat:mediaType": _ids(_MEDIA + file.media_type), "dcterms:license": _ids(LICENCE),
            "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.bytes)},
            "spdx:checksum": _ids(f"{iri}-sha256"),
        },
        {
            "id": f"{iri}-sha256", "type": "spdx:Checksum",
            "spdx:algorithm": _ids("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
        },
    ]  # fmt: skip


def void(about: About, figures: GraphFigures, dumps: Sequence[str]) -> Json:
    """Return the description of the graph in VoID (https://www.w3.org/TR/void/), as JSON-LD.

    Args:
        dumps: Names of the files that hold the graph.
    """
    iri = about.dataset
    classes: list[Json] = [
        {"id": f"{iri}#class-{_fragment(name)}", "void:class": _ids(name), "void:entities": count}
        for name, count in figures.classes.items()
    ]
    properties: list[Json] = [
        {"id": f"{iri}#property-{_fragment(name)}", "void:property": _ids(name), "void:triples": count}
        for name, count in figures.properties.items()
    ]
    linksets: list[Json] = [
        {
            "id": f"{iri}#links-{_fragment(name)}--{_fragment(target)}", "type": "void:Linkset",
            "void:subjectsTarget": _ids(iri), "void:objectsTarget": _ids(f"{iri}#target-{_fragment(target)}"),
            "void:linkPredicate": _ids(name), "void:triples": count,
        }
        for (name, target), count in figures.links.items()
        if name != bg("unverifiedMatch")  # from memory: never published as a link
    ]  # fmt: skip
    targets = [
        {"id": f"{iri}#target-{_fragment(space)}", "type": "void:Dataset", "dcterms:title": _en(TARGETS[space]), "void:uriSpace": space}
        for space in sorted({target for _, target in figures.links})
    ]  # fmt: skip
    return _document(
        {
            "id": iri, "type": "void:Dataset", "dcterms:title": _en(TITLE), "en": DESCRIPTION,
            "dcterms:license": _ids(LICENCE), "foaf:homepage": _ids(about.site), "void:uriSpace": about.base_iri,
            "void:triples": figures.triples, "void:entities": figures.entities,
            "void:classes": len(figures.classes), "void:properties": len(figures.properties),
            "void:distinctSubjects": figures.subjects, "void:distinctObjects": figures.objects,
            "void:sparqlEndpoint": _ids(f"{about.site}sparql"),
            "void:dataDump": [_ids(about.data_url + name) for name in dumps],
            "void:vocabulary": [_ids(PREFIXES[name]) for name in _VOCABULARIES],
            "void:classPartition": [_ids(part["id"]) for part in classes],
            "void:propertyPartition": [_ids(part["id"]) for part in properties],
            "void:subset": [_ids(part["id"]) for part in linksets],
        },
        *classes, *properties, *linksets, *targets,
    )  # fmt: skip


def datacite(about: About, files: Sequence[ExportedFile], counts: Mapping[str, int]) -> Json:
    """Return the metadata that DataCite (schema 4) asks for; whoever registers a DOI adds it.

    Args:
        counts: Records by kind.
    """
    held = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Knowledge graph"},
        "creators": [{"name": CREATOR, "nameType": "Organizational"}],
        "titles": [{"title": TITLE, "lang": "en"}],
        "publisher": {"name": CREATOR},
        "publicationYear": str(about.year),
        "version": about.version,
        "language": "en",
        "subjects": [{"subject": word, "lang": "en"} for word in KEYWORDS],
        "alternateIdentifiers": [{"alternateIdentifier": about.dataset, "alternateIdentifierType": "IRI"}],
        "relatedIdentifiers": [
            {"relatedIdentifier": ONTOLOGY.removesuffix("#"), "relatedIdentifierType": "URL", "relationType": "Requires"}
        ],
        "rightsList": [
            {
                "rights": "Creative Commons Attribution 4.0 International", "rightsUri": f"{LICENCE}legalcode",
                "rightsIdentifier": "CC-BY-4.0", "rightsIdentifierScheme": "SPDX",
            }
        ],
        "descriptions": [
            {"description": DESCRIPTION, "descriptionType": "Abstract", "lang": "en"},
            {"description": f"Records: {held}.", "descriptionType": "Other", "lang": "en"},
        ],
        "geoLocations": [{"geoLocationPlace": "Baltic Sea Region"}],
        "formats": sorted({file.media_type for file in files}),
        "sizes": [f"{file.name}: {file.bytes} bytes" for file in files],
    }  # fmt: skip


def citation_cff(about: About) -> str:
    """Return the citation file (https://citation-file-format.github.io/, version 1.2.0)."""
    keywords = "".join(f"  - {word}\n" for word in KEYWORDS)
    return (
        'cff-version: 1.2.0\nmessage: "If you use these data, please cite them as below."\ntype: dataset\n'
        f'title: "{TITLE}"\nabstract: "{DESCRIPTION}"\nauthors:\n  - name: "{CREATOR}"\n'
        f'version: "{about.version}"\nlicense: CC-BY-4.0\nurl: "{about.dataset}"\nkeywords:\n{keywords}'
    )


def to_json(document: Json) -> bytes:
    """Write JSON for people and programs."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _document(*nodes: Json) -> Json:
    return {"@context": _CONTEXT, "@graph": nodes}


def _ids(iri: str) -> Json:
    return {"@id": iri}


def _en(text: str) -> Json:
    return {"@value": text, "@language": "en"}


def _fragment(iri: str) -> str:
    """Return a readable part of an address for an IRI: prefix and name, or else all of it."""
    known = ((prefix, space) for prefix, space in _PREFIXES.items() if iri.startswith(space))
    prefix, space = max(known, key=lambda pair: len(pair[1]), default=("", "https://"))
    name = re.sub(r"\W+", "-", iri.removeprefix(space).removeprefix("http://")).strip("-")
    return "-".join(part for part in (prefix, name) if part)
