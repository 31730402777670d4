"""The built-in services over the small build: what SPARQL gets is what the search and the city similarity say."""

from pathlib import Path

import pytest

from bufgraph.errors import InvalidInputError
from bufgraph.graph.guard import check_query
from bufgraph.graph.port import Row
from bufgraph.resources import queries_dir
from bufgraph.search.query import Corrections, SearchQuery
from bufgraph.services.answers import AnswerService
from bufgraph.services.composition import Build, open_build
from bufgraph.services.querying import QueryService, worker_pool
from bufgraph.services.semantic_answers import expander
from bufgraph.settings import Settings

CITY = "https://w3id.org/bufgraph/id/city/"
PRACTICE = "https://w3id.org/bufgraph/id/practice/"
SNOW = "https://w3id.org/bufgraph/scheme/challenge/snow-and-ice-clearing"


@pytest.fixture(scope="module")
def build(small_settings: Settings) -> Build:
    return open_build(small_settings)


def _ask(build: Build, query: str) -> list[Row]:
    expanded = expander(build)(query)
    check_query(expanded, max_chars=len(expanded), max_depth=60)
    return build.graph.select(expanded)


def _scores(rows: list[Row], name: str) -> dict[str, float]:
    return {row[name].value: float(row["s"].value) for row in rows}


def test_a_finnish_search_gives_what_the_search_service_gives(build: Build) -> None:
    text = "liukkaat jalkakäytävät talvella"
    rows = _ask(
        build,
        f'SELECT ?p ?s WHERE {{ SERVICE bgsvc:search {{ ?p bg:matches "{text}" ; bg:lang "fi" ; bg:score ?s ; bg:limit 2 }} }}',
    )
    query = SearchQuery(text, ("practice",), limit=2, corrections=Corrections(lang="fi"))
    hits = AnswerService(build).search(query).hits
    assert _scores(rows, "p") == {hit.record: pytest.approx(hit.score, abs=1e-4) for hit in hits}
    assert len(rows) == 2
    assert {row["p"].value for row in rows} == {f"{PRACTICE}gritting", f"{PRACTICE}robots"}


def test_a_search_joins_with_the_graph(build: Build) -> None:
    rows = _ask(
        build,
        'SELECT ?p ?place WHERE { SERVICE bgsvc:search { ?p bg:matches "icy pavements" ; bg:limit 1 } '
        "?adoption bg:adoptionOf ?p ; bg:adoptedIn ?place } ORDER BY ?place",
    )
    assert [(row["p"].value, row["place"].value) for row in rows] == [
        (f"{PRACTICE}gritting", f"{CITY}ee-tartu"),
        (f"{PRACTICE}gritting", f"{CITY}fi-turku"),
    ]


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("bg:City", "id/city"), ("bg:Challenge", "scheme/challenge"), ("bg:Expert", "id/org")],
)
def test_other_records_can_be_searched(build: Build, kind: str, folder: str) -> None:
    rows = _ask(
        build, f'SELECT ?x WHERE {{ SERVICE bgsvc:search {{ ?x a {kind} ; bg:matches "winter ice" }} }}'
    )
    assert rows
    assert all(f"/{folder}/" in row["x"].value for row in rows)


def test_the_query_service_answers_a_block_and_still_asks_no_other_server(build: Build) -> None:
    block = '{ ?p bg:matches "icy pavements" ; bg:limit 1 }'
    pool = worker_pool(build.graph_folder, build.settings)
    with QueryService(pool, build.settings, expand=expander(build)) as service:
        answer = service.run(
            f"SELECT ?p WHERE {{ SERVICE bgsvc:search {block} ?p a bg:GoodPractice }}", "csv"
        )
        assert answer.content.decode().split() == ["p", f"{PRACTICE}gritting"]
        with pytest.raises(InvalidInputError, match="asks no other server"):
            service.run(
                f"SELECT ?p WHERE {{ SERVICE bgsvc:search {block} SERVICE <http://127.0.0.1/> {block} }}"
            )


