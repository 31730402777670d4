"""Whom an organisation could help, and whom a city could ask."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from bufgraph.matching.evidence import Evidence, assess
from bufgraph.matching.experts import ExpertMatch, limits_of, nearness, rank_experts
from bufgraph.matching.mentoring import MentorMatch, knowledge, match_mentor
from bufgraph.model import Catalogue, Organisation
from bufgraph.namespaces import DEFAULT_BASE, concept, slug
from bufgraph.search.query import Hit
from bufgraph.text.passages import Passage
from builders import participation, small_catalogue, town_datasets

SNOW, FLOODS = concept("challenge", "snow-and-ice-clearing"), concept("challenge", "cloudburst-flooding")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The towns without the adoption in Smiltene, of which no outcome is known."""
    data = town_datasets()
    data["adoptions"] = [a for a in data["adoptions"] if not a["id"].endswith("smiltene")]
    return small_catalogue(data)


def _evidence(catalogue: Catalogue) -> Mapping[str, Evidence]:
    """Every practice half proven, so that each strength carries the factor 0.6 + 0.4 * 0.5 = 0.8."""
    return {
        iri: replace(assess(p, catalogue, as_of_year=2025), score=0.5)
        for iri, p in catalogue.practices.items()
    }


def _organisation(catalogue: Catalogue, name: str) -> Organisation:
    return catalogue.organisations[f"{DEFAULT_BASE}org/{name}"]


def _match(
    catalogue: Catalogue, organisation: Organisation | str, *, kin: float = 0.0, limit: int = 10
) -> MentorMatch:
    """Match with a kinship of 1 for the same challenge, ``kin`` between snow and floods, else 0."""
    if isinstance(organisation, str):
        organisation = _organisation(catalogue, organisation)
    concepts = tuple(c.id for c in catalogue.challenges)
    kinship = np.eye(len(concepts))
    snow, floods = concepts.index(SNOW), concepts.index(FLOODS)
    kinship[snow, floods] = kinship[floods, snow] = kin
    return match_mentor(organisation, _evidence(catalogue), catalogue, concepts, kinship, limit=limit)


def _with_role(name: str, practice: str, role: str = "lead") -> Catalogue:
    """Return the towns where an organisation took part in the first adoption of a practice, too."""
    data = town_datasets()
    adoption = next(a for a in data["adoptions"] if a["practice"].endswith(practice))
    part = participation(f"{practice}-{name}", f"bgd:org/{name}", role)
    adoption["participation"] = [*adoption.get("participation", ()), part]
    return small_catalogue(data)


# -- what an organisation knows ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "strength", "reason"),
    [
        ("city-of-voru", 1.0 * 0.8, "took part in Võru (lead): Salt bins at stairs"),
        ("firms", 0.6 * 0.8, "took part in Võru (supplier): Salt bins at stairs"),
        ("winter-lab", 0.7 * 0.8, "its record names: Gritting guided by sensors"),
    ],
)
def test_knowledge_comes_from_roles_then_from_what_a_record_names(
    catalogue: Catalogue, name: str, strength: float, reason: str
) -> None:
    best = knowledge(_organisation(catalogue, name), _evidence(catalogue), catalogue)[0]
    assert (best.challenge, best.reason) == (SNOW, reason)
    assert best.strength == pytest.approx(strength)


def test_stated_expertise_counts_least_and_reaches_the_challenges_below_it(catalogue: Catalogue) -> None:
    best, *stated = knowledge(_organisation(catalogue, "winter-lab"), _evidence(catalogue), catalogue)
    assert best.challenge == SNOW
    assert {k.strength for k in stated} == {0.4}
    assert {k.reason for k in stated} == {"states expertise in: Public spaces management"}
    domain = concept("domain", "public-spaces-management")
    below = {c.id for c in catalogue.challenges if domain in catalogue.ancestors(c.id)}
    assert {k.challenge for k in stated} == below - {SNOW}


def test_a_further_challenge_of_a_practice_is_known_less_well() -> None:
    data = town_datasets()
    data["practices"][-1]["challenge"].append("bgs:challenge/cloudburst-flooding")
    catalogue = small_catalogue(data)
    found = knowledge(_organisation(catalogue, "city-of-voru"), _evidence(catalogue), catalogue)
    assert [k.challenge for k in found] == [SNOW, FLOODS]
    assert [k.strength for k in found] == pytest.approx([0.8, 0.8 * 0.7])


def test_of_two_reasons_for_one_challenge_the_stronger_is_told() -> None:
    catalogue = _with_role("city-of-voru", "gritting", "supplier")
    (only,) = knowledge(_organisation(catalogue, "city-of-voru"), _evidence(catalogue), catalogue)
    assert only.reason == "took part in Võru (lead): Salt bins at stairs"


# -- needs and cases for it -------------------------------------------------------------------------------


