import pytest

from bufgraph.errors import InvalidInputError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.model import City
from bufgraph.namespaces import DEFAULT_BASE
from builders import city, codec, small_catalogue, small_datasets


def test_a_record_survives_the_way_through_rdf() -> None:
    catalogue = small_catalogue()
    turku = catalogue.city("fi-turku")
    assert turku.label == "Turku"
    assert turku.population == 195_000
    assert turku.latitude == 60.45
    assert turku.is_coastal is True
    assert turku.has_university is None
    assert turku.alt_label == ("Åbo",)


def test_nested_records_become_records_of_their_own() -> None:
    catalogue = small_catalogue()
    adoption = catalogue.adoptions_by_practice[catalogue.practice("gritting").id][0]
    result = catalogue.results[adoption.result[0]]
    assert (result.value, result.baseline_value, result.ref_year) == (12.5, 20.0, 2023)
    assert catalogue.documents[catalogue.citations[result.supported_by[0]].document].title == "A report"


@pytest.mark.parametrize("value", [0.1, 43, 1e-7, 18_500_000.0, -58.25])
def test_a_number_keeps_its_digits(value: float) -> None:
    store = OxigraphStore.memory()
    store.replace_graph(
        "urn:g", codec().to_json_ld([city("a", "A", "EE", latitude=value)]), "application/ld+json"
    )
    assert codec().read_catalogue(store).city("a").latitude == value


def test_a_missing_required_property_is_named() -> None:
    with pytest.raises(InvalidInputError, match=r"<urn:x> has no .*prefLabel, which a City needs"):
        codec().decode("urn:x", {}, City)


def test_the_base_of_identifiers_is_a_setting() -> None:
    from bufgraph.graph.codec import Codec

    own = Codec(codec().context, "https://example.org/id/")
    assert own.expand("bgd:city/fi-turku") == "https://example.org/id/city/fi-turku"


def test_adoptions_stand_with_the_first_place_first() -> None:
    catalogue = small_catalogue()
    places = [
        a.place.rsplit("/", 1)[-1] for a in catalogue.adoptions_by_practice[catalogue.practice("gritting").id]
    ]
    assert places == ["ee-tartu", "fi-turku"]


def test_derived_needs_say_that_they_are_derived() -> None:
    catalogue = small_catalogue()
    needs = catalogue.needs_by_city[catalogue.city("fi-turku").id]
    assert {need.concern.rsplit("/", 1)[-1] for need in needs} == {
        "cloudburst-flooding",
        "snow-and-ice-clearing",
    }
    assert all(need.need_status.endswith("need-status/derived") and need.derived_from for need in needs)


def test_rereading_what_changed_gives_what_reading_everything_gives() -> None:
    store = OxigraphStore.memory()
    rows = [row for group in small_datasets().values() for row in group]
    store.replace_graph("urn:all", codec().to_json_ld(rows), "application/ld+json")
    before = codec().read_catalogue(store)
    turku = next(row for row in rows if row["id"] == "bgd:city/fi-turku")
    rows.remove(turku)
    rows += [{**turku, "population": 200_000}, city("aa-first", "First", "EE")]
    rows = [row for row in rows if row["id"] != "bgd:adoption/rain-gardens"]
    store.replace_graph("urn:all", codec().to_json_ld(rows), "application/ld+json")
    changed = [
        f"{DEFAULT_BASE}{name}" for name in ("city/fi-turku", "city/aa-first", "adoption/rain-gardens")
    ]
    after = codec().reread(before, store, changed)
    assert after == codec().read_catalogue(store)
    assert list(after.cities) == sorted(after.cities)
    assert after.practices is before.practices


def test_rereading_an_alias_reads_what_stands_for_it() -> None:
    store = OxigraphStore.memory()
    one, other = city("ee-tartu", "Tartu", "EE"), city("ee-dorpat", "Dorpat", "EE", population=91_000)
    same = f"<{DEFAULT_BASE}city/ee-dorpat> <http://www.w3.org/2002/07/owl#sameAs> <{DEFAULT_BASE}city/ee-tartu> ."
    store.replace_graph("urn:same", same.encode(), "application/n-triples")
    store.replace_graph("urn:all", codec().to_json_ld([one, other]), "application/ld+json")
    before = codec().read_catalogue(store)
    assert before.city("ee-tartu").population == 91_000
    store.replace_graph(
        "urn:all", codec().to_json_ld([one, {**other, "population": 92_000}]), "application/ld+json"
    )
    after = codec().reread(before, store, [f"{DEFAULT_BASE}city/ee-dorpat"])
    assert after == codec().read_catalogue(store)
    assert after.city("ee-tartu").population == 92_000
