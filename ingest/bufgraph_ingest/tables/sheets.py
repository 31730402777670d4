"""The four sheets, column by column; templates, reading and records follow from these lists."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bufgraph_ingest.tables.columns import Column, Kind, Sheet

CURRENCIES: Final = ("EUR", "SEK", "DKK", "NOK", "PLN", "RUB", "UAH", "ISK", "CZK", "GBP", "USD", "CHF")
_LARGEST_COST: Final = 1e11  # above the yearly budget of any city of the region
_NUMBER: Final = 1e13


def _text(name: str, field: str, help_: str, example: str = "", *, longest: int = 5_000) -> Column:
    return Column(name, field, Kind.TEXT, help_, example, longest=longest)


def _term(name: str, field: str, schemes: str, help_: str, example: str = "", default: str = "") -> Column:
    return Column(name, field, Kind.CONCEPT, help_, example, schemes=tuple(schemes.split()), default=default)


def _needed(column: Column) -> Column:
    return replace(column, required=True)


def _several(column: Column) -> Column:
    return replace(column, is_many=True, help=f"{column.help} Several are parted by a semicolon.")


def _year(name: str, field: str, help_: str, example: str = "") -> Column:
    return Column(name, field, Kind.YEAR, help_, example, least=1900, most=2100)


_ID: Final = "Leave empty, or write an identifier of your own: small letters, digits and hyphens."
_UPDATED: Final = Column(
    "updated", "row.updated", Kind.DATE, "When you last changed the row, such as 2024-03-05.", "2024-03-05"
)
_ADOPTION: Final = (
    _needed(_term("outcome", "adoption.outcome", "outcome", "How it turned out.", "Success")),
    _term("status", "adoption.status", "status", "Where it stands today.", "Operating"),
    _year("start_year", "adoption.start_year", "Year in which it began.", "2019"),
    _year("end_year", "adoption.end_year", "Year in which it ended; empty while it goes on."),
    Column("cost", "adoption.cost", Kind.MONEY, "Cost in all, as a plain number.", "250000", least=0, most=_LARGEST_COST),
    Column("currency", "adoption.currency", Kind.CODE, "Currency of the cost.", "EUR", codes=CURRENCIES),
    _text("cost_note", "adoption.cost_note", "What the cost includes.", "Sensors and installation, without staff."),
    _several(_text("funding", "adoption.funding", "Who paid.", "City budget; ERDF")),
    _needed(_text("result", "result.text", "The main result in one sentence.", "Falls on pavements went down by 12.5%.")),
    _needed(_text("result_metric", "result.metric", "What was measured or counted.", "Falls on pavements", longest=300)),
    Column("result_value", "result.value", Kind.DECIMAL, "The figure, without its unit.", "-12.5", least=-_NUMBER, most=_NUMBER),
    _text("result_unit", "result.unit_text", "Unit of the figure.", "%", longest=100),
    _year("result_year", "result.ref_year", "Year of the figure.", "2022"),
    _term("result_kind", "result.result_kind", "result-kind", "Reached, or a target.", "Achieved", "achieved"),
    _term("result_method", "result.method", "method", "How the figure was found out.", "Counted", "reported"),
    _term("result_assessor", "result.assessor", "assessor", "Who vouches for the figure.", "Owner", "unknown"),
    Column("baseline_value", "result.baseline_value", Kind.DECIMAL, "The figure before.", least=-_NUMBER, most=_NUMBER),
    _year("baseline_year", "result.baseline_year", "Year of the figure before."),
    _needed(_text("lesson", "lesson.text", "What others should know.", "Tell residents where to report ice.")),
    _term("lesson_kind", "lesson.lesson_kind", "lesson-kind", "What kind of lesson it is.", "Do differently", "worked"),
    _needed(_text("obstacle", "obstacle.text", "What stood in the way.", "Batteries of the sensors froze.")),
    _needed(_term("obstacle_barrier", "obstacle.barrier", "barrier", "What kind of obstacle it is.", "climate-and-site")),
    _term("failure_phase", "adoption.failure_phase", "implementation-phase", "If it went wrong: in which phase."),
    _several(_term("failure_cause", "adoption.failure_cause", "barrier", "If it went wrong: why.")),
    _text("failure_remedy", "adoption.remedy", "If it went wrong: what would have helped."),
)  # fmt: skip


def _sources(need: bool = True) -> Iterable[Column]:
    for number in (1, 2):
        suffix = "" if number == 1 else "_2"
        part = f"source{suffix}"
        rule = "Needed: this or the title." if need and number == 1 else "May be empty."
        url = f"Web address where it can be read. {rule}"
        yield Column(
            f"source_url{suffix}", f"{part}.page", Kind.URL, url, _EXAMPLE_URL if number == 1 else ""
        )
        title = f"Title of the document or page. {rule.replace('the title', 'the address')}"
        yield _text(
            f"source_title{suffix}",
            f"{part}.title",
            title,
            "Winter report" if number == 1 else "",
            longest=300,
        )
        yield _text(f"source_supports{suffix}", f"{part}.supports", "What the source is evidence for.")


_EXAMPLE_URL: Final = "https://example.org/winter-report"
_CONDITION: Final = (
    _needed(_text("condition", "condition.text", "What a city must have for it to work, as a sentence.",
                  "Pavements freeze for weeks every winter.")),
    _needed(_term("condition_factor", "condition.factor", "context", "What of a city the condition is about.",
                  "cold-winter")),
    Column("condition_essential", "condition.is_essential", Kind.YES_NO,
           "yes: without it the practice cannot work; no: it works with a change.", "no", default="yes"),
    _text("condition_change", "condition.change", "If not essential: what a city without it does instead.",
          "Use the sensors for rain and wind instead."),
    Column("population_at_least", "condition.at_least", Kind.INTEGER, "For a condition on the population: residents.",
           least=0, most=2e7),
    Column("population_at_most", "condition.at_most", Kind.INTEGER, "For a condition on the population: residents.",
           least=0, most=2e7),
)  # fmt: skip

PRACTICES: Final = Sheet(
    "practices",
    "Good practices, each with its first city",
    (
        Column("id", "practice.id", Kind.SLUG, _ID),
        _needed(_text("title", "practice.title", "What was done, in a few words, in English.", "Gritting guided by sensors", longest=200)),
        _needed(Column("city", "practice.origin", Kind.PLACE, "Where it was done first: name, 'Name (CC)' or slug.", "Turku (FI)")),
        _needed(_text("problem", "practice.problem", "Which problem it set out to solve, in English.",
                      "Pavements are icy and older people fall in winter.")),
        _needed(_text("summary", "practice.summary", "What was done and what came of it.", "Sensors tell where to grit; falls went down.")),
        _needed(_text("approach", "practice.approach", "How it works, step by step.", "Sensors under the pavement send alarms.")),
        _needed(_term("main_challenge", "practice.main_challenge", "challenge", "The challenge it is about.", "snow-and-ice-clearing")),
        _several(_term("challenges", "practice.challenge", "challenge", "Further challenges, at most two.")),
        _several(_term("subdomains", "practice.subdomain", "subdomain", "Fields of city life.", "public-spaces-management")),
        *_ADOPTION,
        *_CONDITION,
        *_sources(),
        _UPDATED,
    ),
    frozenset({"result", "lesson", "obstacle", "condition", "source", "source_2"}),
)  # fmt: skip

ADOPTIONS: Final = Sheet(
    "adoptions",
    "Cities that applied a known practice",
    (
        Column("id", "adoption.id", Kind.SLUG, _ID),
        _needed(Column("practice", "adoption.practice", Kind.PRACTICE, "The practice: its slug or title.", "tartu-smart-bike-share")),
        _needed(Column("city", "adoption.place", Kind.PLACE, "Where it was applied: name, 'Name (CC)' or slug.", "Turku (FI)")),
        _term("relation", "adoption.relation", "transfer-relation", "How it came to this city.", "replicated", "replicated"),
        *_ADOPTION,
        *_sources(),
        _UPDATED,
    ),
    frozenset({"result", "lesson", "obstacle", "source", "source_2"}),
)  # fmt: skip

NEEDS: Final = Sheet(
    "needs",
    "Needs that cities state themselves",
    (
        Column("id", "need.id", Kind.SLUG, _ID),
        _needed(Column("city", "need.need_of", Kind.CITY, "Whose need it is: name, 'Name (CC)' or slug.", "Turku (FI)")),
        _needed(_term("challenge", "need.concern", "challenge", "What it is about.", "snow-and-ice-clearing")),
        _needed(_text("need", "need.text", "The need in one or two sentences, in English.", "Older people fall on our pavements.")),
        _term("status", "need.need_status", "need-status", "Where it stands.", "Open", "open"),
        *_sources(),
        _UPDATED,
    ),
    frozenset({"source", "source_2"}),
)  # fmt: skip

EXPERTS: Final = Sheet(
    "experts",
    "Organisations that a city can ask; never persons",
    (
        Column("id", "expert.id", Kind.SLUG, _ID),
        _needed(_text("name", "expert.name", "Name of the organisation; no person.", "Winter Lab", longest=200)),
        _needed(_term("helix", "expert.helix", "helix", "What kind of body it is.", "University")),
        Column("country", "expert.country_code", Kind.COUNTRY, "Country of its seat.", "FI"),
        Column("city", "expert.based_in", Kind.CITY, "City of its seat.", "Oulu"),
        _term("organisation_kind", "expert.organisation_kind", "organisation-kind", "What kind of organisation it is.", "University"),
        _needed(_several(_term("expertise", "expert.expertise", "subdomain challenge", "What it knows about.", "public-spaces-management"))),
        _needed(_text("description", "expert.text", "What it can help with, in English.", "Research on ice and snow in cities.")),
        Column("homepage", "expert.homepage", Kind.URL, "Its web site.", "https://example.org/"),
        _several(Column("languages", "expert.language", Kind.CODE, "Languages that it works in, as codes.", "en; fi",
                        codes=("da", "de", "en", "et", "fi", "is", "lt", "lv", "nb", "nn", "no", "pl", "ru", "sv", "uk"))),
        Column("accepts_requests", "expert.accepts_requests", Kind.YES_NO, "Whether cities may ask it.", "yes"),
        Column("capacity", "expert.capacity", Kind.INTEGER, "Cases that it takes at a time.", "3", least=0, most=10_000),
        *_sources(),
        _UPDATED,
    ),
    frozenset({"source", "source_2"}),
)  # fmt: skip

SHEETS: Final = {sheet.kind: sheet for sheet in (PRACTICES, ADOPTIONS, NEEDS, EXPERTS)}
