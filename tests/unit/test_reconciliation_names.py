"""Names that mean one thing, and names that only look like it."""

import pytest

from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph_ingest.reconciliation.cities import Cities
from bufgraph_ingest.reconciliation.comparing import Comparison
from bufgraph_ingest.reconciliation.meaning import close_meanings
from bufgraph_ingest.reconciliation.organisations import Organisations
from bufgraph_ingest.reconciliation.pairs import ASK, KEEP_APART, MERGE, THRESHOLDS, place_names
from bufgraph_ingest.reconciliation.places import forms_of, is_inflected
from bufgraph_ingest.reconciliation.practices import Practices
from bufgraph_ingest.reconciliation.spelling import plain
from bufgraph_ingest.reconciliation.things import Thing, thing
from builders import city, organisation

CITIES = [
    thing(city("fi-turku", "Turku", "FI", alt_label=["Åbo"], latitude=60.45, longitude=22.27)),
    thing(city("fi-lahti", "Lahti", "FI", latitude=60.98, longitude=25.66)),
    thing(city("lt-kaunas", "Kaunas", "LT", latitude=54.9, longitude=23.9)),
    thing(city("ee-tartu", "Tartu", "EE", latitude=58.38, longitude=26.73)),
    thing(city("se-gothenburg", "Gothenburg", "SE", alt_label=["Göteborg"])),
]


def place(name: str, country: str, **facts: object) -> Thing:
    return thing(city("imported", name, country, **facts))


def body(name: str, country: str = "", slug: str = "imported", **facts: object) -> Thing:
    return thing(organisation(slug, name, **({"country_code": country} if country else {}), **facts))


def compare_cities(left: Thing, right: Thing) -> Comparison:
    return Cities(CITIES).compare(left, right)


def compare_bodies(left: Thing, right: Thing) -> Comparison:
    known = [
        body(name, slug=f"known-{number}")
        for number, name in enumerate(
            [
                "University of Tartu",
                "City of Turku",
                "Tartu Energy Agency",
                "Turku Energia",
                "Lahti Energia",
                "Kaunas Water",
            ]
        )
    ]
    return Organisations(known, place_names(CITIES)).compare(left, right)


def verdict(kind: str, comparison: Comparison) -> str:
    return THRESHOLDS[kind].verdict(comparison.score)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Klaipėda", "klaipeda"),
        ("Mehr Demokratie e.V.", "mehr demokratie ev"),
        ("Aarhus Vand A/S", "aarhus vand as"),
        ("Каунас", "kaunas"),
        ("20 000 lamps", "20000 lamps"),
        ("", ""),
    ],
)
def test_a_name_is_brought_to_plain_letters(name: str, expected: str) -> None:
    assert plain(name) == expected


@pytest.mark.parametrize(
    ("name", "country", "form"),
    [("Turku", "FI", "turun"), ("Lahti", "FI", "lahden"), ("Helsinki", "FI", "helsingin"), ("Kaunas", "LT", "kauno"),
     ("Tukums", "LV", "tukuma"), ("Lund", "SE", "lunds"), ("Tampere", "FI", "tampereen")],
)  # fmt: skip
def test_genitives_of_places_are_known(name: str, country: str, form: str) -> None:
    assert form in forms_of(name, country) or is_inflected(form, plain(name))


@pytest.mark.parametrize(
    ("left", "right"), [("valga", "valka"), ("viimsi", "vihti"), ("karlstad", "karlskrona")]
)
def test_two_towns_are_not_two_cases_of_one_name(left: str, right: str) -> None:
    assert not is_inflected(left, right)


@pytest.mark.parametrize(
    "name", ["Åbo", "TURKU", "Turun kaupunki", "Turku (Åbo)", "City of Turku", "Åbo stad"]
)
def test_one_city_under_many_names_is_one(name: str) -> None:
    assert (
        verdict("cities", compare_cities(CITIES[0], place(name, "FI", latitude=60.46, longitude=22.3)))
        == MERGE
    )


def test_a_city_in_another_country_is_another_city() -> None:
    found = compare_cities(CITIES[0], place("Turku", "PL", latitude=52.0, longitude=18.5))

    assert verdict("cities", found) == KEEP_APART
    assert "different countries" in found.reasons[-1]


def test_two_cities_of_one_name_far_apart_are_two() -> None:
    found = compare_cities(CITIES[0], place("Turku", "FI", latitude=64.0, longitude=25.0))

    assert verdict("cities", found) == KEEP_APART


def test_a_name_that_two_known_cities_bear_is_asked_about_without_coordinates() -> None:
    twins = [place("Nykøbing", "DK", alt_label=["N"]), thing(city("dk-other", "Nykøbing", "DK"))]

    found = Cities(twins).compare(twins[0], thing(city("new", "Nykøbing", "DK")))

    assert verdict("cities", found) == ASK


@pytest.mark.parametrize("name", ["Tartu vald", "Tartumaa", "Tartu maakond"])
def test_a_district_or_county_is_never_merged_with_its_town(name: str) -> None:
    assert (
        verdict("cities", compare_cities(CITIES[3], place(name, "EE", latitude=58.4, longitude=26.8)))
        != MERGE
    )


def test_a_shared_identifier_decides_whatever_the_names() -> None:
    left = place("Åbo", "FI", exact_match=["geonames:633679/"])
    right = place("Something else", "FI", exact_match=["https://sws.geonames.org/633679/"])

    assert compare_cities(left, right).score == 1.0


