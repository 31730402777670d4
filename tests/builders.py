"""Small real records for tests, in the datasets' own JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.model import Catalogue
from bufgraph.namespaces import DEFAULT_BASE
from bufgraph.resources import ontology_dir, queries_dir

Json = dict[str, Any]


def city(slug: str, name: str, country: str, **facts: Any) -> Json:
    return {
        "id": f"bgd:city/{slug}",
        "type": "City",
        "pref_label": {"en": name},
        "country_code": country,
        **facts,
    }


def document(slug: str = "report") -> Json:
    return {
        "id": f"bgd:source/{slug}",
        "type": "SourceDocument",
        "title": "A report",
        "page": "https://example.org/",
    }


def organisation(slug: str, name: str, **facts: Any) -> Json:
    return {
        "id": f"bgd:org/{slug}",
        "type": ["Organization"],
        "name": name,
        "helix": "bgs:helix/government",
        **facts,
    }


def expert(slug: str, name: str, text: str, practices: Sequence[str] = ()) -> Json:
    return {
        "id": f"bgd:org/{slug}",
        "type": ["Organization", "Expert"],
        "name": name,
        "helix": "bgs:helix/university",
        "country_code": "FI",
        "organisation_kind": "bgs:organisation-kind/university",
        "expertise": ["bgs:domain/public-spaces-management"],
        "text": text,
        "related_practice": [f"bgd:practice/{slug_}" for slug_ in practices],
        "citation": [citation(f"expert-{slug}")],
    }


def citation(owner: str) -> Json:
    return {
        "id": f"bgd:citation/{owner}-01",
        "type": "Citation",
        "document": "bgd:source/report",
        "supports": "all",
    }


def practice(slug: str, title: str, problem: str, challenge: str, origin: str, **facts: Any) -> Json:
    return {
        "id": f"bgd:practice/{slug}",
        "type": "GoodPractice",
        "title": title,
        "problem": problem,
        "summary": f"{title}, done by the city.",
        "approach": "Step by step.",
        "main_challenge": f"bgs:challenge/{challenge}",
        "challenge": [f"bgs:challenge/{challenge}"],
        "subdomain": ["bgs:domain/public-spaces-management"],
        "origin": f"bgd:city/{origin}",
        "confidence": "bgs:confidence/high",
        "citation": [citation(slug)],
        **facts,
    }


def adoption(slug: str, place: str, outcome: str, *, suffix: str = "", **facts: Any) -> Json:
    relation = "replicated" if suffix else "origin"
    return {
        "id": f"bgd:adoption/{slug}{suffix}",
        "type": "Adoption",
        "practice": f"bgd:practice/{slug}",
        "place": f"bgd:city/{place}",
        "relation": f"bgs:transfer-relation/{relation}",
        "outcome": f"bgs:outcome/{outcome}",
        **({"replicated_from": f"bgd:adoption/{slug}"} if suffix else {}),
        **facts,
    }


def condition(slug: str, factor: str, essential: bool = True, **facts: Any) -> Json:
    return {
        "id": f"bgd:condition/{slug}--{factor}",
        "type": "TransferCondition",
        "condition_of": f"bgd:practice/{slug}",
        "factor": f"bgs:context/{factor}",
        "text": f"The city has {factor}.",
        "is_essential": essential,
        "is_stated": True,
        "wording": "Step by step.",
        **({} if essential else {"change": f"Do without {factor}."}),
        **facts,
    }


def result(slug: str, **facts: Any) -> Json:
    return {
        "id": f"bgd:result/{slug}",
        "type": "Result",
        "metric": "Falls",
        "text": "Falls went down by 12.5%.",
        "value": 12.5,
        "unit_text": "%",
        "unit": "qunit:PERCENT",
        "result_kind": "bgs:result-kind/achieved",
        "method": "bgs:method/counted",
        "assessor": "bgs:assessor/owner",
        **facts,
    }


def participation(slug: str, agent: str, role: str = "lead") -> Json:
    return {
        "id": f"bgd:participation/{slug}",
        "type": "Participation",
        "agent": agent,
        "role": f"bgs:role/{role}",
    }


def region(slug: str, name: str, country: str, **facts: Any) -> Json:
    return {
        "id": f"bgd:region/{slug}", "type": "Region", "pref_label": {"en": name}, "country_code": country,
        "place_kind": "bgs:place-kind/region", **facts,
    }  # fmt: skip


def stated_need(city: str, challenge: str, text: str) -> Json:
    """Return a need that a city states itself; those of practices are derived in the graph."""
    return {
        "id": f"bgd:need/{city}--{challenge}--stated",
        "type": "CityNeed",
        "need_of": f"bgd:city/{city}",
        "concern": f"bgs:challenge/{challenge}",
        "need_status": "bgs:need-status/open",
        "text": [text],
    }


def small_datasets() -> dict[str, list[Json]]:
    """Return four cities, three practices (one failed), an expert: the smallest world with an answer."""
    return {
        "cities": [
            city("ee-tartu", "Tartu", "EE", population=91_000, latitude=58.38, longitude=26.72, is_coastal=False, has_port=False),
            city("fi-turku", "Turku", "FI", population=195_000, latitude=60.45, longitude=22.27, is_coastal=True, has_port=True,
                 alt_label=["Åbo"]),
            city("lv-cesis", "Cēsis", "LV", population=14_000, latitude=57.31, longitude=25.27, is_coastal=False, has_port=False),
            city("fi-oulu", "Oulu", "FI", population=210_000, latitude=65.01, longitude=25.47, is_coastal=True, has_port=True),
        ],
        "organisations": [organisation("city-of-tartu", "City of Tartu", administers="bgd:city/ee-tartu")],
        "experts": [expert("winter-lab", "Winter Lab", "Research on ice, snow and walking in winter.", ["gritting"])],
        "practices": [
            practice("gritting", "Gritting guided by sensors", "Pavements are icy and older people fall in winter.",
                     "snow-and-ice-clearing", "ee-tartu"),
            practice("robots", "Snow ploughing robots", "Clearing snow from pavements takes too long after snowfall.",
                     "snow-and-ice-clearing", "fi-oulu"),
            practice("rain-gardens", "Rain gardens in the old town", "Heavy rain floods cellars and streets.",
                     "cloudburst-flooding", "fi-turku"),
        ],
        "adoptions": [
            adoption("gritting", "ee-tartu", "success", start_year=2022,
                     participation=[participation("gritting-01", "bgd:org/city-of-tartu")],
                     result=[result("gritting-01", baseline_value=20, baseline_year=2020, ref_year=2023,
                                    supported_by=["bgd:citation/gritting-01"])]),
            adoption("gritting", "fi-turku", "mixed", suffix="--fi-turku", start_year=2024),
            adoption("robots", "fi-oulu", "failed", start_year=2019, failure_phase="bgs:implementation-phase/operation",
                     failure_cause=["bgs:barrier/immature-technology"], remedy="Wait for a robot that survives frost.",
                     lesson=[{"id": "bgd:lesson/robots-01", "type": "Lesson", "lesson_kind": "bgs:lesson-kind/did-not-work",
                              "text": "Batteries froze."}],
                     obstacle=[{"id": "bgd:obstacle/robots-01", "type": "Obstacle", "barrier": "bgs:barrier/climate-and-site",
                                "text": "Minus 30 degrees."}]),
            adoption("rain-gardens", "fi-turku", "success", start_year=2021),
        ],
        "sources": [document()],
    }  # fmt: skip


def town_datasets() -> dict[str, list[Json]]:
    """Return the small world with three towns that took a practice over, Lund of which nothing is known, and who can be asked.

    Winter Lab can be asked; Frost Institute and Snow Office say the same, but the one takes no requests and the other is full.
    Road Agency did nothing; Local firms are no one body.
    """
    small = small_datasets()
    lab = {**small["experts"][0], "country_code": "EE", "homepage": "https://winter.example.org/"}
    return {
        "cities": [
            *small["cities"],
            city("ee-voru", "Võru", "EE", population=12_000, latitude=57.85, longitude=27.02, is_coastal=False, has_port=False),
            city("ee-valga", "Valga", "EE", population=12_500, latitude=57.78, longitude=26.05, is_coastal=False, has_port=False),
            city("lv-smiltene", "Smiltene", "LV", population=11_000, latitude=57.42, longitude=25.9, is_coastal=False, has_port=False),
            city("se-lund", "Lund", "SE"),
        ],
        "regions": [region("fi-coast", "The Finnish coast", "FI")],
        "organisations": [
            *small["organisations"],
            organisation("city-of-voru", "City of Võru", country_code="EE", administers="bgd:city/ee-voru"),
            organisation("road-agency", "Road Agency", country_code="EE"),
            organisation("firms", "Local firms", is_generic=True),
        ],
        "experts": [
            lab,
            {**lab, "id": "bgd:org/frost-institute", "name": "Frost Institute", "accepts_requests": False,
             "citation": [citation("expert-frost-institute")]},
            {**lab, "id": "bgd:org/snow-office", "name": "Snow Office", "accepts_requests": True, "capacity": 2, "current_load": 2,
             "citation": [citation("expert-snow-office")]},
        ],
        "practices": [
            *small["practices"],
            practice("salt-bins", "Salt bins at stairs", "People slip on icy stairs.", "snow-and-ice-clearing", "ee-voru"),
        ],
        "adoptions": [
            *small["adoptions"],
            adoption("salt-bins", "ee-voru", "success", start_year=2018,
                     participation=[participation("salt-bins-01", "bgd:org/city-of-voru"),
                                    participation("salt-bins-02", "bgd:org/firms", "supplier")]),
            adoption("salt-bins", "ee-valga", "mixed", suffix="--ee-valga", start_year=2021),
            adoption("salt-bins", "lv-smiltene", "unknown", suffix="--lv-smiltene"),
            {**adoption("salt-bins", "", "success", suffix="--fi-coast"), "place": "bgd:region/fi-coast"},
        ],
        "conditions": [
            condition("rain-gardens", "coastal"), condition("rain-gardens", "combined-sewers"),
            condition("gritting", "population", at_least=20_000), condition("robots", "port", essential=False),
        ],
        "needs": [stated_need("lv-cesis", "snow-and-ice-clearing", "Older people fall on our pavements.")],
        "sources": small["sources"],
    }  # fmt: skip


def write_towns(folder: Path) -> Path:
    """Write the towns with no lexicons: English is enough for them, and lexicons are most of the time of a build."""
    write_datasets(folder, town_datasets())
    (folder / "lexicons").mkdir()
    return folder


def write_datasets(folder: Path, collections: Mapping[str, Sequence[Json]]) -> Path:
    """Write collections as JSON Lines files and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in collections.items():
        (folder / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return folder


def codec() -> Codec:
    return Codec.from_file(ontology_dir() / "context.jsonld", DEFAULT_BASE)


def small_catalogue(collections: Mapping[str, Sequence[Json]] | None = None) -> Catalogue:
    """Return the small world as a catalogue, through a real store, with the shipped concepts."""
    store = OxigraphStore.memory()
    rows = [row for group in (collections or small_datasets()).values() for row in group]
    store.replace_graph("urn:test", codec().to_json_ld(rows), "application/ld+json")
    for path in sorted((ontology_dir() / "schemes").glob("*.ttl")):
        store.replace_graph(f"urn:scheme:{path.stem}", path.read_bytes(), "text/turtle")
    for path in sorted((queries_dir() / "derive").glob("*.rq")):
        store.derive(path.read_text(), f"urn:derived:{path.stem}")
    return codec().read_catalogue(store)


LEXICONS = {
    "fi": [
        ("lumi", "noun", "snow"), ("jää", "noun", "ice"), ("katu", "noun", "street"), ("jalkakäytävä", "noun", "pavement"),
        ("liukas", "adj", "slippery"), ("vanhus", "noun", "older person"), ("kaatua", "verb", "fall"), ("sade", "noun", "rain"),
        ("kellari", "noun", "cellar"), ("valo", "noun", "light"), ("julkinen liikenne", "phrase", "public transport"),
    ],
    "et": [("kõnnitee", "noun", "pavement"), ("jää", "noun", "ice"), ("libe", "adj", "slippery"), ("tänav", "noun", "street")],
    "ru": [("тротуар", "noun", "pavement"), ("лёд", "noun", "ice"), ("зима", "noun", "winter")],
}  # fmt: skip
"""A few words of three languages: one that writes compounds, one close to it, one in another script."""


def write_lexicons(folder: Path) -> Path:
    """Write the small lexicons and return their folder."""
    for lang, rows in LEXICONS.items():
        lines = ("\t".join(row) for row in rows)
        (folder / f"{lang}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