def test_a_need_scores_competence_times_openness_times_nearness(catalogue: Catalogue) -> None:
    needs = _match(catalogue, "city-of-voru").needs
    assert [(slug(n.need.need_of), n.state) for n in needs] == [
        ("ee-valga", "tried"), ("lv-cesis", "untried"), ("fi-oulu", "tried"), ("fi-turku", "tried"), ("ee-tartu", "solved"),
    ]  # fmt: skip
    assert [n.rank for n in needs] == [1, 2, 3, 4, 5]
    factors = [(1.0, 1.0), (0.9, 0.9), (1.0, 0.8), (1.0, 0.8), (0.5, 1.0)]
    assert [n.score for n in needs] == pytest.approx([0.8 * openness * near for openness, near in factors])
    assert needs[1].reasons == (
        "took part in Võru (lead): Salt bins at stairs",
        "no practice of Cēsis against it is recorded",
        "Estonia and Latvia: the Baltic family of local government",
    )
    assert needs[2].reasons[1] == "Oulu has tried: failed"


def test_an_administration_is_not_offered_its_own_city(catalogue: Catalogue) -> None:
    own = catalogue.city("ee-voru").id
    assert own in {need.need_of for need in catalogue.needs.values()}
    assert own not in {n.need.need_of for n in _match(catalogue, "city-of-voru").needs}
    assert own in {n.need.need_of for n in _match(catalogue, "winter-lab").needs}


def test_a_need_near_to_what_is_known_counts_by_kinship_and_says_so(catalogue: Catalogue) -> None:
    floods = next(n for n in _match(catalogue, "city-of-voru", kin=0.5).needs if n.need.concern == FLOODS)
    assert slug(floods.need.need_of) == "fi-turku"
    assert floods.score == pytest.approx(0.8 * 0.5 * 0.5 * 0.8)
    assert floods.reasons[0] == (
        "took part in Võru (lead): Salt bins at stairs (near to: Snow and ice on streets and pavements)"
    )


def test_what_an_organisation_hardly_knows_is_not_offered(catalogue: Catalogue) -> None:
    hardly = _match(catalogue, "city-of-voru", kin=0.2)
    assert {n.need.concern for n in hardly.needs} == {SNOW}
    assert "rain-gardens" not in {slug(c.practice) for c in hardly.cases}
    assert "rain-gardens" in {slug(c.practice) for c in _match(catalogue, "city-of-voru", kin=0.3).cases}


def test_cases_are_those_of_others_and_of_equal_ones_the_open_come_first(catalogue: Catalogue) -> None:
    cases = _match(catalogue, "city-of-voru").cases
    assert [(c.rank, slug(c.practice), [slug(a.place) for a in c.open_outcomes]) for c in cases] == [
        (1, "gritting", ["fi-turku"]),
        (2, "robots", ["fi-oulu"]),
    ]
    turku = f"{DEFAULT_BASE}adoption/gritting--fi-turku"
    went_well = {turku: replace(catalogue.adoptions[turku], outcome=concept("outcome", "success"))}
    cases = _match(replace(catalogue, adoptions={**catalogue.adoptions, **went_well}), "city-of-voru").cases
    assert [slug(c.practice) for c in cases] == ["robots", "gritting"]


def test_a_practice_that_the_experts_own_record_names_is_no_case_of_others(catalogue: Catalogue) -> None:
    assert {slug(c.practice) for c in _match(catalogue, "winter-lab").cases} == {"robots", "salt-bins"}


def test_a_case_that_is_open_in_the_organisations_own_city_is_not_open_for_it(catalogue: Catalogue) -> None:
    oulu = replace(_organisation(catalogue, "city-of-voru"), administers=catalogue.city("fi-oulu").id)
    robots = next(c for c in _match(catalogue, oulu).cases if slug(c.practice) == "robots")
    assert robots.open_outcomes == ()


def test_an_organisation_that_did_and_states_nothing_gets_nothing(catalogue: Catalogue) -> None:
    found = _match(catalogue, "road-agency")
    assert (found.knows, found.needs, found.cases, found.limits) == ((), (), (), ())


def test_an_expert_without_deeds_that_takes_no_requests_still_says_so(catalogue: Catalogue) -> None:
    bare = replace(catalogue.expert("frost-institute"), expertise=(), related_practice=())
    found = _match(catalogue, bare)
    assert (found.knows, found.limits) == ((), ("Frost Institute does not take requests.",))


def test_a_challenge_without_kinship_is_left_out(catalogue: Catalogue) -> None:
    organisation = _organisation(catalogue, "city-of-voru")
    found = match_mentor(organisation, _evidence(catalogue), catalogue, (FLOODS,), np.eye(1))
    assert (found.knows, found.needs, found.cases) == ((), (), ())


def test_no_more_needs_and_cases_than_asked_for(catalogue: Catalogue) -> None:
    found = _match(catalogue, "city-of-voru", limit=1)
    assert ([slug(n.need.need_of) for n in found.needs], len(found.cases)) == (["ee-valga"], 1)


