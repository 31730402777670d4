"""Possible adopters of practices, and the test whether known ones are found again."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.embeddings.port import Vectors
from bufgraph.errors import InvalidInputError
from bufgraph.evaluation.transfer import NameMask, half, known_transfers, outcome, run, without
from bufgraph.matching.adopters import WEIGHTS, AdopterModel, Floats, Meaning, weighted
from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from builders import (
    Json,
    adoption,
    city,
    organisation,
    participation,
    small_catalogue,
    small_datasets,
)

BASE = "https://w3id.org/bufgraph/id/"
GRITTING = f"{BASE}practice/gritting"
TURKU, CESIS = f"{BASE}city/fi-turku", f"{BASE}city/lv-cesis"


class Recording(HashingEncoder):
    """Remembers what it was given to read."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen.extend(texts)
        return super().encode(texts)


def world() -> dict[str, list[Json]]:
    """Return the small world in which Cēsis took gritting over from Tartu too, and left every kind of trace."""
    data = small_datasets()
    data["practices"][0]["approach"] = (
        "Cēsis copied it; in Cesis, CĒSIM and CĒSIS, people from Turku and Åbo came to look."
    )
    data["organisations"].append(
        organisation("city-of-cesis", "City of Cēsis", administers="bgd:city/lv-cesis")
    )
    data["adoptions"][0]["participation"].append(
        participation("gritting-02", "bgd:org/city-of-cesis", "partner")
    )
    data["adoptions"].append(
        adoption(
            "gritting", "lv-cesis", "success", suffix="--lv-cesis",
            participation=[participation("gritting--lv-cesis-01", "bgd:org/city-of-cesis")],
            lesson=[{"id": "bgd:lesson/gritting-01", "type": "Lesson", "lesson_kind": "bgs:lesson-kind/worked",
                     "text": "Cēsis liked it."}],
        )
    )  # fmt: skip
    return data


def world_without_cesis() -> dict[str, list[Json]]:
    data = world()
    data["adoptions"].pop()
    data["adoptions"][0]["participation"].pop()
    data["organisations"].pop()
    return data


def challenges(catalogue: Catalogue) -> tuple[tuple[str, ...], Floats]:
    """Return the challenges with the plainest kinship: a challenge is akin to itself."""
    iris = tuple(c.id for c in catalogue.challenges)
    return iris, np.eye(len(iris))


def meaning(catalogue: Catalogue) -> Meaning:
    practices = sorted(catalogue.practices)
    texts = [catalogue.practices[iri].problem for iri in practices]
    return Meaning(*challenges(catalogue), practices, HashingEncoder().encode(texts))


def cesis_taken_out(catalogue: Catalogue) -> Catalogue:
    return without(catalogue, [a for a in catalogue.adoptions.values() if a.place == CESIS])


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return small_catalogue(world())


@pytest.mark.parametrize(
    "mention",
    ["Tartu", "TARTU", "tartu", "Tartus", "Tartust", "tartulased", "Tartu's", "Tarto", "Narvie", "Dorpat", "Юрьеве",
     "Ii"],
)  # fmt: skip
def test_a_mention_is_hidden_in_every_form(mention: str) -> None:
    mask = NameMask(["Tartu", "Dorpat", "Юрьев", "Narva", "Ii"])
    assert (
        mask(f"It came to {mention}, later.").replace("the city", "*").replace("*'s", "*")
        == "It came to *, later."
    )


def test_a_name_in_several_words_is_hidden_word_by_word() -> None:
    hidden = NameMask(["Nowy Sącz"])("In Nowy Sącz; Nowym Saczu")
    assert hidden == "In the city the city; the city the city"


def test_other_words_stay_when_names_are_hidden() -> None:
    text = "They paid for ice and tarts in it, and rose at 5."
    assert NameMask(["Paide", "Tartu", "Ii", "Rosenheim"])(text) == text


def test_the_encoder_never_reads_the_name_of_a_city(catalogue: Catalogue) -> None:
    encoder = Recording()
    run(catalogue, encoder, *challenges(catalogue))
    read = " ".join(encoder.seen).lower()
    assert "gritting guided by sensors" in read
    assert not [name for name in ("cēsis", "cesi", "turku", "åbo", "tartu") if name in read]


