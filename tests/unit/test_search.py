"""Hybrid search over the small world, with an encoder that needs no model."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.errors import InvalidInputError, NotFoundError, TooLargeError
from bufgraph.index.search_index import SearchIndex
from bufgraph.matching.evidence import assess
from bufgraph.matching.likeness import PracticeLikeness
from bufgraph.model import Catalogue
from bufgraph.model.geography import SIZES, size_class
from bufgraph.namespaces import slug
from bufgraph.search.explain import explain, local_spans, spans
from bufgraph.search.filters import TraitTable, check, facets
from bufgraph.search.hybrid import WEIGHTS, HybridSearch
from bufgraph.search.query import Corrections, Filters, Hit, SearchQuery
from bufgraph.search.understanding import Reader, Understanding
from bufgraph.services.wording import CITY_SIZES
from bufgraph.text.inflection import Inflection
from builders import small_catalogue, write_lexicons


class World:
    def __init__(self, lexicons: Path, inflection: Inflection) -> None:
        self.lexicons, self.inflection = lexicons, inflection
        self.catalogue: Catalogue = small_catalogue()
        encoder = HashingEncoder()
        self.index = SearchIndex.make(self.catalogue, encoder, lexicons, inflection)
        self.reader = Reader(self.catalogue, self.index, encoder)
        levels = {
            i: assess(p, self.catalogue, as_of_year=2025).level for i, p in self.catalogue.practices.items()
        }
        self.traits = TraitTable(self.catalogue, levels)
        self.hybrid = HybridSearch(self.catalogue, self.index, self.traits.keeps)

    def search(self, text: str, *types: str, **options: object) -> list[Hit]:
        query = SearchQuery(text, types or ("practice",), **options)  # type: ignore[arg-type]
        return self.hybrid.search(query, self.reader.read(query.text))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, inflection: Inflection) -> World:
    return World(write_lexicons(tmp_path_factory.mktemp("lexicons")), inflection)


def test_the_best_record_comes_first_with_the_passage_that_earned_it(world: World) -> None:
    hits = world.search("older people fall on icy pavements")
    assert slug(hits[0].record) == "gritting"
    assert hits[0].passage.field == "problem"
    assert [hit.rank for hit in hits] == [1, 2, 3]


def test_a_score_is_the_weighted_mean_of_its_parts(world: World) -> None:
    for hit in world.search("snow on pavements"):
        assert set(hit.parts) == set(hit.weights) == set(WEIGHTS)
        assert all(0 <= value <= 1 for value in hit.parts.values())
        assert sum(hit.weights.values()) == pytest.approx(1)
        total = sum(hit.weights[name] * value for name, value in hit.parts.items())
        assert hit.score == pytest.approx(total)


def test_the_same_question_gives_the_same_answer(world: World) -> None:
    assert world.search("snow") == world.search("snow")


def test_a_label_in_another_language_leads_to_the_practice(world: World) -> None:
    hits = world.search("Lumi ja jää kaduilla ja jalkakäytävillä")
    assert {slug(hit.record) for hit in hits[:2]} == {"gritting", "robots"}
    assert slug(hits[0].concepts[0]) == "snow-and-ice-clearing"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(country="EE"), {"gritting"}),
        (Filters(country="FI"), {"gritting", "robots", "rain-gardens"}),
        (Filters(outcome="failed"), {"robots"}),
        (Filters(challenge="cloudburst-flooding"), {"rain-gardens"}),
        (Filters(domain="public-spaces-management", outcome="mixed"), {"gritting"}),
        (Filters(min_level=3), {"gritting"}),
        (Filters(country="LV"), set()),
    ],
)
def test_filters_are_exact(world: World, filters: Filters, expected: set[str]) -> None:
    assert {slug(hit.record) for hit in world.search("snow and rain", filters=filters)} == expected


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(country="XX"), "unknown country 'XX'; choose from EE, FI, LV"),
        (Filters(domain="magic"), "unknown domain 'magic'"),
        (Filters(outcome="great"), "choose from failed, mixed, stopped, success"),
        (Filters(min_level=9), "expected 0 to 5"),
    ],
)
def test_an_unknown_filter_value_is_refused_with_the_known_ones(
    world: World, filters: Filters, words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        check(filters, world.catalogue)


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\n"])
def test_an_empty_text_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(InvalidInputError, match="the search text is empty; describe the problem"):
        SearchQuery(text)


def test_a_text_that_is_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(TooLargeError, match=r"has 20000 characters; at most 5000"):
        SearchQuery("a" * 20_000).checked(5_000)


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(InvalidInputError, match="expected 1 to 100"):
        SearchQuery("snow", limit=limit)


def test_an_unknown_record_is_answered_with_close_ones(world: World) -> None:
    with pytest.raises(NotFoundError, match="there is no city 'fi-turk'; did you mean fi-turku"):
        world.catalogue.city("fi-turk")


def test_other_kinds_of_records_are_found(world: World) -> None:
    assert slug(world.search("Åbo", "city")[0].record) == "fi-turku"
    assert slug(world.search("winter ice research", "expert")[0].record) == "winter-lab"
    assert slug(world.search("snow and ice on streets", "challenge")[0].record) == "snow-and-ice-clearing"


def ask(world: World, text: str, **corrections: object) -> tuple[list[Hit], Understanding]:
    asked = Corrections(**corrections)  # type: ignore[arg-type]
    understanding = world.reader.read(text, asked)
    return world.hybrid.search(SearchQuery(text, ("practice",)), understanding), understanding


def test_the_parts_of_an_explanation_add_up_to_the_score(world: World) -> None:
    for text in ("snow on icy pavements", "liukas jalkakäytävä ja jää"):
        hits, understanding = ask(world, text)
        for hit in hits:
            reasons = explain(hit, understanding, world.hybrid.record_terms(hit.record))
            assert sum(reasons.contributions.values()) == pytest.approx(hit.score)


def test_an_explanation_shows_the_words_found_and_names_those_missing(world: World) -> None:
    hits, understanding = ask(world, "icy pavements and zebras")
    reasons = explain(hits[0], understanding, world.hybrid.record_terms(hits[0].record))
    marked = [hits[0].passage.text[start:end].lower() for start, end in reasons.spans]
    assert any(word.startswith("pavement") for word in marked)
    assert ("zebras",) in [gap.values for gap in reasons.gaps if gap.kind == "words"]


def test_a_hit_outside_the_challenge_of_the_text_says_so(world: World) -> None:
    hits, understanding = ask(world, "snow and ice on streets")
    last = explain(hits[-1], understanding, world.hybrid.record_terms(hits[-1].record))
    assert slug(hits[-1].record) == "rain-gardens"
    assert [slug(gap.values[0]) for gap in last.gaps if gap.kind == "concept"] == ["snow-and-ice-clearing"]


def test_forms_of_one_word_are_marked_in_its_own_language() -> None:
    text = "Chodnik jest oblodzony, a ludzie upadają."
    assert [text[a:b] for a, b in local_spans(text, "oblodzone chodniki", "pl")] == ["Chodnik", "oblodzony"]
    assert spans("Streets and a street", {"street"}) == ((0, 7), (14, 20))


def test_a_text_in_another_language_is_read_and_scored_by_its_own_words_too(world: World) -> None:
    hits, understanding = ask(world, "liukas jalkakäytävä, vanhus kaatua")
    assert understanding.language.code == "fi"
    assert understanding.reading.english.startswith("slippery pavement")
    assert "local" in hits[0].parts
    assert "local" not in ask(world, "slippery pavement")[0][0].parts


def test_a_concept_that_was_read_wrongly_can_be_taken_away_and_another_added(world: World) -> None:
    text = "snow and ice on streets"
    _, before = ask(world, text)
    _, after = ask(world, text, without=("snow-and-ice-clearing",), also=("cloudburst-flooding",))
    assert "snow-and-ice-clearing" in {slug(c.concept) for c in before.concepts}
    found = {slug(c.concept): c for c in after.concepts}
    assert "snow-and-ice-clearing" not in found
    assert (found["cloudburst-flooding"].how, found["cloudburst-flooding"].weight) == ("chosen", 1.0)


def test_a_city_in_the_text_is_context_and_no_word_to_search_for(world: World) -> None:
    _, understanding = ask(world, "In Tartu the pavements are icy")
    assert [slug(place.city) for place in understanding.places] == ["ee-tartu"]
    assert "tartu" not in understanding.terms
    assert ask(world, "In Tartu the pavements are icy", without=("ee-tartu",))[1].places == []
    assert "tartu" in ask(world, "Tartu")[1].terms, "who types nothing but a name looks for it"


def test_the_users_word_on_the_language_counts(world: World) -> None:
    assert ask(world, "jää", lang="et")[1].language.code == "et"
    with pytest.raises(InvalidInputError, match="unknown language 'xx'; choose from en, sv"):
        Corrections(lang="xx")


@pytest.mark.parametrize(
    "filters",
    [
        Filters(size="small"),
        Filters(language="et"),
        Filters(since=2015, until=2030),
        Filters(cost_from=1, cost_to=10),
    ],
)
def test_every_hit_meets_the_filters(world: World, filters: Filters) -> None:
    traits = world.traits.traits
    hits = world.search("snow and rain", filters=filters)
    assert all(traits[hit.record].meet(filters) for hit in hits)
    assert {h.record for h in hits} == {i for i in world.catalogue.practices if traits[i].meet(filters)}


def test_a_search_knows_the_sizes_of_the_scheme_and_no_others(world: World) -> None:
    """One city has one size, wherever it is asked for: the classes of the scheme ``context``."""
    for city in world.catalogue.cities.values():
        size = size_class(city.population)
        assert world.traits.traits[city.id].sizes == ({size} if size else set())
    assert set(CITY_SIZES) == set(SIZES)


def test_facets_count_what_each_choice_would_leave(world: World) -> None:
    query = SearchQuery("snow and rain", ("practice",), Filters(country="EE"))
    understanding = world.reader.read(query.text)
    _, near = world.hybrid.search_with_near(query, understanding, share=0.0001)
    found = facets(near, world.traits.traits, query.filters)
    for country, count in found["country"]:
        assert len(world.search(query.text, filters=Filters(country=country))) == count
    for outcome, count in found["outcome"]:
        assert len(world.search(query.text, filters=Filters(country="EE", outcome=outcome))) == count


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(size="huge"), "unknown size 'huge'; choose from small"),
        (Filters(language="xx"), "unknown language 'xx'"),
        (Filters(since=2020, until=2010), "since is 2020 and until is 2010"),
        (Filters(cost_from=-5), "cost_from is -5; expected a number from 0 up"),
        (Filters(cost_to=float("nan")), "cost_to is nan"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(world: World, filters: Filters, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        check(filters, world.catalogue)


def test_practices_with_the_same_problem_come_before_others(world: World) -> None:
    likeness = PracticeLikeness(world.catalogue, world.index, lambda one: defaultdict(lambda: 0.5))
    found = likeness.like(world.catalogue.practice("gritting"), by="problem", limit=10)
    assert [slug(f.practice) for f in found] == ["robots", "rain-gardens"]
    assert [slug(c) for c in found[0].shared] == ["snow-and-ice-clearing"]
    assert all(
        f.city is not None
        for f in likeness.like(world.catalogue.practice("gritting"), by="context", limit=10)
    )
    with pytest.raises(
        InvalidInputError, match="unknown 'by' 'colour'; choose from problem, solution, context"
    ):
        likeness.like(world.catalogue.practice("gritting"), by="colour", limit=10)


def test_practices_of_one_kind_name_the_best_of_them(world: World) -> None:
    likeness = PracticeLikeness(world.catalogue, world.index, lambda one: defaultdict(lambda: 0.5))
    practices = list(world.catalogue.practices)
    assert likeness.leaders(practices) == {}
    twins = replace(
        world.catalogue.practices[practices[0]], id="bgd:practice/twin"
    )  # the same texts under another name
    catalogue = replace(world.catalogue, practices={**world.catalogue.practices, twins.id: twins})
    encoder = HashingEncoder()
    index = SearchIndex.make(catalogue, encoder, world.lexicons, world.inflection)
    found = PracticeLikeness(catalogue, index, lambda one: defaultdict(lambda: 0.5)).leaders(
        [twins.id, *practices]
    )
    assert found == {practices[0]: twins.id}
    assert likeness.leaders([]) == {}


def test_a_cross_encoder_lifts_what_it_likes_and_the_parts_still_add_up(world: World) -> None:
    class LikesRain:
        def scores(self, text: str, passages: Sequence[str]) -> np.ndarray:
            return np.array(["rain" in p.lower() for p in passages], dtype=np.float32)

    hybrid = HybridSearch(world.catalogue, world.index, world.traits.keeps, reranker=LikesRain())
    understanding = world.reader.read("icy pavements")
    hits = hybrid.search(SearchQuery("icy pavements", ("practice",)), understanding)
    assert slug(hits[0].record) == "rain-gardens"
    for hit in hits:
        assert hit.score == pytest.approx(sum(hit.weights[n] * v for n, v in hit.parts.items()))
