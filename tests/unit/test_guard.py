"""What the guard lets through and what it refuses."""

import pytest

from bufgraph.errors import InvalidInputError, TooLargeError
from bufgraph.graph.guard import CheckedQuery, check_query


def _check(text: str) -> CheckedQuery:
    return check_query(text, max_chars=20_000, max_depth=60)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * WHERE { ?s ?p ?o }", "select"),
        ("ask { ?s ?p ?o }", "ask"),
        ("PREFIX insert: <urn:insert> CONSTRUCT WHERE { ?s insert:x ?o }", "construct"),
        ("# INSERT DATA\nDESCRIBE <urn:a>", "describe"),
        ("BASE <http://example.org/select> ASK {}", "ask"),
        ("SELECT ?service ?load WHERE { ?service ex:service ?load . ex:load ?p 'SERVICE <x>' }", "select"),
        ('SELECT * WHERE { ?s ?p """LOAD <urn:a> " \' """ , "it\\"s SERVICE" }', "select"),
        ("SELECT * WHERE { ?s <http://example.org/SERVICE> ?o FILTER(?o < 3 && 4 > ?o) }", "select"),
        ("SELECT * WHERE { ?s :service ?o . ?x :with:add ?y }", "select"),
        ("SELECT * FROM ex:service { GRAPH service:g { ?s service:p ?o } }", "select"),
        ("SELECT * WHERE { ?s a <http://example.org/Service_(web)> }", "select"),
    ],
)
def test_a_query_passes_with_its_form(text: str, form: str) -> None:
    assert _check(text).form == form


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "PREFIX a: <urn:a> DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1/>",
        "clear all",
        "DROP GRAPH <urn:g>",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "COPY <urn:a> TO <urn:b>",
    ],
)
def test_an_update_is_refused_as_read_only(text: str) -> None:
    with pytest.raises(InvalidInputError, match="this endpoint is read-only"):
        _check(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * WHERE { service silent ?x { ?s ?p ?o } }",
        "SELECT * WHERE { # comment\n SERVICE\n<http://127.0.0.1/> {} }",
        # The engine needs no space around a keyword.
        "SELECT * { ?s ?p 1e5SERVICE ?x {} }",
        "SELECT * { ?s ?p trueSERVICESILENT<urn:x>{} }",
        "PREFIX SERVICEex: <urn:x> SELECT * { SERVICEex:foo { ?s ?p ?o } }",
        "SELECT * { ?s ?p true.SERVICEex:foo{} }",
        "SELECT * { ?s ?p ?a FILTER(?a<1)SERVICE#>\nex:x {} }",
        "SELECT * { ?s <http://a/\\u0041#> ?o SERVICE <urn:x> {} }",
    ],
)
def test_a_call_to_another_server_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="SERVICE is switched off"):
        _check(text)


@pytest.mark.parametrize("text", ["", "   ", "# only a comment", "hello", "PREFIX a: <urn:a>"])
def test_a_text_without_a_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="begin with SELECT, ASK, CONSTRUCT or DESCRIBE"):
        _check(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * WHERE { ?s ?p '" + "x" * 20_000 + "' }", "at most 20000"),
        ("SELECT * WHERE " + "{" * 3_000 + "}" * 3_000, "deeper than 60"),
        ("SELECT * WHERE { FILTER(" + "(" * 4_700 + "1" + ")" * 4_700 + ") }", "deeper than 60"),
        ("SELECT (" + "1+" * 7_000 + "1 AS ?x) WHERE {}", "chains more than 1000"),
        ("SELECT * WHERE { FILTER(" + "!" * 9_400 + "true) }", "chains more than 1000"),
        ("SELECT * WHERE { {}" + "UNION{}" * 1_500 + " }", "chains more than 1000"),
        ("SELECT * WHERE {" + "OPTIONAL{}" * 1_500 + " }", "chains more than 1000"),
    ],
)
def test_what_would_overflow_the_engine_is_refused_with_the_limit(text: str, words: str) -> None:
    with pytest.raises(TooLargeError, match=words):
        _check(text)


def test_a_refusal_says_where() -> None:
    with pytest.raises(InvalidInputError, match="at line 3, column 2") as error:
        _check("SELECT * {\n ?s ?p 'é' .\n SERVICE <urn:x> {} }")
    assert error.value.facts == {"line": 3, "column": 2}
    with pytest.raises(InvalidInputError, match="string that begins at line 2, column 8 has no end"):
        _check("SELECT * {\n ?s ?p 'abc\n }")


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("SELECT * { ?s ?p ?o } # all", "SELECT * { ?s ?p ?o } # all\nLIMIT 100 "),
        ("SELECT * { ?s ?p ?o } LIMIT 7", "SELECT * { ?s ?p ?o } LIMIT 7"),
        ("SELECT * { ?s ?p ?o } limit # some\n 101 OFFSET 3", "SELECT * { ?s ?p ?o } limit # some\n 100 OFFSET 3"),
        ("SELECT * { ?s ?p ?o } OFFSET 500", "SELECT * { ?s ?p ?o } OFFSET 500\nLIMIT 100 "),
        ("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 900 } }", "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 900 } }\nLIMIT 100 "),
        ("SELECT * { ?s ?p ?o } VALUES ?s { 1 }", "SELECT * { ?s ?p ?o } LIMIT 100 VALUES ?s { 1 }"),
        ("ASK { ?s ?p ?o }", "ASK { ?s ?p ?o }"),
    ],
)  # fmt: skip
def test_the_number_of_solutions_is_bounded_in_the_query_itself(text: str, limited: str) -> None:
    assert _check(text).limited(100) == limited


def test_only_a_query_that_answers_the_same_again_is_repeatable() -> None:
    assert _check("SELECT * { ?s ?p 'NOW()' }").repeatable
    assert not _check("SELECT (now() AS ?n) {}").repeatable
    assert not _check("SELECT * { ?s ?p ?o BIND(RAND() AS ?r) }").repeatable


def test_a_query_that_names_its_graphs_says_so() -> None:
    assert _check("SELECT * FROM <urn:g> { ?s ?p ?o }").has_dataset
    assert not _check("SELECT * { ?s ?p 'FROM' }").has_dataset
