"""What a person knows, and which cases want her."""

from collections.abc import Sequence

import numpy as np
import pytest

from bufgraph.matching.mentoring import Reach, open_needs
from bufgraph.matching.subject import cases_of_text, knowledge_of_text
from bufgraph.model import Catalogue
from bufgraph.namespaces import DEFAULT_BASE, concept, slug
from bufgraph.search.query import ConceptMatch, Hit
from bufgraph.text.passages import Passage
from builders import small_catalogue, town_datasets

SNOW, FLOODS = concept("challenge", "snow-and-ice-clearing"), concept("challenge", "cloudburst-flooding")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return small_catalogue(town_datasets())


def _hit(practice: str, score: float) -> Hit:
    iri = f"{DEFAULT_BASE}practice/{practice}"
    return Hit(1, iri, "practice", score, {}, {}, Passage(iri, "practice", "problem", "Text.", "Text."), ())


def _read(challenge: str, weight: float) -> ConceptMatch:
    return ConceptMatch(challenge, slug(challenge), weight, "label")


def _reach(catalogue: Catalogue, hits: Sequence[Hit], read: Sequence[ConceptMatch] = ()) -> Reach:
    concepts = [c.id for c in catalogue.challenges]
    knows = knowledge_of_text(hits, read, catalogue)
    return Reach.of(knows, catalogue, concepts, np.eye(len(concepts)))


def test_a_text_knows_the_challenges_of_the_practices_near_to_it(catalogue: Catalogue) -> None:
    knows = knowledge_of_text([_hit("gritting", 0.8), _hit("robots", 0.5)], (), catalogue)
    assert knows[0].challenge == SNOW
    assert knows[0].strength == pytest.approx(0.8)
    assert knows[0].reason.startswith("near to your text: ")


def test_what_the_text_names_counts_more_than_what_only_its_neighbours_address(catalogue: Catalogue) -> None:
    knows = {
        k.challenge: k
        for k in knowledge_of_text([_hit("gritting", 0.8)], [_read(FLOODS, 1.0), _read(SNOW, 0.2)], catalogue)
    }
    assert knows[SNOW].strength == pytest.approx(0.8 * 0.7)
    assert knows[FLOODS].strength == pytest.approx(0.5)
    assert knows[FLOODS].reason.startswith("your text is about: ")


def test_needs_that_the_city_has_solved_can_be_left_out(catalogue: Catalogue) -> None:
    reach = _reach(catalogue, [_hit("gritting", 0.9)])
    found = open_needs(reach, catalogue)
    still_open = open_needs(reach, catalogue, states=("tried", "untried"))
    assert {need.state for need in found} > {need.state for need in still_open}
    assert "solved" not in {need.state for need in still_open}
    assert [need.rank for need in still_open] == list(range(1, len(still_open) + 1))


def test_nothing_known_reaches_nothing(catalogue: Catalogue) -> None:
    assert open_needs(_reach(catalogue, ()), catalogue) == []


def test_cases_in_trouble_come_before_those_that_have_just_begun(catalogue: Catalogue) -> None:
    hits = [_hit(slug(iri), 0.5 + n / 100) for n, iri in enumerate(catalogue.practices)]
    cases = cases_of_text(hits, catalogue)
    assert cases
    outcomes = [{slug(a.outcome) for a in case.open_outcomes} for case in cases]
    assert all(found <= {"failed", "stopped", "mixed", "too-early"} for found in outcomes)
    in_trouble = [found != {"too-early"} for found in outcomes]
    assert in_trouble == sorted(in_trouble, reverse=True)
