import numpy as np
import pytest

from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.errors import InvalidInputError
from bufgraph.index.exact import ExactIndex
from bufgraph.matching.cities import PRESETS, CityFilters, CitySimilarity
from bufgraph.matching.city_parts import CityParts, ProfileMatrix
from bufgraph.matching.evidence import assess, claim_level, independent_shares, success_bound
from bufgraph.matching.problems import cities_with_problem
from bufgraph.matching.solutions import rank_solutions
from bufgraph.model import Catalogue
from bufgraph.model.geography import distance_km
from bufgraph.namespaces import slug
from bufgraph.search.query import Hit
from bufgraph.text.passages import Passage, concept_text
from builders import condition, small_catalogue, small_datasets


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return small_catalogue()


@pytest.fixture(scope="module")
def similarity(catalogue: Catalogue) -> CitySimilarity:
    concepts = tuple(c.id for c in catalogue.challenges)
    vectors = HashingEncoder().encode([concept_text(catalogue.concepts[iri]) for iri in concepts])
    return CitySimilarity(CityParts(catalogue, concepts, ExactIndex(vectors)))


def _hit(catalogue: Catalogue, name: str, score: float) -> Hit:
    practice = catalogue.practice(name)
    passage = Passage(practice.id, "practice", "problem", practice.problem, practice.problem)
    return Hit(1, practice.id, "practice", score, {}, {}, passage, practice.challenge)


def test_distance_between_turku_and_tartu_is_known(catalogue: Catalogue) -> None:
    assert distance_km(catalogue.city("fi-turku"), catalogue.city("ee-tartu")) == pytest.approx(343, abs=4)


def test_one_success_is_not_certainty_and_many_are_nearly() -> None:
    assert success_bound([]) == pytest.approx(0.2)
    assert success_bound([1.0]) == pytest.approx(0.447, abs=0.001)
    assert success_bound([1.0] * 10) > 0.85


def test_too_early_says_nothing_about_success(catalogue: Catalogue) -> None:
    from dataclasses import replace

    early = replace(
        next(iter(catalogue.adoptions.values())), outcome="https://w3id.org/bufgraph/scheme/outcome/too-early"
    )
    assert independent_shares([early], catalogue) == []


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"result_kind": "bgs:result-kind/target"}, 1),
        ({"method": "bgs:method/reported"}, 1),
        ({}, 2),
        ({"baseline_value": 3}, 3),
        ({"assessor": "bgs:assessor/independent"}, 4),
    ],
)
def test_a_claim_climbs_the_ladder_by_what_it_shows(facts: dict[str, object], level: int) -> None:
    data = small_datasets()
    data["adoptions"][0]["result"][0] = {
        k: v
        for k, v in {**data["adoptions"][0]["result"][0], "baseline_value": None, **facts}.items()
        if v is not None
    }
    catalogue = small_catalogue(data)
    assert claim_level(next(iter(catalogue.results.values()))) == level


def test_a_practice_takes_the_level_of_its_best_claim_and_fades_with_age(catalogue: Catalogue) -> None:
    practice = catalogue.practice("gritting")
    now, later = (assess(practice, catalogue, as_of_year=year) for year in (2025, 2055))
    assert (now.level, now.level_reason) == (3, "Falls: Falls went down by 12.5%.")
    assert later.level == 3
    assert later.score < now.score
    assert assess(catalogue.practice("robots"), catalogue, as_of_year=2025).level == 1


def test_a_measured_result_in_a_second_city_gives_level_five() -> None:
    data = small_datasets()
    from builders import result

    data["adoptions"][1]["result"] = [result("gritting-02")]
    catalogue = small_catalogue(data)
    assert assess(catalogue.practice("gritting"), catalogue, as_of_year=2025).level == 5


def test_an_earlier_parallel_attempt_is_neither_the_first_place_nor_a_replication() -> None:
    data = small_datasets()
    earlier = {**data["adoptions"][1], "relation": "bgs:transfer-relation/parallel", "start_year": 2001}
    del earlier["replicated_from"]
    data["adoptions"][1] = earlier
    catalogue = small_catalogue(data)
    practice = catalogue.practice("gritting")
    assert slug(catalogue.adoptions_by_practice[practice.id][0].place) == "ee-tartu"
    assert assess(practice, catalogue, as_of_year=2025).level == 3


