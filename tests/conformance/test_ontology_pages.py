"""The pages of the ontology show all of it."""

import functools
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markupsafe import escape
from rdflib.namespace import RDFS, SKOS

from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.namespaces import DEFAULT_BASE, SCHEME
from bufgraph.services.speaking import tongue_of
from bufgraph_api import errors
from bufgraph_api.pages import class_diagram
from bufgraph_api.pages.ontology_pages import ontology_router
from builders import small_catalogue
from ontology_files import ALIGNMENTS, BG, FOLDER, SCHEMES, concepts, ontology, own_terms, schemes


@pytest.mark.parametrize("link", [*class_diagram.PRACTICE_LINKS, *class_diagram.CITY_LINKS], ids=" ".join)
def test_the_diagrams_draw_what_the_ontology_says(link: tuple[str, str, str]) -> None:
    start, name, end = link
    assert {start, end} <= set(own_terms())
    if name == "broader":
        return
    for node, predicate in ((start, RDFS.domain), (end, RDFS.range)):
        wanted = ontology().value(BG[name], predicate)
        assert wanted in {None, *ontology().transitive_objects(BG[node], RDFS.subClassOf)}, predicate


@functools.cache
def client() -> TestClient:
    """The pages over the files of the ontology and the small world of :mod:`builders`."""
    store = OxigraphStore.memory()
    for path in [FOLDER / "bufgraph.ttl", *SCHEMES, *ALIGNMENTS]:
        store.replace_graph(f"urn:{path.parent.name}:{path.stem}", path.read_bytes(), "text/turtle")
    app = FastAPI()
    catalogue = small_catalogue()
    settings = SimpleNamespace(base_iri=DEFAULT_BASE, public_url="http://testserver/")
    build = SimpleNamespace(graph=store, folder=Path("small"), catalogue=catalogue, settings=settings)
    state = SimpleNamespace(
        build=build, answers=SimpleNamespace(catalogue=catalogue), tongue=tongue_of(catalogue)
    )
    state.speaking = lambda code: state
    app.state.bufgraph = state
    errors.install(app)
    app.include_router(ontology_router())
    return TestClient(app, raise_server_exceptions=False)


def test_the_page_of_the_ontology_has_a_place_for_every_term_and_scheme() -> None:
    page = client().get("/ontology").text
    assert [name for name in own_terms() if f'id="{name}"' not in page] == []
    assert [
        path.stem
        for path in SCHEMES
        if path.stem != "phrasings" and f'href="/scheme/{path.stem}"' not in page
    ] == []
    assert page.count("<svg") == page.count("<desc") == 2
    assert "style=" not in page
    scripts = re.findall(r"<script(?! type=.application/ld\+json.)[^>]*>", page)
    assert all('src="/static/scripts/' in element and "integrity=" in element for element in scripts)
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("name", [path.stem for path in SCHEMES if path.stem != "phrasings"])
def test_the_page_of_a_scheme_shows_every_concept_once_with_all_its_labels(name: str) -> None:
    page = client().get(f"/scheme/{name}").text
    for concept in (c for c in concepts() if str(c).startswith(f"{SCHEME}{name}/")):
        assert page.count(f'id="{str(concept).rsplit("/", 1)[1]}"') == 1, concept
        for label in schemes().objects(concept, SKOS.prefLabel):
            assert str(escape(str(label))) in page, label


def test_the_page_of_a_scheme_counts_practices_once_and_upwards() -> None:
    """Two practices share a challenge of the small world: both count for it, for its subdomain and for its domain."""
    challenges, domains = client().get("/scheme/challenge").text, client().get("/scheme/domain").text
    assert _count(challenges, "snow-and-ice-clearing") == _count(domains, "public-spaces-management")
    expected = {
        p.id
        for p in small_catalogue().practices.values()
        if f"{SCHEME}challenge/snow-and-ice-clearing" in p.challenge
    }
    assert _count(challenges, "snow-and-ice-clearing") == len(expected) > 1


def _count(page: str, concept: str) -> int:
    head = page.split(f'id="{concept}"', 1)[1].split("</p>", 1)[0]
    return int(re.findall(r"(\d+) practices?", head)[0])


def test_a_scheme_that_does_not_exist_is_not_found() -> None:
    answer = client().get("/scheme/no-such-scheme")
    assert answer.status_code == 404
    assert "no-such-scheme" in answer.text
