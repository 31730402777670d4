"""The built-in services and the similarity function, rewritten without a model and asked of a real store."""

from collections.abc import Sequence
from typing import Any

import pytest

from bufgraph.errors import InvalidInputError, NotFoundError, TooLargeError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.services.semantic_sparql import SemanticServices, expand

CITY = "https://w3id.org/bufgraph/id/city/"
SEARCH = "https://w3id.org/bufgraph/service/search"
SIMILAR = "https://w3id.org/bufgraph/service/similar-cities"
calls: list[tuple[Any, ...]] = []
"""What the fake services were asked since the test began."""

DATA = """
@prefix bg: <https://w3id.org/bufgraph/ontology#> .
@prefix c: <https://w3id.org/bufgraph/id/city/> .
<urn:p1> bg:in c:a . <urn:p2> bg:in c:b . <urn:p3> bg:in c:b .
c:a a bg:City . c:b a bg:City . c:d a bg:City .
[] a bg:CitySimilarity ; bg:similarityFrom c:a ; bg:similarityTo c:b ; bg:preset "balanced" ; bg:rank 1 ; bg:score 0.7 .
[] a bg:CitySimilarity ; bg:similarityFrom c:a ; bg:similarityTo c:d ; bg:preset "balanced" ; bg:rank 2 ; bg:score 0.5 .
[] a bg:CitySimilarity ; bg:similarityFrom c:b ; bg:similarityTo c:a ; bg:preset "balanced" ; bg:rank 1 ; bg:score 0.7 .
"""


def _search(text: str, kind: str, limit: int, lang: str | None) -> Sequence[tuple[str, float]]:
    calls.append(("search", text, kind, limit, lang))
    if lang == "xx":
        raise InvalidInputError("unknown language 'xx'")
    if kind == "city":
        return [(f"{CITY}b", 0.6)]
    return [("urn:p1", 0.9), ("urn:p2", 0.42)][:limit]


def _similar(city: str, preset: str, limit: int) -> Sequence[tuple[str, float]]:
    calls.append(("similar", city, preset, limit))
    if not city.startswith(CITY):
        raise NotFoundError(f"<{city}> is no city")
    return [(f"{CITY}near-{city[-1]}", 0.8)]


def _sharing(problem: str, limit: int) -> Sequence[tuple[str, float]]:
    calls.append(("sharing", problem, limit))
    return [(f"{CITY}b", 0.3)]


SERVICES = SemanticServices(_search, _similar, _sharing, "https://kg.example.org/id/", max_text_chars=50)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    calls.clear()


@pytest.fixture(scope="module")
def store() -> OxigraphStore:
    store = OxigraphStore.memory()
    store.replace_graph("urn:g", DATA.encode(), "text/turtle")
    return store


def _rows(store: OxigraphStore, query: str) -> list[dict[str, str]]:
    rows = store.select(expand(query, SERVICES))
    found = [
        {name: term.value.rsplit("/", 1)[-1].removeprefix("urn:") for name, term in row.items()}
        for row in rows
    ]
    return sorted(found, key=lambda row: sorted(row.items()))


# -- what is left alone ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { ?s ?p ?o }",
        f'SELECT * WHERE {{ ?s ?p "SERVICE <{SEARCH}> {{ ?x bg:matches 1 }}" }}',
        f"SELECT * WHERE {{ ?s ?p '''it's \"SERVICE\" <{SEARCH}> {{''' }}",
        f"SELECT * WHERE {{ ?s ?p ?o # SERVICE <{SEARCH}> {{ broken\n }}",
        "SELECT * WHERE { ?service <http://example.org/SERVICE/similarity(> ?o . ?o ex:SERVICE bg:similarity }",
        "SELECT * WHERE { SERVICE <http://127.0.0.1/service/search> { ?s ?p ?o } }",
        "SELECT * WHERE { SERVICE ?similarity { ?s ?p ?o } }",
        "PREFIX bgsvc: <http://example.org/> SELECT * WHERE { SERVICE bgsvc:search { ?s ?p ?o } }",
        'SELECT * WHERE { ?s rdfs:comment "BIND(bgf:similarity(?a, ?b) AS ?s)" }',
        "SELECT ?label WHERE { bgf:similarity rdfs:label ?label }",
        'SELECT * WHERE { ?s ?p "unclosed SERVICE }',
        "SERVICE",
        "",
    ],
)
def test_a_query_without_a_built_in_service_stays_as_it_is(query: str) -> None:
    assert expand(query, SERVICES) == query
    assert calls == []