def test_similarity_is_between_zero_and_one_explained_and_best_first(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    found = similarity.similar(catalogue.city("ee-tartu"))
    assert [f.rank for f in found] == [1, 2, 3]
    assert found == sorted(found, key=lambda f: -f.score)
    for other in found:
        assert 0 <= other.score <= 1
        assert all(0 <= part.value <= 1 and part.facts for part in other.parts.values())
    turku = next(f for f in found if slug(f.city) == "fi-turku")
    assert [slug(iri) for iri in turku.shared] == ["snow-and-ice-clearing"]


def test_an_unknown_need_is_listed_and_neither_zero_nor_credit(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    cesis = next(f for f in similarity.similar(catalogue.city("ee-tartu")) if slug(f.city) == "lv-cesis")
    assert "needs" not in cesis.parts
    assert cesis.unknown[0] == "needs: no need of Cēsis is known"


def test_weights_of_every_preset_add_up_to_one() -> None:
    for weights in PRESETS.values():
        assert sum(weights.values()) == pytest.approx(1)


def test_country_filters_keep_or_exclude(catalogue: Catalogue, similarity: CitySimilarity) -> None:
    tartu = catalogue.city("ee-tartu")
    assert {slug(f.city) for f in similarity.similar(tartu, filters=CityFilters(country="FI"))} == {
        "fi-turku",
        "fi-oulu",
    }
    assert {slug(f.city) for f in similarity.similar(tartu, filters=CityFilters(country="!FI"))} == {
        "lv-cesis"
    }


def test_an_unknown_preset_is_refused_with_the_known_ones(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    with pytest.raises(InvalidInputError, match="choose from balanced, problem, structure"):
        similarity.similar(catalogue.city("ee-tartu"), preset="magic")


def test_among_equally_relevant_practices_the_better_proven_wins_and_failure_is_marked(
    catalogue: Catalogue,
) -> None:
    evidence = {iri: assess(p, catalogue, as_of_year=2025) for iri, p in catalogue.practices.items()}
    ranked = rank_solutions(
        [_hit(catalogue, "robots", 0.6), _hit(catalogue, "gritting", 0.6)], evidence, catalogue
    )
    assert [slug(s.practice) for s in ranked] == ["gritting", "robots"]
    robots = ranked[1]
    assert robots.warning
    assert any("failed in Oulu, because of: " in reason for reason in robots.reasons)


def test_evidence_never_lifts_a_solution_to_another_problem(catalogue: Catalogue) -> None:
    evidence = {iri: assess(p, catalogue, as_of_year=2025) for iri, p in catalogue.practices.items()}
    ranked = rank_solutions(
        [_hit(catalogue, "gritting", 0.3), _hit(catalogue, "robots", 0.6)], evidence, catalogue
    )
    assert slug(ranked[0].practice) == "robots"


def test_fit_rises_with_success_in_a_similar_city_and_falls_with_failure(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    evidence = {iri: assess(p, catalogue, as_of_year=2025) for iri, p in catalogue.practices.items()}
    cesis = catalogue.city("lv-cesis")
    ranked = rank_solutions(
        [_hit(catalogue, "robots", 0.6), _hit(catalogue, "gritting", 0.6)],
        evidence,
        catalogue,
        city=cesis,
        similarity=similarity.scores(cesis),
    )
    fits = {slug(s.practice): s.fit.score for s in ranked if s.fit is not None}
    assert fits["gritting"] > 0.5 > fits["robots"]


def test_cities_with_a_problem_are_grouped_with_what_they_tried(catalogue: Catalogue) -> None:
    hits = [
        _hit(catalogue, "gritting", 0.7),
        _hit(catalogue, "robots", 0.6),
        _hit(catalogue, "rain-gardens", 0.2),
    ]
    found = cities_with_problem(hits, catalogue, exclude=catalogue.city("ee-tartu").id)
    assert [slug(c.city) for c in found] == ["fi-turku", "fi-oulu"]
    assert [slug(a.practice) for a in found[0].attempts] == ["gritting", "rain-gardens"]
    assert found[0].score == pytest.approx(1 - (1 - 0.7) * (1 - 0.2 * 0.2))
    assert np.all([0 <= c.score <= 1 for c in found])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"needs": -1.0}, "must be a number from 0 up"),
        ({"needs": float("nan")}, "must be a number from 0 up"),
        ({"needs": 0.0, "size": 0.0}, "all weights are zero"),
        ({"weather": 1.0}, "unknown part 'weather'"),
    ],
)
def test_weights_that_make_no_sense_are_refused(
    catalogue: Catalogue, similarity: CitySimilarity, weights: dict[str, float], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        similarity.similar(catalogue.city("ee-tartu"), weights=weights)


def test_the_callers_weights_decide_and_their_scale_does_not(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    turku = catalogue.city("fi-turku")
    by_size = similarity.similar(turku, weights={"size": 2.0})
    assert next(slug(f.city) for f in by_size) == "fi-oulu"
    assert by_size[0].score == pytest.approx(by_size[0].parts["size"].value)
    assert [f.score for f in by_size] == pytest.approx(
        [f.score for f in similarity.similar(turku, weights={"size": 0.1})]
    )


def test_size_class_and_coast_must_match_exactly_and_the_unknown_is_left_out(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    turku = catalogue.city("fi-turku")
    medium = similarity.similar(turku, filters=CityFilters(same_size=True))
    assert {slug(f.city) for f in medium} == {"fi-oulu", "ee-tartu"}
    assert {slug(f.city) for f in similarity.similar(turku, filters=CityFilters(coastal=True))} == {"fi-oulu"}
    assert similarity.similar(turku, filters=CityFilters(country="DK")) == []
    own = similarity.similar(turku, filters=CityFilters(country="own"))
    assert {slug(f.city) for f in own} == {"fi-oulu"}


def test_more_cities_asked_for_than_there_are_gives_all(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    assert len(similarity.similar(catalogue.city("ee-tartu"), limit=100)) == 3


def test_a_rank_with_missing_parts_has_an_interval_and_a_certain_one_has_none(
    catalogue: Catalogue, similarity: CitySimilarity
) -> None:
    tartu = catalogue.city("ee-tartu")
    certain = similarity.similar(tartu, weights={"size": 1.0})
    assert all(f.low == f.rank == f.high for f in certain)
    open_ = {slug(f.city): f for f in similarity.similar(tartu, weights={"needs": 1.0, "size": 0.1})}
    assert all(f.low <= f.rank <= f.high for f in open_.values())
    assert open_["lv-cesis"].low < open_["lv-cesis"].high


def test_profiles_compare_only_what_both_have_and_shrink_to_neutral(catalogue: Catalogue) -> None:
    cities = tuple(catalogue.city(name).id for name in ("ee-tartu", "fi-turku", "fi-oulu"))
    scores = np.array([[1.0, 0.0], [1.0, np.nan], [np.nan, np.nan]])
    concepts = tuple(c.id for c in catalogue.challenges)
    vectors = ExactIndex(HashingEncoder().encode([concept_text(catalogue.concepts[iri]) for iri in concepts]))
    profile = ProfileMatrix("test index", cities, ("economy", "people"), scores)
    parts = CityParts(catalogue, concepts, vectors, profile)
    found = {
        slug(f.city): f
        for f in CitySimilarity(parts).similar(catalogue.city("ee-tartu"), weights={"profile": 1.0})
    }
    assert found["fi-turku"].parts["profile"].value == pytest.approx(0.5 * 1.0 + 0.5 * 0.5)
    assert found["fi-turku"].parts["profile"].facts[0].startswith("1 of 2 columns of test index")
    assert "profile: Tartu and Oulu share no indicator" in found["fi-oulu"].unknown


def test_a_blocked_solution_comes_after_one_that_fits(similarity: CitySimilarity) -> None:
    data = {
        **small_datasets(),
        "conditions": [condition("gritting", "coastal"), condition("robots", "dark-winter")],
    }
    catalogue = small_catalogue(data)
    cesis = catalogue.city("lv-cesis")
    evidence = {iri: assess(p, catalogue, as_of_year=2025) for iri, p in catalogue.practices.items()}
    ranked = rank_solutions(
        [_hit(catalogue, "gritting", 0.6), _hit(catalogue, "robots", 0.6)], evidence, catalogue,
        city=cesis, similarity=similarity.scores(cesis),
    )  # fmt: skip
    assert [(slug(s.practice), s.fit and s.fit.verdict.verdict) for s in ranked] == [
        ("robots", "fits"), ("gritting", "blocked"),
    ]  # fmt: skip


def test_adoptions_told_by_one_document_are_one_witness(catalogue: Catalogue) -> None:
    data = small_datasets()
    for row in data["adoptions"][:2]:
        row["citation"] = ["bgd:citation/gritting-01"]
    told_together = small_catalogue(data)
    for world_, shares in ((told_together, [0.75]), (catalogue, [1.0, 0.5])):
        adoptions = world_.adoptions_by_practice[world_.practice("gritting").id]
        assert independent_shares(adoptions, world_) == shares