def test_an_adoption_taken_out_leaves_no_trace(catalogue: Catalogue) -> None:
    reduced, never = cesis_taken_out(catalogue), small_catalogue(world_without_cesis())
    assert reduced.counts() == never.counts()
    assert reduced.needs == never.needs
    assert reduced.features == never.features
    assert reduced.adoptions == never.adoptions
    ours, theirs = AdopterModel(reduced, meaning(reduced)), AdopterModel(never, meaning(never))
    assert np.array_equal(ours.runs, theirs.runs)
    for part in WEIGHTS:
        assert np.array_equal(ours.parts[part], theirs.parts[part]), part
    known = AdopterModel(catalogue, meaning(catalogue))
    assert not np.array_equal(known.scores, ours.scores), "a model that knows the adoption differs"


def test_what_rests_on_another_practice_too_stays(catalogue: Catalogue) -> None:
    need = next(n for n in catalogue.needs.values() if n.need_of == CESIS)
    both = replace(need, derived_from=(*need.derived_from, f"{BASE}practice/robots"))
    reduced = cesis_taken_out(replace(catalogue, needs={**catalogue.needs, need.id: both}))
    assert need.id in reduced.needs
    assert need.id not in cesis_taken_out(catalogue).needs
    assert [n.need_of for n in reduced.needs.values()].count(TURKU) == 2, "others keep theirs"


def test_cities_that_run_a_practice_are_no_candidates_and_others_come_with_reasons(
    catalogue: Catalogue,
) -> None:
    model = AdopterModel(catalogue, meaning(catalogue))
    found = model.adopters(catalogue.practices[GRITTING])
    assert [slug(t.city) for t in found] == ["fi-oulu"]
    assert found[0].score == pytest.approx(sum(r.value * r.weight for r in found[0].reasons.values()))
    assert found[0].reasons["nearness"].value < 0.65, "another country"
    assert "snow" in found[0].reasons["needs"].fact.lower()
    assert {slug(t.practice) for t in model.for_city(catalogue.cities[CESIS])} == {"robots", "rain-gardens"}


def test_every_part_lies_between_zero_and_one(catalogue: Catalogue) -> None:
    parts = AdopterModel(catalogue, meaning(catalogue)).parts
    assert set(parts) == set(WEIGHTS)
    for name, part in parts.items():
        assert part.min() >= 0, name
        assert part.max() <= 1, name


def test_equal_cities_come_in_the_order_of_their_iris() -> None:
    data = small_datasets()
    twin = {"population": 50_000, "latitude": 60.0, "longitude": 20.0, "is_coastal": True, "has_port": True}
    data["cities"] += [city(name, name, "SE", **twin) for name in ("se-b", "se-a", "se-c")]
    catalogue = small_catalogue(data)
    model = AdopterModel(catalogue, meaning(catalogue))
    found = [slug(t.city) for t in model.adopters(catalogue.practices[GRITTING])]
    assert [name for name in found if name.startswith("se-")] == ["se-a", "se-b", "se-c"]


def test_a_field_that_is_missing_is_worth_neither_the_best_nor_the_worst() -> None:
    data = small_datasets()
    facts = {"population": 91_000, "latitude": 58.38, "longitude": 26.72}
    data["cities"] += [
        city("se-inland", "Inland", "SE", is_coastal=False, has_port=False, **facts),
        city("se-shore", "Shore", "SE", is_coastal=True, has_port=True, **facts),
        city("se-untold", "Untold", "SE", **facts),
        city("se-void", "Void", "SE"),
    ]
    catalogue = small_catalogue(data)
    model = AdopterModel(catalogue, meaning(catalogue))
    row = model.row[f"{BASE}practice/robots"]
    inland, shore, untold, void = (
        model.scores[row, model.column[f"{BASE}city/se-{name}"]]
        for name in ("inland", "shore", "untold", "void")
    )
    assert inland < untold < shore, "Oulu lies on the coast"
    assert np.isfinite(void)
    told = next(
        t for t in model.adopters(catalogue.practices[f"{BASE}practice/robots"]) if t.city.endswith("void")
    )
    assert [gap.split(":")[0] for gap in told.unknown] == [
        "needs",
        "structure",
        "structure",
        "nearness",
        "networks",
        "text",
    ]