# -- search ------------------------------------------------------------------------------------------


def test_a_block_becomes_the_rows_that_the_search_found() -> None:
    query = f'SELECT * WHERE {{ SERVICE <{SEARCH}> {{ ?x bg:matches "snow" ; bg:score ?s ; bg:limit 20 }} . ?x ?p ?o }}'
    assert (
        expand(query, SERVICES)
        == "SELECT * WHERE { VALUES (?x ?s) { (<urn:p1> 0.9000) (<urn:p2> 0.4200) } . ?x ?p ?o }"
    )
    assert calls == [("search", "snow", "practice", 20, None)]


@pytest.mark.parametrize(
    ("head", "service"),
    [
        ("", "bgsvc:search"),
        ("", "<https://kg.example.org/id/service/search>"),
        ("", "<https://kg.example.org/service/search>"),
        ("PREFIX s: <https://w3id.org/bufgraph/service/>", "s:search"),
        ("BASE <https://w3id.org/bufgraph/>", "<service/search>"),
        ("", f"SILENT <{SEARCH}>"),
    ],
)
def test_the_service_has_one_canonical_name_and_others(head: str, service: str) -> None:
    assert "VALUES (?x)" in expand(f'{head} ASK {{ service {service} {{ ?x bg:matches "snow" }} }}', SERVICES)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ('?x bg:matches "snow"@fi', ("snow", "practice", 10, "fi")),
        ('?x bg:matches "snow"@de-AT ; bg:lang "fi"', ("snow", "practice", 10, "fi")),
        ("?x a bg:City ; bg:matches 'snow' ;", ("snow", "city", 10, None)),
        ('$x a bg:Challenge . ?x bg:matches "snow" .', ("snow", "challenge", 10, None)),
        (
            '?x a bg:Expert ; bg:matches """a "b"\n\\u00e9\\t} # c""" # }\n',
            ('a "b"\né\t} # c', "expert", 10, None),
        ),
        (
            '?x <https://w3id.org/bufgraph/ontology#matches> "snow"^^xsd:string',
            ("snow", "practice", 10, None),
        ),
    ],
)
def test_what_the_block_says_reaches_the_search(body: str, asked: tuple[Any, ...]) -> None:
    expand(f"SELECT * WHERE {{ SERVICE bgsvc:search {{ {body} }} }}", SERVICES)
    assert calls == [("search", *asked)]


def test_the_class_stated_around_a_block_decides_what_is_searched() -> None:
    block = 'SERVICE bgsvc:search { ?x bg:matches "snow" }'
    expand(f"SELECT * WHERE {{ ?x a bg:City . OPTIONAL {{ {block} }} }}", SERVICES)
    expand(f"SELECT * WHERE {{ {{ ?x a bg:City }} UNION {{ {block} }} }}", SERVICES)
    expand(f"SELECT * WHERE {{ ?x a bg:City . {{ SELECT ?y WHERE {{ {block} }} }} }}", SERVICES)
    assert [kind for _, _, kind, *_ in calls] == ["city", "practice", "practice"]


def test_rows_join_with_the_graph_everywhere_a_pattern_may_stand(store: OxigraphStore) -> None:
    block = 'SERVICE bgsvc:search { ?x bg:matches "snow" ; bg:score ?s }'
    assert _rows(store, f"SELECT * WHERE {{ {block} ?x bg:in ?c }}") == [
        {"c": "a", "s": "0.9", "x": "p1"},
        {"c": "b", "s": "0.42", "x": "p2"},
    ]
    assert _rows(store, f"SELECT ?x ?s WHERE {{ ?x bg:in ?c OPTIONAL {{ {block} }} }}") == [
        {"s": "0.42", "x": "p2"},
        {"s": "0.9", "x": "p1"},
        {"x": "p3"},
    ]
    assert _rows(store, f"SELECT ?x WHERE {{ {{ {block} }} UNION {{ ?x bg:in <{CITY}b> }} }}") == [
        {"x": "p1"},
        {"x": "p2"},
        {"x": "p2"},
        {"x": "p3"},
    ]
    assert _rows(store, f"SELECT ?x WHERE {{ ?x bg:in ?c MINUS {{ {block} }} }}") == [{"x": "p3"}]
    best = f"{{ SELECT ?x WHERE {{ {block} }} ORDER BY DESC(?s) LIMIT 1 }}"
    assert _rows(store, f"SELECT * WHERE {{ {best} ?x bg:in ?c }}") == [{"c": "a", "x": "p1"}]


