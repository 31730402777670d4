"""Every identifier answers: pages for people, documents for programs."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import orjson
import pytest
import rdflib
from fastapi import Request
from fastapi.testclient import TestClient
from rdflib.compare import isomorphic
from rdflib.query import ResultRow

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.port import Term
from bufgraph.model import Catalogue
from bufgraph.namespaces import ONTOLOGY, SCHEME, SKOS, XSD, bg
from bufgraph.resources import ontology_dir
from bufgraph.services.addresses import Addresses
from bufgraph.services.composition import open_build
from bufgraph.services.describing_things import MAX_LINKS, Things, Triple
from bufgraph.services.home import codec
from bufgraph.services.rdf_documents import MEDIA_TYPES, write
from bufgraph.services.schema_org import embedded, json_ld
from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from bufgraph_api.linked_data.page_data import page_data
from bufgraph_api.linked_data.sitemap import SiteMap

BASE = "https://w3id.org/bufgraph/"
PRACTICE = "/id/practice/gritting"
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}
TURTLE = {"Accept": "text/turtle"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    app = create_app(small_settings)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def parsed(client: TestClient, address: str) -> rdflib.Graph:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return rdflib.Graph().parse(data=answer.content, format=FORMATS[address.rsplit(".", 1)[1]])


@pytest.mark.parametrize(
    "path",
    [PRACTICE, "/id/city/ee-tartu", "/id/org/winter-lab", "/id/adoption/robots", "/id/graph/ontology", "/scheme/barrier",
     "/scheme/challenge/snow-and-ice-clearing", "/service/search", "/function/similarity"],
)  # fmt: skip
def test_every_format_says_the_same(client: TestClient, path: str) -> None:
    first, *others = (set(parsed(client, f"{path}.{suffix}")) for suffix in FORMATS)
    assert first
    assert all(other == first for other in others)


def test_the_terms_are_the_same_in_every_format(client: TestClient) -> None:
    first, *others = (parsed(client, f"/ontology.{suffix}") for suffix in FORMATS)
    assert all(isomorphic(first, other) for other in others)
    assert isomorphic(first, rdflib.Graph().parse(ontology_dir() / "bufgraph.ttl"))


def test_the_shapes_are_as_many_in_every_format(client: TestClient) -> None:
    first, *others = (parsed(client, f"/shape.{suffix}") for suffix in FORMATS)
    shape = rdflib.URIRef(f"{BASE}shape#City")
    for graph in others:
        assert len(graph) == len(first)
        assert set(graph.objects(shape, rdflib.SH.targetClass)) == {rdflib.URIRef(bg("City"))}


def test_a_practice_brings_its_results_and_sources(client: TestClient) -> None:
    graph = parsed(client, f"{PRACTICE}.ttl")
    practice = rdflib.URIRef(f"{BASE}id/practice/gritting")
    answer = graph.query(
        """SELECT ?value ?page ?place WHERE {
             ?adoption bg:adoptionOf ?practice ; bg:hasResult/bg:value ?value ; bg:adoptedIn ?place .
             ?practice bg:citation/bg:document/foaf:page ?page }""",
        initNs={"bg": ONTOLOGY, "foaf": "http://xmlns.com/foaf/0.1/"},
        initBindings={"practice": practice},
    )
    assert [tuple(map(str, row)) for row in answer if isinstance(row, ResultRow)] == [
        ("12.5", "https://example.org/", f"{BASE}id/city/ee-tartu")
    ]
    assert (
        rdflib.URIRef(f"{BASE}id/org/winter-lab"),
        rdflib.URIRef(bg("relatedPractice")),
        practice,
    ) in graph
    assert rdflib.URIRef(f"{BASE}id/practice/robots") not in set(graph.subjects())


def test_json_ld_has_the_keys_of_our_context(client: TestClient) -> None:
    body = client.get(f"{PRACTICE}.jsonld").json()
    nodes = {node["id"]: node for node in body["@graph"]}
    assert body["@graph"][0]["id"] == "bgd:practice/gritting"
    assert nodes["bgd:practice/gritting"]["title"] == "Gritting guided by sensors"
    assert nodes["bgd:result/gritting-01"]["value"] == "12.5"
    assert "latitude" not in body["@context"]
    concept = client.get("/scheme/challenge/snow-and-ice-clearing.jsonld").json()["@graph"][0]
    assert concept["pref_label"]["fi"]


@pytest.mark.parametrize(
    ("path", "accept", "target"),
    [
        (PRACTICE, "text/turtle", f"{PRACTICE}.ttl"),
        (PRACTICE, "application/ld+json", f"{PRACTICE}.jsonld"),
        (PRACTICE, "application/n-triples;q=0.9, text/turtle;q=0.1", f"{PRACTICE}.nt"),
        (PRACTICE, "application/rdf+xml, text/html;q=0.9", f"{PRACTICE}.rdf"),
        (PRACTICE, BROWSER["Accept"], "/practice/gritting"),
        (PRACTICE, "*/*", "/practice/gritting"),
        (f"{PRACTICE}.html", "*/*", "/practice/gritting"),
        ("/id/city/ee-tartu", "text/html", "/city/ee-tartu"),
        ("/id/org/winter-lab", "text/html", "/expert/winter-lab"),
        ("/id/org/city-of-tartu", "text/html", "/id/org/city-of-tartu.html"),
        ("/id/result/gritting-01", "text/html", "/id/result/gritting-01.html"),
        ("/scheme/challenge/snow-and-ice-clearing", "text/html", "/challenge/snow-and-ice-clearing"),
        ("/scheme/barrier/behaviour-change", "text/turtle", "/scheme/barrier/behaviour-change.ttl"),
        ("/scheme/outcome/failed", "text/html", "/scheme/outcome#failed"),
        ("/scheme/challenge", "text/turtle", "/scheme/challenge.ttl"),
        ("/id/dataset/bufgraph", "text/turtle", "/data/dcat.ttl"),
        ("/shape", "text/html", "/shape.html"),
    ],
)
def test_an_identifier_sends_on_to_what_is_liked_best(
    client: TestClient, path: str, accept: str, target: str
) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["location"]) == (303, target)
        assert answer.headers["vary"] == "Accept"
    if target.startswith(("/id", "/practice", "/city", "/shape")):
        assert client.get(target).status_code == 200


@pytest.mark.parametrize("path", ["/ontology", "/scheme/barrier"])
def test_people_get_the_page_where_programs_get_the_document(client: TestClient, path: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    answer = client.get(path, headers=TURTLE, follow_redirects=True)
    assert answer.headers["content-type"].startswith("text/turtle")
    assert rdflib.URIRef(f"{BASE[:-1]}{path}") in set(rdflib.Graph().parse(data=answer.text).subjects())


def test_the_current_version_of_the_ontology_answers_too(client: TestClient) -> None:
    graph = rdflib.Graph().parse(ontology_dir() / "bufgraph.ttl")
    versions = graph.objects(rdflib.URIRef(f"{BASE}ontology"), rdflib.OWL.versionIRI)
    path = str(next(iter(versions))).removeprefix(BASE[:-1])
    assert client.get(path, headers=TURTLE).headers["location"] == "/ontology.ttl"
    assert client.get("/ontology/0.0.1", headers=TURTLE).status_code == 404


def test_a_document_tells_what_it_is(client: TestClient) -> None:
    answer = client.get(f"{PRACTICE}.ttl")
    assert answer.headers["content-location"] == f"{PRACTICE}.ttl"
    assert answer.headers["vary"] == "Accept"
    links = answer.headers["link"]
    for suffix, media_type in MEDIA_TYPES.items():
        assert f'<{PRACTICE}.{suffix}>; rel="alternate"; type="{media_type}"' in links
    assert f'<{BASE}id/practice/gritting>; rel="canonical"' in links
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links
    assert '</practice/gritting>; rel="alternate"; type="text/html"' in links


@pytest.mark.parametrize("path", [f"{PRACTICE}.ttl", "/ontology.nt"])
def test_who_has_the_document_is_not_sent_it_again(client: TestClient, path: str) -> None:
    tag = client.get(path).headers["etag"]
    again = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    other = path.rsplit(".", 1)[0] + ".jsonld"
    assert client.get(other, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "close"),
    [
        ("/id/practice/griting", "/id/practice/gritting"),
        ("/id/city/ee-tart.ttl", "/id/city/ee-tartu"),
        ("/scheme/challenge/snow-and-ice-clearin", "/scheme/challenge/snow-and-ice-clearing"),
        ("/scheme/barier.ttl", "/scheme/barrier"),
    ],
)
def test_a_wrong_name_is_told_the_close_ones(client: TestClient, path: str, close: str) -> None:
    answer = client.get(path, headers=TURTLE)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert close in answer.json()["detail"]
    assert close.rsplit("/", 1)[1] in answer.json()["suggestions"]


@pytest.mark.parametrize(
    "path",
    ["/id/practice/x> ?p ?o", "/id/practice/%3E%20%7D", "/id/", "/id/nothing/x", "/id/../scheme/x", "/id/city/" + "a" * 400,
     "/id/city/ee%0Atartu", "/service/nothing", "/id/city/\u00e9"],
)  # fmt: skip
def test_what_is_no_identifier_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path, headers=TURTLE).status_code == 404


def test_unknown_media_types_are_told_the_known_ones(client: TestClient) -> None:
    for path in (PRACTICE, "/ontology", "/scheme/barrier", "/shape"):
        answer = client.get(path, headers={"Accept": "image/png, text/turtle;q=0"})
        assert answer.status_code == 406
        assert set(MEDIA_TYPES.values()) < set(answer.json()["offered"])


def test_a_plain_page_shows_facts_parts_and_links(client: TestClient) -> None:
    page = client.get("/id/adoption/gritting.html").text
    assert "Falls went down by 12.5%." in page
    assert 'href="/id/practice/gritting"' in page
    assert page.count("<dt>") == page.count("<dd>") > 5
    assert "What points to it" in page  # the second adoption was taken over from this one
    assert not re.search(r"<script|style=|on\w+=", page.split("<main", 1)[1])
    assert 'id="City"' in client.get("/shape.html").text


def test_links_are_bounded_and_ordered() -> None:
    store = OxigraphStore.memory()
    lines = [f"<urn:r/{n:03}> <urn:p> <{BASE}id/city/a> ." for n in range(MAX_LINKS + 5)]
    store.replace_graph(
        "urn:g", "\n".join([*lines, f'<{BASE}id/city/a> <urn:q> "x" .']).encode(), "text/turtle"
    )
    things = Things(store, Catalogue(), Addresses())
    found = things.describe(f"{BASE}id/city/a")
    assert [s for s, _, _ in found.links] == [f"urn:r/{n:03}" for n in range(MAX_LINKS)]
    assert found.is_cut
    assert found.licences == ()


def test_hard_literals_survive_every_format(small_settings: Settings) -> None:
    thing = f"{BASE}id/thing/x"
    values = [
        Term("literal", 'quote " back \\ line\nreturn\r tab\t <&> \u2028 \U0001f600', f"{XSD}string"),
        Term("literal", "007", f"{XSD}integer"),
        Term("literal", "true", f"{XSD}boolean"),
        Term("literal", "hei", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "fi"),
        Term("iri", "urn:x:y"),
    ]
    triples: list[Triple] = [
        (thing, predicate, value)
        for predicate in (bg("note"), f"{SKOS}prefLabel", bg("startYear"))
        for value in values
    ]
    graphs = [
        set(rdflib.Graph().parse(data=write(triples, suffix, codec(small_settings).context), format=form))
        for suffix, form in FORMATS.items()
    ]
    assert len(graphs[0]) == 15
    assert all(graph == graphs[0] for graph in graphs)


def test_another_base_is_answered_under_the_same_paths() -> None:
    base = "https://data.example.org/city-data/"
    addresses = Addresses(base)
    assert addresses.iri_of("/id/city/fi-turku") == f"{base}city/fi-turku"
    assert addresses.path_of(f"{base}city/fi-turku") == "/id/city/fi-turku"
    assert addresses.path_of(f"{BASE}id/city/fi-turku") is None
    assert addresses.path_of(f"{SCHEME}outcome/failed") == "/scheme/outcome/failed"
    assert addresses.path_of(bg("City")) == "/ontology#City"
    store = OxigraphStore.memory()
    store.replace_graph("urn:g", f'<{base}city/x> <urn:p> "here" .'.encode(), "text/turtle")
    things = Things(store, Catalogue(), addresses)
    assert things.exists(f"{base}city/x")
    own = things.describe(f"{base}city/x").triples()
    context = Codec.from_file(ontology_dir() / "context.jsonld", base).context
    assert orjson.loads(write(own, "jsonld", context))["@graph"] == [{"id": "bgd:city/x", "urn:p": "here"}]


def test_json_ld_of_pages_cannot_end_its_element() -> None:
    text = embedded({"name": "</script><!-- & \u2028"})
    assert not set("<>&\u2028") & set(text)
    assert orjson.loads(text)["name"] == "</script><!-- & \u2028"


def test_json_ld_tells_what_a_record_is(small_settings: Settings) -> None:
    catalogue = open_build(small_settings).catalogue
    nodes = {
        record.slug: orjson.loads(json_ld(record, catalogue, "http://test/"))
        for record in (catalogue.practice("gritting"), catalogue.city("ee-tartu"), catalogue.expert("winter-lab"),
                       catalogue.challenge("snow-and-ice-clearing"))
    }  # fmt: skip
    assert [node["@type"] for node in nodes.values()] == ["Article", "City", "Organization", "DefinedTerm"]
    practice = nodes["gritting"]
    assert practice["@id"] == f"{BASE}id/practice/gritting"
    assert practice["mainEntity"]["step"][0]["text"] == "Step by step."
    assert practice["citation"][0]["url"] == "https://example.org/"
    assert practice["contentLocation"]["@type"] == "City"
    assert nodes["ee-tartu"]["geo"]["latitude"] == 58.38
    assert nodes["snow-and-ice-clearing"]["inDefinedTermSet"]["@id"] == f"{SCHEME}challenge"


@pytest.mark.parametrize(
    ("path", "kind", "documents"),
    [
        ("/practice/gritting", "Article", PRACTICE),
        ("/expert/winter-lab", "Organization", "/id/org/winter-lab"),
        ("/challenge/snow-and-ice-clearing", "DefinedTerm", "/scheme/challenge/snow-and-ice-clearing"),
        ("/ontology", "WebPage", "/ontology"),
        ("/scheme/barrier", "WebPage", "/scheme/barrier"),
        ("/about", "Dataset", None),
        ("/", "WebSite", None),
        ("/practice/none", "WebPage", None),
    ],
)
def test_every_page_has_data_for_its_head(
    client: TestClient, path: str, kind: str, documents: str | None
) -> None:
    scope = {"type": "http", "app": client.app, "path": path, "headers": [(b"host", b"test")], "scheme": "http",
             "query_string": b"", "server": ("test", 80), "root_path": "", "method": "GET"}  # fmt: skip
    found = page_data(Request(scope))
    assert orjson.loads(str(found.json_ld))["@type"] == kind
    expected = [(f"{documents}.{suffix}", kind) for suffix, kind in MEDIA_TYPES.items()] if documents else []
    assert list(found.documents) == expected
    assert all(client.get(address).status_code == 200 for address, _ in found.documents)


def test_the_sitemap_lists_pages_that_answer(client: TestClient) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ElementTree.fromstring(answer.text)
    addresses = [entry.findtext(f"{name}loc") or "" for entry in root]
    assert all(entry.findtext(f"{name}lastmod") for entry in root)
    paths = [address.removeprefix("http://testserver") for address in addresses]
    assert {"/", "/practice/gritting", "/city/lv-cesis", "/expert/winter-lab", "/scheme/barrier"} <= set(
        paths
    )
    assert len(set(paths)) == len(paths)
    kinds = {path.split("/")[1]: path for path in paths if path.count("/") == 2}
    for path in kinds.values():
        assert client.get(path, headers=BROWSER).status_code == 200, path
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text


def test_a_long_sitemap_is_cut_into_parts(small_settings: Settings) -> None:
    scope = {"type": "http", "path": "/", "headers": [(b"host", b"test")], "scheme": "http", "query_string": b"",
             "server": ("test", 80), "root_path": "", "method": "GET"}  # fmt: skip
    whole = SiteMap(open_build(small_settings)).whole(Request(scope))
    short = SiteMap(open_build(small_settings), size=50)
    index = bytes(short.whole(Request(scope)).body)
    numbers = [int(number) for number in re.findall(rb"sitemap-(\d+)\.xml", index)]
    parts = b"".join(bytes(short.part(Request(scope), number).body) for number in numbers)
    assert len(numbers) > 1
    assert re.findall(rb"<loc>(.*?)</loc>", parts) == re.findall(rb"<loc>(.*?)</loc>", bytes(whole.body))