# -- who can be asked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepts", "capacity", "load", "told"),
    [
        (None, None, None, None),
        (True, 2, 1, None),
        (None, 2, None, None),
        (None, None, 5, None),
        (False, None, None, "does not take requests"),
        (False, 5, 0, "does not take requests"),
        (True, 2, 2, "no room now: 2 of 2 cases are taken"),
        (None, 2, 3, "no room now: 3 of 2 cases are taken"),
        (True, 0, 0, "no room now"),
    ],
)
def test_a_limit_is_told_only_where_it_is_recorded(
    catalogue: Catalogue, accepts: bool | None, capacity: int | None, load: int | None, told: str | None
) -> None:
    lab = catalogue.expert("winter-lab")
    limits = limits_of(replace(lab, accepts_requests=accepts, capacity=capacity, current_load=load))
    assert limits == () if told is None else told in limits[0]


@pytest.mark.parametrize(
    ("country", "other", "value", "told"),
    [
        ("FI", "FI", 1.0, "same country (Finland)"),
        ("EE", "LV", 0.9, "Estonia and Latvia: the Baltic family of local government"),
        ("EE", "FI", 0.8, "different countries (Estonia and Finland)"),
        ("NL", "US", 0.8, "different countries (Netherlands and United States)"),
        (None, "EE", 0.8, "its country is not known (that of the city is Estonia)"),
    ],
)
def test_help_is_nearer_within_a_country_and_a_family_of_countries(
    country: str | None, other: str, value: float, told: str
) -> None:
    assert nearness(country, other) == (value, told)


def _hit(record: str, kind: str, score: float) -> Hit:
    passage = Passage(record, kind, "problem", "", "")  # type: ignore[arg-type]  # the caller writes a kind
    return Hit(1, record, passage.record_type, score, {}, {}, passage, ())


def _experts(
    catalogue: Catalogue,
    city: str | None = None,
    practices: Mapping[str, float] | None = None,
    limit: int = 10,
) -> list[ExpertMatch]:
    """Rank for a text that gritting meets with 0.5, and what the three experts say of themselves with 0.4."""
    return rank_experts(
        [
            _hit(catalogue.practice(name).id, "practice", s)
            for name, s in (practices or {"gritting": 0.5}).items()
        ],
        [_hit(iri, "expert", 0.4) for iri in catalogue.experts],
        _evidence(catalogue),
        catalogue,
        city=catalogue.city(city) if city else None,
        limit=limit,
    )


def test_who_cannot_be_asked_now_ranks_lower_and_says_why(catalogue: Catalogue) -> None:
    found = _experts(catalogue)
    named = 1 - (1 - 0.5 * 0.8 * 0.7) * (1 - 0.5 * 0.4)
    assert [(m.rank, slug(m.organisation), m.contact) for m in found] == [
        (1, "winter-lab", True), (2, "city-of-tartu", False), (3, "frost-institute", False), (4, "snow-office", True),
    ]  # fmt: skip
    assert [m.score for m in found] == pytest.approx([named, 0.5 * 0.8 * 1.0, named * 0.7, named * 0.7])
    assert [m.limits for m in found] == [
        (), (), ("Frost Institute does not take requests.",),
        ("Snow Office has no room now: 2 of 2 cases are taken.",),
    ]  # fmt: skip


def test_a_second_deed_adds_less_than_the_first() -> None:
    catalogue = _with_role("city-of-tartu", "robots")
    found = _experts(catalogue, practices={"gritting": 0.5, "robots": 0.5})
    tartu = next(m for m in found if slug(m.organisation) == "city-of-tartu")
    assert tartu.score == pytest.approx(1 - (1 - 0.4) * (1 - 0.3 * 0.4))
    assert [slug(d.practice) for d in tartu.deeds] == ["gritting", "robots"]


def test_seen_from_a_city_the_nearer_country_counts_more(catalogue: Catalogue) -> None:
    alone = {m.organisation: m.score for m in _experts(catalogue)}
    for city, factor, told in (
        ("ee-valga", 1.0, "same country (Estonia)"),
        ("lv-cesis", 0.9, "Estonia and Latvia: the Baltic family of local government"),
        ("fi-oulu", 0.8, "different countries (Estonia and Finland)"),
    ):
        lab = next(m for m in _experts(catalogue, city) if slug(m.organisation) == "winter-lab")
        assert lab.near == told
        assert lab.score == pytest.approx(alone[lab.organisation] * factor)


def test_neither_the_askers_own_administration_nor_a_kind_of_organisation_is_named(
    catalogue: Catalogue,
) -> None:
    practices = {"salt-bins": 0.5}
    names = {slug(m.organisation) for m in _experts(catalogue, practices=practices)}
    assert names == {"city-of-voru", "winter-lab", "frost-institute", "snow-office"}
    from_voru = {slug(m.organisation) for m in _experts(catalogue, "ee-voru", practices)}
    assert from_voru == names - {"city-of-voru"}