def test_several_blocks_join_and_a_search_that_finds_nothing_gives_no_row(store: OxigraphStore) -> None:
    two = (
        'SERVICE bgsvc:search { ?x bg:matches "snow" ; bg:score ?s } ?x bg:in ?c '
        'SERVICE bgsvc:search { ?c a bg:City ; bg:matches "port" ; bg:score ?t }'
    )
    assert _rows(store, f"SELECT * WHERE {{ {two} }}") == [{"c": "b", "s": "0.42", "t": "0.6", "x": "p2"}]
    nothing = SemanticServices(lambda *_: [], _similar, _sharing)
    query = expand('SELECT * WHERE { SERVICE bgsvc:search { ?x bg:matches "snow" } }', nothing)
    assert store.select(query) == []


def test_lines_keep_their_numbers() -> None:
    query = 'SELECT *\nWHERE {\n  SERVICE bgsvc:search {\n    ?x bg:matches "snow"\n  }\n  ?x !\n}'
    expanded = expand(query, SERVICES)
    assert expanded.splitlines()[5] == query.splitlines()[5]


# -- similar cities ----------------------------------------------------------------------------------


def test_a_constant_city_and_a_constant_challenge_are_asked_of_the_services() -> None:
    one = f'SERVICE <{SIMILAR}> {{ ?c bg:similarTo <{CITY}a> ; bg:score ?s ; bg:limit 5 ; bg:preset "structure" }}'
    assert f"VALUES (?c ?s) {{ (<{CITY}near-a> 0.8000) }}" in expand(f"SELECT * {{ {one} }}", SERVICES)
    two = f"SERVICE <{SIMILAR}> {{ ?c bg:sharesProblem bgs:challenge\\/snow }}"
    assert f"VALUES (?c) {{ (<{CITY}b>) }}" in expand(f"SELECT * {{ {two} }}", SERVICES)
    assert calls == [
        ("similar", f"{CITY}a", "structure", 5),
        ("sharing", "https://w3id.org/bufgraph/scheme/challenge/snow", 10),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE {{ VALUES ?x {{ <{c}a> <{c}b> <{c}a> }} {block} }}",
        'SELECT * WHERE {{ {block} VALUES (?y ?x) {{ ("1"@en <{c}a>) (2 <{c}b>) (UNDEF <{c}b>) }} }}',
        "SELECT * WHERE {{ VALUES ?x {{ <{c}a> <{c}b> }} OPTIONAL {{ {block} }} }}",
        "SELECT * WHERE {{ {block} }} VALUES ?x {{ <{c}a> <{c}b> }}",
        "SELECT * WHERE {{ {{ SELECT ?c WHERE {{ {block} }} VALUES ?x {{ <{c}a> <{c}b> }} }} }}",
    ],
)
def test_a_variable_takes_its_cities_from_a_values_clause_around_the_block(
    store: OxigraphStore, query: str
) -> None:
    block = "SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x }"
    rows = _rows(store, query.format(c=CITY, block=block))
    assert {row["c"] for row in rows} == {"near-a", "near-b"}
    assert all(row["c"] == f"near-{row['x']}" for row in rows if "x" in row)
    assert [city[-1] for _, city, *_ in calls] == ["a", "b"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE {{ ?x a bg:City . {block} }}",
        "SELECT * WHERE {{ ?x a bg:City . {block} VALUES ?x {{ UNDEF }} }}",
        "SELECT * WHERE {{ {{ VALUES ?x {{ <{c}d> }} }} UNION {{ {block} }} ?x a bg:City }}",
        "SELECT * WHERE {{ VALUES ?x {{ <{c}d> }} {{ SELECT (?x AS ?y) ?c ?s WHERE {{ {block} }} }} }}",
        "SELECT (COUNT(?x) AS ?n) WHERE {{ {block} }} VALUES ?x {{ <{c}d> }}",
    ],
)
def test_a_variable_that_nothing_restricts_is_read_from_the_graph(query: str) -> None:
    block = "SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x ; bg:score ?s }"
    assert "similarityFrom> ?x" in expand(query.format(c=CITY, block=block), SERVICES)
    assert calls == []


