"""The shortlist: the chosen solutions side by side, what is still open in the city, and the way to the brief."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from bufgraph.errors import BufgraphError
from bufgraph.matching.transfer import checked_answers
from bufgraph.model import City, GoodPractice
from bufgraph.services.brief_candidates import CandidateWriter
from bufgraph.services.brief_sources import SourceList
from bufgraph.services.brief_writing import Choice
from bufgraph_api.pages.city_names import suggested_names
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.mistakes import Mistake, worst_status
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.pages.search_form import EXAMPLES
from bufgraph_api.pages.shortlist_form import ShortlistForm
from bufgraph_api.state import Services, State

ANSWER: Final = "fact."
"""Before the name of a factor in the form: radio buttons of one group share a name, so each factor needs its own."""
_ROWS: Final = ("solution", "results", "setbacks", "cost", "proven")
"""Facts of a solution that stand side by side."""
_OPEN: Final = ("unknown", "contradicted")
Json = dict[str, Any]  # Any: JSON


def shortlist_page(request: Request, services: Services) -> Response:
    """The chosen solutions side by side; answers of a form move into an address that can be shared."""
    form = ShortlistForm.from_request(request)
    said = {
        name.removeprefix(ANSWER): value
        for name, value in request.query_params.multi_items()
        if name.startswith(ANSWER)
    }
    if said:
        answered = _answered(form, said)
        return RedirectResponse(f"{interface_root(request)}{answered.address('/shortlist')}#open", 303)
    practices, stale = form.known(services.answers.catalogue)
    city, facts, mistakes = _asked(form, services)
    verdicts = (
        [_verdict(services, practice, city, facts) for practice in practices] if city is not None else []
    )
    return render(
        request,
        "shortlist.html",
        worst_status(mistakes),
        form=form,
        stale=stale,
        examples=EXAMPLES,
        back=query_string((name, value) for name, value in form.pairs() if name != "fact"),
        mistakes=mistakes,
        cities=suggested_names(services.present),
        city={"slug": city.slug, "label": services.present.label(city.id)} if city is not None else None,
        rows=_ROWS,
        candidates=_candidates(services, form, practices, verdicts),
        questions=_questions(verdicts, facts),
        unasked=_unasked(form, verdicts),
    )


def _address(form: ShortlistForm, **changes: Any) -> str:  # Any: text, or several texts
    return replace(form, **changes).address("/shortlist")


def _answered(form: ShortlistForm, said: Mapping[str, str]) -> ShortlistForm:
    """Return the shortlist with what the form answers; an answer replaces an earlier one, an empty one takes it back."""
    kept = [pair for pair in form.facts if _factor(pair) not in said]
    new = [f"{factor}:{value}" for factor, value in said.items() if value]
    return replace(form, facts=(*kept, *new))


def _factor(pair: str) -> str:
    return pair.replace("=", ":").partition(":")[0].strip()


def _asked(form: ShortlistForm, services: State) -> tuple[City | None, Mapping[str, bool], list[Mistake]]:
    """Return the city and what it says of itself, as far as they can be used, and what cannot."""
    city: City | None = None
    facts: Mapping[str, bool] = {}
    mistakes: list[Mistake] = []
    try:
        city = form.asking(services.answers)
    except BufgraphError as err:
        mistakes.append(Mistake.of_city(err, form.city, services, lambda name: _address(form, city=name)))
    try:
        facts = checked_answers(form.answers(), services.answers.catalogue)
    except BufgraphError as err:
        mistakes.append(Mistake.of("fact", err, _address(form, facts=())))
    return city, facts, mistakes


def _verdict(services: State, practice: GoodPractice, city: City, facts: Mapping[str, bool]) -> Json:
    return services.present.verdict(services.cities.fit(practice.slug, city.slug, facts))


def _candidates(
    services: State, form: ShortlistForm, practices: Sequence[GoodPractice], verdicts: Sequence[Json]
) -> list[Json]:
    """Return each solution as the brief tells it, with the verdict for the city if there is one."""
    catalogue, present = services.answers.catalogue, services.present
    writer = CandidateWriter(catalogue, services.tongue, SourceList(catalogue), services.build.evidence)
    shown = []
    for number, practice in enumerate(practices, 1):
        told = writer.write(Choice(number, practice, None), None)
        rest = tuple(slug for slug in form.picks if slug != practice.slug)
        shown.append({
            "slug": practice.slug, "title": told.title, "where": told.where, "number": number,
            "level": services.build.evidence[practice.id].level,
            "outcome": present.practice_brief(practice)["outcome"],
            "outcomes": told.outcomes,
            "rows": {row.key: row for row in told.rows},
            "fit": verdicts[number - 1] if verdicts else None,
            "without": _address(form, picks=rest),
        })  # fmt: skip
    return shown


def _questions(verdicts: Sequence[Json], facts: Mapping[str, bool]) -> list[Json]:
    """Return what is open or was answered here, once for each factor, with the conditions that hang on it; essential ones first."""
    asked: dict[str, Json] = {}
    for number, condition in _conditions(verdicts):
        factor = condition["answer_as"]
        if condition["status"] not in _OPEN and factor not in facts:
            continue
        question = asked.setdefault(
            factor,
            {
                "key": factor,
                "label": condition["factor"]["label"],
                "answer": {True: "yes", False: "no"}.get(facts.get(factor), ""),  # type: ignore[arg-type]  # None: no answer
                "essential": False,
                "conditions": [],
            },
        )
        question["essential"] |= condition["essential"]
        question["conditions"].append(
            {"number": number, "text": condition["text"], "essential": condition["essential"]}
        )
    return sorted(asked.values(), key=lambda question: not question["essential"])


def _conditions(verdicts: Sequence[Json]) -> Iterable[tuple[int, Json]]:
    for number, verdict in enumerate(verdicts, 1):
        yield from ((number, condition) for condition in verdict.get("conditions", []))


def _unasked(form: ShortlistForm, verdicts: Sequence[Json]) -> list[str]:
    """Return the answers that no question of the form repeats, so that the form keeps them."""
    asked = {condition["answer_as"] for _, condition in _conditions(verdicts)}
    return [pair for pair in form.facts if _factor(pair) not in asked]