@pytest.mark.parametrize(
    "weights", [{"needs": -1.0}, {"needs": float("nan")}, {"needs": 0.0}, {"luck": 1.0}, {}]
)
def test_bad_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        weighted({"needs": np.ones(2)}, weights)


def test_chance_is_the_expected_value_over_all_orders() -> None:
    everyone = np.ones(40, dtype=bool)
    harmonic = sum(1 / n for n in range(1, 41))
    assert outcome(np.zeros(40), 7, everyone) == pytest.approx([5 / 40, 20 / 40, harmonic / 40])
    few = np.arange(40) < 4
    assert outcome(np.zeros(40), 3, few) == pytest.approx([1, 1, (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4])


def test_a_place_counts_among_candidates_only_and_unknown_scores_come_last() -> None:
    scores = np.array([9.0, 5.0, np.nan, 7.0, 5.0])
    kept = np.array([False, True, True, True, True])
    assert outcome(scores, 3, kept)[2] == 1
    assert outcome(scores, 1, kept)[2] == pytest.approx((1 / 2 + 1 / 3) / 2), "two share ranks 2 and 3"
    assert outcome(scores, 2, kept)[2] == pytest.approx(1 / 4)


def test_transfers_are_adoptions_outside_the_first_place(catalogue: Catalogue) -> None:
    assert known_transfers(catalogue) == [(GRITTING, TURKU), (GRITTING, CESIS)]


def test_the_report_has_all_tables_and_is_the_same_again(catalogue: Catalogue) -> None:
    report = run(catalogue, HashingEncoder(), *challenges(catalogue))
    assert report == run(catalogue, HashingEncoder(), *challenges(catalogue))
    assert (report["pairs"], report["practices"], report["adopters"]) == (2, 1, 2)
    split = half(GRITTING)
    left = report["directions"]["cities"]["leave-one-out"]["all"][split]
    strict = report["directions"]["cities"]["first-adopter"]["all"][split]
    assert left["candidates"] == 2, "Oulu and the one looked for"
    assert strict["candidates"] == 3, "the other adopter is forgotten too"
    assert left["systems"]["chance"]["MRR"] == pytest.approx({"mean": 0.75, "low": 0.75, "high": 0.75})
    assert strict["systems"]["chance"]["MRR"]["mean"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert report["directions"]["practices"]["leave-one-out"]["base"][split]["pairs"] == 2


def test_cities_known_only_as_adopters_are_kept_apart() -> None:
    data = world()
    for row in data["cities"]:
        if row["id"] == "bgd:city/lv-cesis":
            del row["is_coastal"], row["has_port"]
    catalogue = small_catalogue(data)
    scopes = run(catalogue, HashingEncoder(), *challenges(catalogue))["directions"]["cities"]["first-adopter"]
    split = half(GRITTING)
    assert (scopes["all"][split]["pairs"], scopes["all"][split]["candidates"]) == (2, 3)
    assert (scopes["base"][split]["pairs"], scopes["base"][split]["candidates"]) == (1, 2)


def test_without_any_transfer_the_report_is_empty() -> None:
    data = small_datasets()
    data["adoptions"] = [row for row in data["adoptions"] if "replicated_from" not in row]
    catalogue = small_catalogue(data)
    report = run(catalogue, HashingEncoder(), *challenges(catalogue))
    assert (report["pairs"], report["directions"]) == (0, {})
    assert run(Catalogue(), HashingEncoder(), (), np.zeros((0, 0)))["directions"] == {}


def test_adoptions_replicated_from_each_other_do_no_harm(catalogue: Catalogue) -> None:
    adoptions = {a.place: a.id for a in catalogue.adoptions.values() if a.practice == GRITTING}
    turku, cesis = adoptions[TURKU], adoptions[CESIS]
    cyclic = {
        **catalogue.adoptions,
        turku: replace(catalogue.adoptions[turku], replicated_from=cesis),
        cesis: replace(catalogue.adoptions[cesis], replicated_from=turku),
    }
    round_about = replace(catalogue, adoptions=cyclic)
    straight, about = (run(c, HashingEncoder(), *challenges(c)) for c in (catalogue, round_about))
    assert straight == about
    assert cesis_taken_out(round_about).adoptions[turku].replicated_from is None