def test_from_the_graph_come_the_nearest_cities_of_each_and_no_other_variable(store: OxigraphStore) -> None:
    block = "SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x ; bg:score ?s ; bg:limit 1 }"
    assert _rows(store, f"SELECT * WHERE {{ ?x a bg:City . {block} }}") == [
        {"c": "a", "s": "0.7", "x": "b"},
        {"c": "b", "s": "0.7", "x": "a"},
    ]


# -- the function ------------------------------------------------------------------------------------


def test_the_similarity_of_two_cities_is_found_either_way_round_and_else_unbound(
    store: OxigraphStore,
) -> None:
    pairs = " ".join(f"(<{CITY}{a}> <{CITY}{b}>)" for a, b in ("ab", "ad", "da", "bd", "aa"))
    query = f"SELECT * WHERE {{ VALUES (?a ?b) {{ {pairs} }} BIND(bgf:similarity(?a, ?b) AS ?s) }}"
    assert {row["a"] + row["b"]: row.get("s") for row in _rows(store, query)} == {
        "ab": "0.7",
        "ad": "0.5",
        "da": "0.5",
        "bd": None,
        "aa": None,
    }
    assert len(_rows(store, query)) == 5


def test_the_similarity_to_a_constant_city_can_be_computed_with(store: OxigraphStore) -> None:
    query = (
        f"PREFIX f: <https://w3id.org/bufgraph/function/> SELECT ?b ?p WHERE {{ ?b a bg:City "
        f"bind ( f:similarity ( <{CITY}a> , $b ) as ?s ) BIND(?s * 100 AS ?p) FILTER(?s > 0.6) }}"
    )
    assert _rows(store, query) == [{"b": "b", "p": "70"}]


# -- errors ------------------------------------------------------------------------------------------

