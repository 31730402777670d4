"""Hybrid search over the small world, with an encoder that needs no model."""

from pathlib import Path

import pytest

from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.errors import InvalidInputError, NotFoundError, TooLargeError
from bufgraph.index.search_index import SearchIndex
from bufgraph.matching.evidence import assess
from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from bufgraph.search.filters import TraitTable, check
from bufgraph.search.hybrid import WEIGHTS, HybridSearch
from bufgraph.search.query import Filters, Hit, SearchQuery
from bufgraph.search.understanding import Reader
from builders import small_catalogue, write_lexicons


class World:
    def __init__(self, lexicons: Path) -> None:
        self.catalogue: Catalogue = small_catalogue()
        encoder = HashingEncoder()
        self.index = SearchIndex.make(self.catalogue, encoder, lexicons)
        self.reader = Reader(self.catalogue, self.index, encoder)
        levels = {
            i: assess(p, self.catalogue, as_of_year=2025).level for i, p in self.catalogue.practices.items()
        }
        self.hybrid = HybridSearch(self.catalogue, self.index, TraitTable(self.catalogue, levels).keeps)

    def search(self, text: str, *types: str, **options: object) -> list[Hit]:
        query = SearchQuery(text, types or ("practice",), **options)  # type: ignore[arg-type]
        return self.hybrid.search(query, self.reader.read(query.text))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(write_lexicons(tmp_path_factory.mktemp("lexicons")))


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
