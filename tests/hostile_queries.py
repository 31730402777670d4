"""Requests that mean harm, as data: what is sent and how it may end.

An answer is one of the statuses; ``broken`` says that an answer begun with 200 may break off at a limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ENDED = frozenset({503})
"""Ended at the limit of time or memory."""
REFUSED = frozenset({400})
TOO_LARGE = frozenset({413})
ANSWERED = frozenset({200})


@dataclass(frozen=True)
class Hostile:
    """One request."""

    name: str
    target: str = "/sparql"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    statuses: frozenset[int] = REFUSED
    broken: bool = False


def _post(name: str, query: str, statuses: frozenset[int] = REFUSED, *, broken: bool = False) -> Hostile:
    return Hostile(
        name, body=query.encode(), headers={"Content-Type": QUERY}, statuses=statuses, broken=broken
    )


def _get(name: str, raw: str, statuses: frozenset[int] = REFUSED) -> Hostile:
    return Hostile(name, target=f"/sparql?{raw}", method="GET", statuses=statuses)


def hostile() -> list[Hostile]:
    """Return the corpus; names are unique."""
    return [
        *_heavy(), *_large(), *_chains(), *_quadratic(), *_unclosed(), *_updates(), *_outbound(), *_encodings(), *_headers(),
    ]  # fmt: skip


def _heavy() -> Iterator[Hostile]:
    """Short texts with endless work."""
    cross = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
    yield _post("cross product, counted", f"SELECT (COUNT(*) AS ?n) {{ {cross} }}", ENDED)
    yield _post("cross product, streamed", f"SELECT * {{ {cross} }}", ANSWERED, broken=True)
    yield _post("cross product, sorted", f"SELECT * {{ {cross} }} ORDER BY ?l ?a", ENDED)
    yield _post("cross product, distinct", f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {cross} }}", ENDED)
    yield _post(
        "cross product, grouped",
        f"SELECT ?a ?d ?g ?j (COUNT(*) AS ?n) {{ {cross} }} GROUP BY ?a ?d ?g ?j",
        ENDED,
    )
    yield _post(
        "cross product, constructed", f"CONSTRUCT {{ ?a ?e ?i }} {{ {cross} }}", ANSWERED | ENDED, broken=True
    )
    yield _post("cross product, described", f"DESCRIBE ?a ?d ?g {{ {cross} }}", ANSWERED | ENDED, broken=True)
    yield _post("cross product by filter", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) < STR(?d) && STR(?d) < STR(?g)) }", ENDED)  # fmt: skip
    yield _post(
        "cross product by LATERAL", f"SELECT (COUNT(*) AS ?n) {{ ?x ?y ?z LATERAL {{ {cross} }} }}", ENDED
    )
    yield _post("cross product in EXISTS", f"SELECT * {{ ?x ?y ?z FILTER NOT EXISTS {{ {cross} FILTER(?a = 'no' ) }} }}", ANSWERED | ENDED, broken=True)  # fmt: skip
    yield _post(
        "cross product by MINUS",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f MINUS { ?d ?x ?y . ?z ?w ?a } }",
        ENDED,
    )
    yield _post(
        "all paths",
        "SELECT (COUNT(*) AS ?n) { ?a (<urn:next>|^<urn:next>)* ?b . ?b (<urn:next>|^<urn:next>)* ?c }",
        ENDED | ANSWERED,
    )
    yield _post("paths of paths", "SELECT (COUNT(*) AS ?n) { ?a ((((<urn:next>*)*)*)*/((<urn:next>+)?)*)* ?b . ?c (!<urn:x>)* ?d }", ENDED | ANSWERED)  # fmt: skip
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(45))
    yield _post(
        "text doubled 45 times",
        f"SELECT (STRLEN(?x45) AS ?n) {{ BIND('0123456789' AS ?x0) {doubled} }}",
        ENDED | ANSWERED,
    )
    yield _post("text of all pairs", "SELECT (GROUP_CONCAT(?t; separator='') AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?a), STR(?d), STR(?g)) AS ?t) }", ENDED)  # fmt: skip
    yield _post("regex bomb", "SELECT * { BIND('" + "a" * 5_000 + "!' AS ?t) FILTER(REGEX(?t, '^(a+)+$') || REGEX(?t, '(a|aa)+$')) }", ANSWERED)  # fmt: skip
    yield _post(
        "regex of many repetitions",
        "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '((a{1,99}){1,99}){1,99}')) }",
        ANSWERED | ENDED,
    )
    yield _post(
        "regex from the data",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER REGEX(STR(?c), STR(?f)) }",
        ENDED,
    )
    values = " ".join(f"({n})" for n in range(900))
    three = " ".join(f"VALUES (?v{n}) {{ {values} }}" for n in range(3))
    yield _post("product of three VALUES", f"SELECT (SUM(?v0 + ?v1 + ?v2) AS ?n) {{ {three} }}", ENDED)


def _large() -> Iterator[Hostile]:
    """Long texts."""
    yield _post("1 MB query", "SELECT * { ?s ?p '" + "x" * 1_000_000 + "' }", TOO_LARGE)
    # The server itself refuses such an address while it is being sent.
    yield Hostile(
        "1 MB address",
        "/sparql?query=" + "x" * 1_000_000,
        method="GET",
        statuses=TOO_LARGE | REFUSED,
        broken=True,
    )
    yield _post("query one character too long", "SELECT * { ?s ?p ?o }" + " " * 20_000, TOO_LARGE)
    yield _post("4,000 VALUES", "SELECT * { VALUES ?v { " + "1 " * 4_000 + "} }", ANSWERED)
    yield _post("VALUES past the length", "SELECT * { VALUES ?v { " + "<urn:a> " * 20_000 + "} }", TOO_LARGE)
    yield _post("2,000 patterns", "SELECT * { " + "?a ?b ?c." * 2_000 + "}", ANSWERED | ENDED)
    yield _post("700 chained patterns", "SELECT (COUNT(*) AS ?n) { " + "".join(f"?v{n} ?p{n} ?v{n + 1}." for n in range(700)) + "}", ENDED | ANSWERED)  # fmt: skip
    yield _post(
        "1,000 BINDs",
        "SELECT * { " + "".join(f"BIND(1 AS ?v{n})" for n in range(1_000)) + "}",
        ANSWERED | ENDED,
    )
    yield _post(
        "1,200 FILTERs", "SELECT * { ?a ?b ?c " + "FILTER(?a=?a)" * 1_200 + "}", ANSWERED | ENDED, broken=True
    )
    yield _post(
        "3,000 alternatives of IN",
        "SELECT * { ?a ?b ?c FILTER(?c IN (" + "?a," * 3_000 + "1)) }",
        ANSWERED | ENDED,
    )
    yield _post(
        "500 graphs",
        "SELECT * " + "".join(f"FROM <urn:g{n}>" for n in range(500)) + " { ?s ?p ?o }",
        ANSWERED,
    )
    yield _post("list of 5,000", "SELECT * { ?s ?p (" + "1 " * 5_000 + ") }", ANSWERED | ENDED)
    yield _post("endless limit", "SELECT * { ?s ?p ?o } LIMIT 9999999999999999999999999", ANSWERED)
    yield _post("largest offset", "SELECT * { ?s ?p ?o } OFFSET 18446744073709551615", ANSWERED | REFUSED)


def _chains() -> Iterator[Hostile]:
    """What overflows a recursive parser."""
    yield _post("braces", "SELECT * " + "{" * 9_000 + "}" * 9_000, TOO_LARGE)
    yield _post("parentheses", "SELECT * { FILTER(" + "(" * 9_000 + "1" + ")" * 9_000 + ") }", TOO_LARGE)
    yield _post("path groups", "SELECT * { ?a " + "(" * 9_000 + "<urn:p>" + ")*" * 5_000 + " ?b }", TOO_LARGE)
    yield _post(
        "nested OPTIONAL, 50 deep",
        "SELECT * { ?s ?p ?o " + "OPTIONAL { ?o ?q ?s " * 50 + "}" * 51,
        ANSWERED | ENDED,
        broken=True,
    )
    yield _post(
        "nested OPTIONAL, 900 deep", "SELECT * { " + "OPTIONAL { ?a ?b ?c " * 900 + "}" * 901, TOO_LARGE
    )
    yield _post("3,000 OPTIONALs", "SELECT * { " + "OPTIONAL{}" * 1_900 + "}", TOO_LARGE)
    yield _post("990 OPTIONALs", "SELECT * { " + "OPTIONAL{}" * 990 + "}", ANSWERED | ENDED)
    yield _post("UNIONs", "SELECT * { {}" + "UNION{}" * 2_800 + "}", TOO_LARGE)
    yield _post("sums", "SELECT (" + "1+" * 9_000 + "1 AS ?x) {}", TOO_LARGE)
    yield _post("nots", "SELECT * { FILTER(" + "!" * 19_000 + "true) }", TOO_LARGE)
    yield _post("alternatives of a path", "SELECT * { ?a " + "^<urn:p>|" * 2_000 + "<urn:p> ?b }", TOO_LARGE)
    yield _post(
        "blank nodes in blank nodes",
        "SELECT * { ?s ?p " + "[ <urn:p> " * 1_500 + "1" + " ]" * 1_500 + " }",
        TOO_LARGE,
    )
    yield _post("lists in lists", "SELECT * { ?s ?p " + "(" * 5_000 + "1" + ")" * 5_000 + " }", TOO_LARGE)
    yield _post(
        "functions in functions", "SELECT (" + "STR(" * 4_000 + "1" + ")" * 4_000 + " AS ?x) {}", TOO_LARGE
    )


def _quadratic() -> Iterator[Hostile]:
    """What makes a careless tokenizer read again and again."""
    yield _post("minus signs", "-" * 20_000, TOO_LARGE)
    yield _post("dots", "a." * 10_000)
    yield _post("quotes", "'" * 19_999)
    yield _post("opened long strings", "'''\"\"\"" * 3_333)
    yield _post("less-than signs", "<a" * 10_000)
    yield _post("backslashes", "'" + "\\" * 19_998)
    yield _post("colons", "a:" * 10_000)


def _unclosed() -> Iterator[Hostile]:
    yield _post("unclosed string", "SELECT * { ?s ?p 'abc }")
    yield _post("unclosed double quotes", 'SELECT * { ?s ?p "abc }')
    yield _post("unclosed long string", "SELECT * { ?s ?p '''abc\n }")
    yield _post("string over a line end", "SELECT * { ?s ?p 'a\nb' }")
    yield _post("escape at the end", "SELECT * { ?s ?p 'abc\\")
    yield _post("unclosed brace", "SELECT * { ?s ?p ?o")
    yield _post("unclosed IRI", "SELECT * { ?s <urn:p ?o }")
    yield _post("only a comment", "# SELECT * { ?s ?p ?o }")
    yield _post("nothing", "")


def _updates() -> Iterator[Hostile]:
    for update in (
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "DELETE WHERE { ?s ?p ?o }", "LOAD <http://127.0.0.1/>", "LOAD <file:///etc/passwd>",
        "CLEAR ALL", "DROP ALL", "CREATE GRAPH <urn:g>", "COPY DEFAULT TO <urn:g>", "MOVE <urn:g> TO DEFAULT", "ADD <urn:g> TO <urn:h>",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT * { ?s ?p ?o } ; DROP ALL", "ASK {} DELETE WHERE { ?s ?p ?o }",
    ):  # fmt: skip
        verb = update.replace("<file", "<file ").split(" {")[0]
        yield _post(f"as a query: {verb}", update)
        yield _get(f"as an update by GET: {verb}", f"update={quote(update)}")
        yield Hostile(f"as an update: {verb}", body=update.encode(), headers={"Content-Type": UPDATE})
        yield Hostile(
            f"as a form: {verb}", body=f"update={quote(update)}".encode(), headers={"Content-Type": FORM}
        )


def _outbound() -> Iterator[Hostile]:
    for place in (
        "<http://127.0.0.1:9/>",
        "<http://[::1]:22/>",
        "<file:///etc/passwd>",
        "<ftp://127.0.0.1/>",
        "?where",
        "bg:City",
    ):
        yield _post(f"SERVICE {place}", f"SELECT * {{ SERVICE {place} {{ ?s ?p ?o }} }}")
        yield _post(
            f"silent and glued {place}", f"SELECT * {{ ?a ?b 1e5serviceSILENT{place}{{ ?s ?p ?o }} }}"
        )
    yield _post(
        "SERVICE in a comment's shadow", "SELECT * { ?s ?p ?a FILTER(?a<1)SERVICE#>\nbg:x { ?s ?p ?o } }"
    )
    yield _post(
        "SERVICE behind an escaped IRI",
        "SELECT * { ?s <http://a/\\u0041#> ?o SERVICE <http://127.0.0.1/> {} }",
    )
    yield _post("SERVICE glued to true", "SELECT * { ?s ?p trueSERVICE bg:x { ?s ?p ?o } }")
    yield _post("SERVICE with escapes", "SELECT * { \\u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
    yield _post("FROM a file", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", ANSWERED)
    query = quote("SELECT * { ?s ?p ?o }")
    yield _get("default graph from a file", f"query={query}&default-graph-uri=file:///etc/passwd")
    yield _get(
        "named graph out of an IRI", f"query={query}&named-graph-uri=" + quote("http://a/> { ?s ?p ?o } #")
    )
    yield _get("10,000 graphs", f"query={query}" + "&named-graph-uri=urn:" * 1_100)


def _encodings() -> Iterator[Hostile]:
    query = quote("SELECT * { ?s ?p 1 }")
    yield _get("encoded twice", f"query={quote(query)}")
    yield _get(
        "service encoded twice", "query=" + quote(quote("SELECT * { SERVICE <http://127.0.0.1/> {} }"))
    )
    yield _get(
        "service encoded byte by byte",
        "query=SELECT%20*%20%7B%20%53%45%52%56%49%43%45%20%3Chttp://127.0.0.1/%3E%7B%7D%7D",
    )
    yield _get("not UTF-8", "query=SELECT%20%FF%FE")
    yield _get("overlong slash", "query=%C0%AFSELECT")
    yield _get("half a surrogate", "query=%ED%A0%80SELECT")
    yield _get("zero byte", "query=SELECT%00*%7B%7D")
    yield _get("cut percent", "query=SELECT%2")
    yield _get("percent-u", "query=%u0053ELECT")
    yield _get("two queries", f"query={query}&query={query}")
    yield _get("query and update", f"query={query}&update=DROP%20ALL")
    yield _get("no value", "query=")
    yield _get("many parameters", f"query={query}" + "&a=b" * 2_000)
    yield Hostile("UTF-16", body="SELECT * { ?s ?p ?o }".encode("utf-16"), headers={"Content-Type": QUERY})
    yield Hostile(
        "said to be UTF-16", body=b"SELECT * {}", headers={"Content-Type": f"{QUERY}; charset=utf-16"}
    )
    yield Hostile("broken form", body=b"query=%FF", headers={"Content-Type": FORM})
    yield Hostile("raw bytes in a form", body=b"query=\xff\xfe", headers={"Content-Type": FORM})


def _headers() -> Iterator[Hostile]:
    query = quote("SELECT * { ?s ?p 1 }")
    other = frozenset({406})
    yield Hostile(
        "10,000 media ranges", f"/sparql?query={query}", None, {"Accept": "a/b;q=0.1," * 3_000}, "GET", other
    )
    yield Hostile(
        "strange q",
        f"/sparql?query={query}",
        None,
        {"Accept": "text/csv;q=nan, */*;q=-1"},
        "GET",
        other | ANSWERED,
    )
    yield Hostile(
        "long entity tags",
        f"/sparql?query={query}",
        None,
        {"If-None-Match": 'W/"x",' * 5_000},
        "GET",
        ANSWERED,
    )
    yield Hostile("no media type", body=b"SELECT * {}", statuses=frozenset({415}))
    yield Hostile(
        "multipart",
        body=b"--x",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        statuses=frozenset({415}),
    )
    yield Hostile(
        "PUT", body=b"SELECT * {}", headers={"Content-Type": QUERY}, method="PUT", statuses=frozenset({405})
    )
    yield Hostile("DELETE", method="DELETE", statuses=frozenset({405}))