SNOW = '?x bg:matches "snow"'


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        ("SERVICE bgsvc:serach { ?x bg:matches 'a' }", (2, 9), "no service 'serach'; known: search, similar-cities"),
        ("SERVICE bgsvc:search ?x bg:matches 'a' }", (2, 22), "expected '{' after the IRI of the service"),
        ("SERVICE bgsvc:search { }", (2, 24), "expected a variable"),
        ("SERVICE bgsvc:search { <urn:p1> bg:matches 'a' }", (2, 24), "expected a variable"),
        ("SERVICE bgsvc:search { ?x bg:score ?s }", (2, 1), "?x bg:matches"),
        ("SERVICE bgsvc:search { ?x bg:matches ?t }", (2, 38), "expected the text to search for"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:limit 201 }}", (2, 56), "a whole number from 1 to 200"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:limit 1.5 }}", (2, 56), "a whole number from 1 to 200"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:limit {'9' * 5000} }}", (2, 56), "a whole number from 1 to 200"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:limit -1 }}", (2, 56), "found '-'"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:lang 'xx' }}", (2, 55), "unknown language 'xx'"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:score ?x }}", (2, 56), "stands for two things"),
        (f"SERVICE bgsvc:search {{ {SNOW}, 'b' }}", (2, 44), "expected ';', '.' or '}'"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; bg:matches 'b' }}", (2, 47), "given twice"),
        (f"SERVICE bgsvc:search {{ {SNOW} . ?y bg:score ?s }}", (2, 47), "expected ?x again, found '?y'"),
        (f"SERVICE bgsvc:search {{ {SNOW} . FILTER(?s > 1) }}", (2, 47), "expected a variable ?x again, or '}'"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; rdfs:label ?l }}", (2, 47), "a term of the service 'search' (bg:matches"),
        (f"SERVICE bgsvc:search {{ {SNOW} ; a bg:Result }}", (2, 49), "bg:GoodPractice, bg:City"),
        ("SERVICE bgsvc:search { ?x bg:matches 'a\\q' }", (2, 38), "unknown escape '\\q'"),
        ("SERVICE bgsvc:similar-cities { ?c bg:score ?s }", (2, 1), "one of bg:similarTo and bg:sharesProblem"),
        ("SERVICE bgsvc:similar-cities { ?c bg:similarTo <urn:x> }", (2, 48), "<urn:x> is no city"),
        ("SERVICE bgsvc:similar-cities { ?c bg:similarTo x:a }", (2, 48), "the prefix of 'x:a' is not declared"),
        ("SERVICE bgsvc:similar-cities { ?c bg:similarTo <urn:\\u003Ex> }", (2, 48), "this is no IRI"),
        ("SERVICE bgsvc:similar-cities { ?c bg:sharesProblem ?x }", (2, 52), "VALUES in the same group"),
        ("SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x ; bg:limit 11 }", (2, 48), "the 10 most similar"),
        ("SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x ; bg:preset 'problem' }", (2, 63), "'balanced' alone"),
        ("SERVICE bgsvc:similar-cities { ?c bg:sharesProblem <urn:x> ; bg:preset 'p' }", (2, 72), "leave it out"),
        ("VALUES ?x { 'a' } SERVICE bgsvc:similar-cities { ?c bg:similarTo ?x }", (2, 13), "expected an IRI for ?x"),
        ("FILTER(bgf:similarity(?a, ?b) > 0.5)", (2, 8), "write BIND(bgf:similarity(?a, ?b) AS ?similarity)"),
        ("BIND(100 * bgf:similarity(?a, ?b) AS ?s)", (2, 12), "stands in a BIND of its own"),
        ("BIND(bgf:similarity(?a, ?b) * 100 AS ?s)", (2, 29), "compute with its value in a second BIND"),
        ("BIND(bgf:similarity(?a) AS ?s)", (2, 23), "expected ','"),
        ("BIND(bgf:similarity(?a, 'b') AS ?s)", (2, 25), "expected a variable or the IRI of a city"),
    ],
)  # fmt: skip
def test_a_malformed_block_is_refused_with_its_place_and_what_is_expected(
    body: str, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        expand("SELECT * WHERE {\n" + body + "\n}", SERVICES)
    assert words in caught.value.message
    assert (caught.value.facts["line"], caught.value.facts["column"]) == place
    assert caught.value.message.startswith(f"line {place[0]}, column {place[1]}: ")


def test_an_unclosed_block_is_refused_at_the_end_of_the_query() -> None:
    with pytest.raises(InvalidInputError, match=r"line 1, column 61: .* found the end of the query"):
        expand(f"SELECT * WHERE {{ SERVICE bgsvc:search {{ {SNOW}", SERVICES)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"SERVICE bgsvc:search {{ {SNOW} }} " * 6, "at most 5 SERVICE blocks"),
        (f"SERVICE bgsvc:search {{ ?x bg:matches '{'x' * 51}' }}", "has 51 characters; at most 50"),
    ],
)
def test_limits_hold_before_anything_is_searched(body: str, words: str) -> None:
    with pytest.raises(TooLargeError, match=words):
        expand(f"SELECT * WHERE {{ {body} }}", SERVICES)
    assert calls == []


def test_one_block_gives_at_most_two_hundred_rows() -> None:
    cities = " ".join(f"<{CITY}{n}>" for n in range(21))
    query = f"SELECT * {{ VALUES ?x {{ {cities} }} SERVICE bgsvc:similar-cities {{ ?c bg:similarTo ?x }} }}"
    with pytest.raises(InvalidInputError, match="write bg:limit 9 or fewer values"):
        expand(query, SERVICES)
    assert calls == []


def test_an_iri_that_would_end_early_never_reaches_the_query() -> None:
    services = SemanticServices(lambda *_: [("urn:a> } #", 1.0)], _similar, _sharing)
    with pytest.raises(InvalidInputError, match="is no IRI"):
        expand(f"SELECT * {{ SERVICE bgsvc:search {{ {SNOW} }} }}", services)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SERVICE " + "{" * 20_000, None),
        ("similarity " + "a-" * 10_000, None),
        ("similarity " + "'''\\" * 5_000, None),
        ("SERVICE bgsvc:search " * 900, "expected '{'"),
        ("BIND(bgf:similarity(" * 900, "expected a variable or the IRI of a city"),
        (
            "{ VALUES ?y { } " * 1_200 + "SERVICE bgsvc:similar-cities { ?c bg:sharesProblem ?x }",
            r"which problem \?x is",
        ),
    ],
)
def test_long_and_deep_texts_are_left_to_the_guard_or_refused(text: str, words: str | None) -> None:
    if words is None:
        assert expand(text, SERVICES) == text
    else:
        with pytest.raises(InvalidInputError, match=words):
            expand(text, SERVICES)
