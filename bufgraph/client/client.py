"""The client."""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeAlias, cast

import httpx

from bufgraph.client.answers import (
    Challenge,
    City,
    Expert,
    ExpertsAnswer,
    FitAnswer,
    Json,
    Practice,
    ProblemsAnswer,
    ProfileAnswer,
    Ref,
    SearchAnswer,
    SimilarCitiesAnswer,
    SolutionsAnswer,
)
from bufgraph.errors import (
    BufgraphError,
    ConflictError,
    InvalidInputError,
    MisconfiguredError,
    NotAvailableError,
    NotFoundError,
    TooLargeError,
)

Parameter: TypeAlias = str | int | float | bool | Sequence[str] | None
Value: TypeAlias = str | int | float | bool | None
_ERRORS: Final[dict[int, type[BufgraphError]]] = {
    404: NotFoundError,
    409: ConflictError,
    413: TooLargeError,
    500: MisconfiguredError,
    503: NotAvailableError,
}
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_RESULTS: Final = "application/sparql-results+json"


class Client:
    """Asks a bufgraph server. Use it as a context manager, or :meth:`close` it.

    Every question takes the parameters of its route (see ``/about/api``) by name; None means "not given".

    Args:
        base_url: Address of the server.
        timeout_s: Seconds to wait for the server at each step of a request.
        transport: Another way to reach it, for tests.

    Raises:
        InvalidInputError: The server refuses the question; its words say why.
        NotFoundError: No such record; the words name close ones.
        NotAvailableError: No answer, not in time, or the server is busy.
        BufgraphError: Any other refusal, or an answer that is none of ours.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        timeout_s: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            timeout=timeout_s,
            transport=transport,
            headers={"User-Agent": "bufgraph-client", "Accept": "application/json"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give up the connections."""
        self._http.close()

    # -- questions ------------------------------------------------------------------------------------

    def search(self, text: str, **parameters: Parameter) -> SearchAnswer:
        """Search practices, cities, challenges and experts: ``type``, ``country``, ``domain``, ``limit`` …"""
        return cast(SearchAnswer, self.get("/api/search", q=text, **parameters))

    def solutions(self, text: str | None = None, **parameters: Parameter) -> SolutionsAnswer:
        """Return proven solutions for a need, or for a ``challenge``; with a ``city`` each has a verdict."""
        return cast(SolutionsAnswer, self.get("/api/solutions", q=text, **parameters))

    def problems(self, text: str | None = None, **parameters: Parameter) -> ProblemsAnswer:
        """Return cities with the problem of a text, a ``challenge`` or a ``city``."""
        return cast(ProblemsAnswer, self.get("/api/problems", q=text, **parameters))

    def experts(self, text: str | None = None, **parameters: Parameter) -> ExpertsAnswer:
        """Return organisations that know the subject of a text, or of the needs of a ``city``."""
        return cast(ExpertsAnswer, self.get("/api/experts", q=text, **parameters))

    def similar_cities(self, city: str, **parameters: Parameter) -> SimilarCitiesAnswer:
        """Return the cities most like a city: ``preset``, ``weight``, ``country``, ``same_size``, ``coastal``."""
        return cast(SimilarCitiesAnswer, self.get(f"/api/cities/{_slug(city)}/similar", **parameters))

    def fit(self, practice: str, city: str, **parameters: Parameter) -> FitAnswer:
        """Tell whether a practice would work in a city; ``fact``: what the city says of itself."""
        return cast(FitAnswer, self.get(f"/api/practices/{_slug(practice)}/fit", city=city, **parameters))

    def profile(self, city: str, **parameters: Parameter) -> ProfileAnswer:
        """Return the standing of a city in an ``index``, against each ``peer``."""
        return cast(ProfileAnswer, self.get(f"/api/cities/{_slug(city)}/profile", **parameters))

    # -- records --------------------------------------------------------------------------------------

    def practice(self, slug: str) -> Practice:
        """Return a practice with its adoptions, results, lessons, obstacles and sources."""
        return cast(Practice, self.get(f"/api/practices/{_slug(slug)}"))

    def city(self, slug: str) -> City:
        """Return a city with its needs, what it tried, and published facts."""
        return cast(City, self.get(f"/api/cities/{_slug(slug)}"))

    def challenge(self, slug: str) -> Challenge:
        """Return a challenge with its names and the practices that address it."""
        return cast(Challenge, self.get(f"/api/challenges/{_slug(slug)}"))

    def expert(self, slug: str) -> Expert:
        """Return an expert organisation."""
        return cast(Expert, self.get(f"/api/experts/{_slug(slug)}"))

    def records(self, kind: str) -> Iterator[Ref]:
        """Yield all ``cities``, ``practices`` or ``challenges``, page by page."""
        offset: int | None = 0
        while offset is not None:
            page = self.get(f"/api/{_slug(kind)}", offset=offset, limit=500)
            yield from cast(list[Ref], page["results"])
            offset = page["next_offset"]

    def info(self) -> Json:
        """Return what the server's build holds, and how old it is."""
        return self.get("/api/info")

    def get(self, path: str, **parameters: Parameter) -> Json:
        """Return the JSON of any route, for the questions that have no method of their own.

        Args:
            **parameters: Of the query; None is left out, a list is repeated.
        """
        return self._json(self._send("GET", path, params=_given(parameters)))

    # -- SPARQL ---------------------------------------------------------------------------------------

    def sparql(self, query: str) -> list[dict[str, Value]]:
        """Return the rows of a SELECT query: numbers and truth values as such, all else as text, unbound as None.

        Every row has every variable, so that ``pandas.DataFrame(rows)`` has every column.
        """
        found = self._json(self._query(query, _RESULTS))
        if "results" not in found:
            raise InvalidInputError("expected a SELECT query; ask() answers ASK, construct() gives graphs")
        names = found["head"]["vars"]
        return [
            {name: _value(row[name]) if name in row else None for name in names}
            for row in found["results"]["bindings"]
        ]

    def sparql_csv(self, query: str) -> str:
        """Return the answer of a SELECT query as CSV."""
        return self._query(query, "text/csv").text

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK query."""
        found = self._json(self._query(query, _RESULTS))
        if "boolean" not in found:
            raise InvalidInputError("expected an ASK query; sparql() gives rows")
        return bool(found["boolean"])

    def construct(self, query: str, media_type: str = "text/turtle") -> str:
        """Return the graph of a CONSTRUCT or DESCRIBE query as text."""
        return self._query(query, media_type).text

    def _query(self, query: str, media_type: str) -> httpx.Response:
        headers = {"Accept": media_type, "Content-Type": "application/sparql-query"}
        return self._send("POST", "/sparql", content=query.encode(), headers=headers)

    # -- transport ------------------------------------------------------------------------------------

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:  # Any: httpx's own
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException as err:
            raise NotAvailableError(
                f"{self._http.base_url} did not answer {path} in time; ask for less or raise timeout_s"
            ) from err
        except httpx.HTTPError as err:
            raise NotAvailableError(
                f"{self._http.base_url} does not answer ({err}); is 'bufgraph serve' running there?"
            ) from err
        if response.status_code >= 300:
            raise _error(response)
        return response

    def _json(self, response: httpx.Response) -> Json:
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BufgraphError(f"{response.url} gave no JSON object; is it a bufgraph server?")
        return found


def _given(parameters: Mapping[str, Parameter]) -> dict[str, Any]:  # Any: what httpx takes
    return {name: value for name, value in parameters.items() if value is not None}


def _slug(text: str) -> str:
    """Return a slug as one part of a path; the IRI of a record is as good."""
    part = text.rsplit("/", 1)[-1] if text.startswith(("http://", "https://")) else text
    if not part or any(char in part for char in "/?#%\\") or part in (".", ".."):
        raise InvalidInputError(f"'{text}' is no slug; expected one like 'fi-turku'")
    return part


def _error(response: httpx.Response) -> BufgraphError:
    """Return the error that a problem document (RFC 9457) tells of."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    status = response.status_code
    family = _ERRORS.get(status, InvalidInputError if 400 <= status < 500 else BufgraphError)
    if not isinstance(problem, dict) or "detail" not in problem:
        return BufgraphError(f"{response.url} answered {status} without a reason; is it a bufgraph server?")
    facts = {k: v for k, v in problem.items() if k not in ("type", "title", "detail", "status")}
    return family(str(problem["detail"]), status=status, **{k: v for k, v in facts.items() if k != "message"})


def _value(term: Mapping[str, str]) -> Value:
    """Return a term as Python says it; a literal that does not read as its type stays text."""
    kind = term.get("datatype", "").removeprefix(_XSD)
    text = term["value"]
    try:
        if kind in ("integer", "int", "long", "nonNegativeInteger", "gYear"):
            return int(text)
        if kind in ("decimal", "double", "float"):
            return float(text)
    except ValueError:
        return text
    return text in ("true", "1") if kind == "boolean" else text