def test_more_than_a_hundred_rows_can_be_asked_for(build: Build) -> None:
    rows = _ask(
        build,
        'SELECT ?x ?s WHERE { SERVICE bgsvc:search { ?x a bg:Challenge ; bg:matches "city" ; bg:limit 150 ; bg:score ?s } }',
    )
    assert len(rows) > 100


def test_gibberish_finds_nothing(build: Build) -> None:
    assert _ask(build, 'SELECT ?p WHERE { SERVICE bgsvc:search { ?p bg:matches "xqzv wkjq pfrtz" } }') == []


def test_similar_cities_are_those_of_the_city_similarity(build: Build) -> None:
    rows = _ask(
        build,
        f'SELECT ?c ?s WHERE {{ SERVICE bgsvc:similar-cities {{ ?c bg:similarTo <{CITY}fi-turku> ; bg:score ?s ; bg:preset "structure" }} }}',
    )
    city = build.catalogue.cities[f"{CITY}fi-turku"]
    expected = build.similarity.similar(city, preset="structure")
    assert _scores(rows, "c") == {c.city: pytest.approx(c.score, abs=1e-4) for c in expected}
    assert len(rows) == 3


def test_the_graph_and_the_service_agree_on_similarity(build: Build) -> None:
    block = "SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x ; bg:score ?s }"
    service = _ask(build, f"SELECT ?c ?s WHERE {{ VALUES ?x {{ <{CITY}ee-tartu> }} {block} }}")
    graph = _ask(build, f'SELECT ?c ?s WHERE {{ ?x a bg:City ; skos:prefLabel "Tartu"@en . {block} }}')
    function = _ask(
        build,
        f"SELECT ?c ?s WHERE {{ ?c a bg:City . BIND(bgf:similarity(?c, <{CITY}ee-tartu>) AS ?s) FILTER(BOUND(?s)) }}",
    )
    assert len(_scores(service, "c")) == 3
    assert _scores(service, "c") == _scores(graph, "c") == _scores(function, "c")


def test_cities_that_share_a_challenge_or_the_needs_of_a_city(build: Build) -> None:
    block = "SELECT ?c WHERE {{ SERVICE bgsvc:similar-cities {{ ?c bg:sharesProblem <{}> }} }}"
    sharing = {row["c"].value for row in _ask(build, block.format(SNOW))}
    assert {f"{CITY}ee-tartu", f"{CITY}fi-oulu"} <= sharing
    others = {row["c"].value for row in _ask(build, block.format(f"{CITY}fi-oulu"))}
    assert f"{CITY}ee-tartu" in others
    assert f"{CITY}fi-oulu" not in others
    assert _ask(build, block.format(f"{CITY}lv-cesis")) == []  # nothing is known of what it needs


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ('?c bg:similarTo <urn:nowhere>', "line 1, column 66: <urn:nowhere> is no city"),
        ('?c bg:sharesProblem <urn:nothing>', "line 1, column 70: <urn:nothing> is neither a challenge nor a city"),
        (f'?c bg:similarTo <{CITY}fi-turku> ; bg:preset "nearness"', "unknown preset 'nearness'; choose from balanced"),
        (f"?c bg:sharesProblem <{SNOW}> ; bg:limit 150", "limit is 150; expected 1 to 100"),
    ],
)  # fmt: skip
def test_what_the_build_does_not_know_is_said_with_its_place(build: Build, block: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        _ask(build, f"SELECT ?c WHERE {{ SERVICE bgsvc:similar-cities {{ {block} }} }}")


@pytest.mark.parametrize("path", sorted((queries_dir() / "semantic").glob("*.rq")), ids=lambda p: p.stem)
def test_every_example_has_a_question_and_is_answered(build: Build, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.splitlines()[0].endswith("?")
    _ask(build, text)