def test_two_identifiers_of_one_scheme_are_asked_about_even_where_names_agree() -> None:
    left = place("Turku", "FI", exact_match=["geonames:1/"], latitude=60.45, longitude=22.27)
    right = place("Turku", "FI", exact_match=["geonames:2/"], latitude=60.45, longitude=22.27)

    assert verdict("cities", compare_cities(left, right)) == ASK


@pytest.mark.parametrize(
    ("left", "right", "country"),
    [
        ("Ringo Eco", "Ringo Eco OÜ", "EE"),
        ("Rīgas satiksme", 'SIA "Rigas Satiksme"', "LV"),
        ("Mehr Demokratie", "Mehr Demokratie e.V.", "DE"),
        ("City of Turku", "Turun kaupunki", "FI"),
        ("City of Turku", "Åbo stad", "FI"),
        ("City of Gothenburg", "Göteborgs Stad", "SE"),
        ("City of Kaunas", "Kauno miesto savivaldybė", "LT"),
        ("University of Tartu", "Tartu Ülikool", "EE"),
        ("Technical University of Denmark (DTU)", "Technical University of Denmark", "DK"),
        ("Finnish Environment Institute SYKE", "Finnish Environment Institute", "FI"),
    ],
)
def test_one_organisation_under_two_names_is_one(left: str, right: str, country: str) -> None:
    assert (
        verdict("organisations", compare_bodies(body(left, country), body(right, country, "other"))) == MERGE
    )


@pytest.mark.parametrize(
    ("left", "right", "country"),
    [
        ("University of Tartu", "University of Turku", ""),
        ("City of Kaunas", "Kauno rajono savivaldybė", "LT"),
        ("City of Turku", "City of Turku, Environment Division", "FI"),
        ("Turku Energia", "Lahti Energia", "FI"),
        ("Kaunas 2022", "Kaunas 2023", "LT"),
        ("Swedish Energy Agency", "Danish Energy Agency", ""),
        ("University of Turku", "Turku University of Applied Sciences", "FI"),
        ("Gate 21", "DOLL Living Lab (Gate 21)", "DK"),
        ("Telia", "Telia Lietuva", ""),
        ("City of Turku", "City of Turku (public libraries)", "FI"),
    ],
)
def test_organisations_that_only_look_alike_are_not_merged(left: str, right: str, country: str) -> None:
    assert (
        verdict("organisations", compare_bodies(body(left, country), body(right, country, "other"))) != MERGE
    )


def test_a_shared_home_page_joins_names_that_agree_in_part() -> None:
    left = body("RISE Research Institutes of Sweden", "SE", homepage="https://www.ri.se/en")
    right = body("RISE", "SE", "other", homepage="http://ri.se")

    assert verdict("organisations", compare_bodies(left, right)) == MERGE


def test_a_home_page_on_a_host_of_many_says_nothing() -> None:
    assert body("A", homepage="https://www.facebook.com/a").host == ""


def test_a_kind_of_organisation_is_never_merged() -> None:
    found = compare_bodies(
        body("Housing associations", is_generic=True), body("Housing associations", slug="other")
    )

    assert verdict("organisations", found) == KEEP_APART


def practice(title: str, origin: str, slug: str = "imported", **facts: object) -> Thing:
    return thing(
        {"id": f"bgd:practice/{slug}", "type": "GoodPractice", "title": title, "origin": origin, **facts}
    )


def test_the_same_title_in_another_town_is_a_transfer_and_no_duplicate() -> None:
    left, right = (
        practice("Free buses for all", "bgd:city/a"),
        practice("Free buses for all", "bgd:city/b", "other"),
    )

    assert verdict("practices", Practices([left]).compare(left, right)) == KEEP_APART


def test_the_same_title_in_the_same_town_is_one_practice() -> None:
    left, right = (
        practice("Free buses for all", "bgd:city/a"),
        practice("Free buses, for all!", "bgd:city/a", "other"),
    )

    assert verdict("practices", Practices([left]).compare(left, right)) == MERGE


def test_one_page_may_tell_of_two_practices() -> None:
    cited = [{"id": "bgd:citation/1", "type": "Citation", "document": "bgd:source/page"}]
    left = practice("Kitchen bins for food waste", "bgd:city/a", citation=cited)
    right = practice("Repair cafés in every district", "bgd:city/a", "other", citation=cited)

    assert verdict("practices", Practices([left, right]).compare(left, right)) != MERGE


def test_texts_that_mean_the_same_are_asked_about() -> None:
    left, right = practice("Free buses", "bgd:city/a"), practice("No fares on trams", "bgd:city/a", "other")

    found = Practices([left, right], {(left.id, right.id): 0.9}).compare(left, right)

    assert verdict("practices", found) == ASK
    assert "cosine" in found.reasons[-1]


def test_texts_of_one_town_are_compared_by_meaning() -> None:
    left = practice("Free buses", "bgd:city/a", summary="Nobody pays a fare any more.")
    right = practice("Free buses", "bgd:city/a", "other", summary="Nobody pays a fare any more.")
    elsewhere = practice("Free buses", "bgd:city/b", "elsewhere", summary="Nobody pays a fare any more.")

    assert list(close_meanings([left, right, elsewhere], HashingEncoder())) == [(0, 1)]
