"""Rows of a sheet: which cells are refused and why, and which records the good ones become."""

from typing import Any

import pytest

from bufgraph.resources import ontology_dir
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.tables.cells import RowParser
from bufgraph_ingest.tables.checks import together
from bufgraph_ingest.tables.columns import Sheet
from bufgraph_ingest.tables.grid import Cell
from bufgraph_ingest.tables.reading import TableRow
from bufgraph_ingest.tables.records import RowRecords, TwinError, make_records, slugify
from bufgraph_ingest.tables.sheets import ADOPTIONS, EXPERTS, NEEDS, PRACTICES, SHEETS
from bufgraph_ingest.tables.vocabulary import Vocabulary, read_vocabulary
from bufgraph_ingest.tables.world import World
from builders import city, codec, region, small_datasets
from spreadsheets import good_row


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    schemes = [scheme for sheet in SHEETS.values() for column in sheet.columns for scheme in column.schemes]
    return read_vocabulary(ontology_dir(), schemes)


@pytest.fixture(scope="module")
def world() -> World:
    data = small_datasets()
    data["cities"] += [city("se-holm", "Holm", "SE"), city("fi-holm", "Holm", "FI")]
    data["regions"] = [region("fi-coast", "The Finnish coast", "FI")]
    return World([RawRecord(n, f"{n}.jsonl", 1, r) for n, rows in data.items() for r in rows], codec())


ROWS: dict[str, dict[str, str]] = {
    "practices": {k: str(v) for k, v in good_row(2).items()} | {"city": "Turku"},
    "adoptions": {"practice": "gritting", "city": "Oulu", "outcome": "mixed", "source_title": "A letter"},
    "needs": {"city": "Turku", "challenge": "car-dependence", "need": "Too many cars.", "source_title": "A letter"},
    "experts": {"name": "Bus Lab", "helix": "University", "expertise": "people-mobility", "description": "Knows buses.",
                "source_url": "https://example.org/lab"},
}  # fmt: skip


def _row(sheet: Sheet, **changes: str | Cell) -> TableRow:
    cells = {**ROWS[sheet.kind], **changes}
    return TableRow(2, {k: v if isinstance(v, Cell) else Cell(v) for k, v in cells.items()})


@pytest.fixture(scope="module")
def faults_of(vocabulary: Vocabulary, world: World) -> Any:
    def find(sheet: Sheet, **changes: str | Cell) -> list[tuple[str, str, str]]:
        found = RowParser(sheet, vocabulary, world).parse(_row(sheet, **changes))
        return [(f.column, f.reason, f.remedy) for f in (*found.faults, *together(sheet, found.parts))]

    return find


@pytest.fixture(scope="module")
def records_of(vocabulary: Vocabulary, world: World) -> Any:
    def make(sheet: Sheet, **changes: str | Cell) -> RowRecords:
        found = RowParser(sheet, vocabulary, world).parse(_row(sheet, **changes))
        assert not found.faults
        return make_records(sheet.kind, 2, found.parts, {}, world)

    return make


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_good_row_has_no_fault(faults_of: Any, sheet: Sheet) -> None:
    assert faults_of(sheet) == []


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("city", "Turkku", "no place is called 'Turkku'"),
        ("city", "Holm", "the place 'Holm' is one of bgd:city/fi-holm, bgd:city/se-holm"),
        ("city", "bgd:city/xx-none", "there is no place <bgd:city/xx-none> in the data"),
        ("title", "=1+1", "the cell begins with '=', as a formula does; nothing is computed"),
        ("title", "@SUM(A1)", "the cell begins with '@', as a formula does; nothing is computed"),
        ("title", "'+cmd|' /C calc'!A0", "the cell begins with '+', as a formula does; nothing is computed"),
        ("title", "x" * 201, "the text has 201 characters"),
        ("summary", "a <b>bold</b> step", "the text holds HTML"),
        ("summary", "safe\u202etxt", "the cell holds invisible control characters"),
        ("lesson", "ask first.last@example.org", "the text holds the e-mail address first.last@example.org"),
        ("problem", "", "the cell is empty"),
        ("cost", "-5", "'-5' is negative"),
        ("cost", "9e15", "'9e15' is no number"),
        ("cost", "900000000000", "900000000000 is more than 100000000000, the most that is believed"),
        ("start_year", "1066", "1066 is less than 1900, the least that is believed"),
        ("start_year", "soon", "'soon' is no year"),
        ("result_value", "1.500", "'1.500' can be read in two ways"),
        ("result_value", "2024-05-03", "the cell holds the date 2024-05-03, which a spreadsheet program made of a number"),
        ("outcome", "great", "there is no outcome 'great'"),
        ("main_challenge", "cars", "there is no challenge 'cars'"),
        ("subdomains", "natural-resources-and-energy", "there is no subdomain 'natural-resources-and-energy'"),
        ("source_url", "example.org", "'example.org' is no web address"),
        ("updated", "05/03/2024", "'05/03/2024' can be read in two ways"),
        ("id", "Not An Id", "'Not An Id' is no identifier"),
        ("currency", "XYZ", "'XYZ' is none of the codes"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_believed_is_refused(
    faults_of: Any, column: str, text: str, reason: str
) -> None:
    faults = [fault for fault in faults_of(PRACTICES, **{column: text}) if fault[0] == column]
    assert [fault[1] for fault in faults] == [reason]
    assert faults[0][2]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"end_year": "2010"}, "end_year", "it ends before it starts in 2019"),
        ({"source_url": "", "source_title": ""}, "source_url", "the row names no source"),
        ({"source_supports_2": "all"}, "source_url_2", "the row names no source"),
        ({"result_metric": ""}, "result_metric", "the cell is empty, because the row has something of the result"),
        ({"obstacle": "Frost."}, "obstacle_barrier", "the cell is empty, because the row has something of the obstacle"),
        ({"currency": ""}, "cost", "the cost has no currency"),
        ({"cost": "5 SEK"}, "cost", "the cost is in SEK, the column currency says eur"),
        ({"challenges": "dark-winter-streets; cloudburst-flooding; grid-connection-queue"}, "challenges",
         "a practice has at most 3 challenges, the main one among them"),
        ({"condition": "x", "condition_factor": "port", "condition_essential": "no"}, "condition_change",
         "a condition that is not essential needs a change"),
        ({"condition": "x", "condition_factor": "population"}, "population_at_least",
         "a condition on the population needs a number of residents"),
        ({"condition": "x", "condition_factor": "port", "population_at_least": "5000"}, "population_at_least",
         "only a condition on the population has bounds"),
    ],
)  # fmt: skip
def test_cells_that_do_not_go_together_are_refused(
    faults_of: Any, changes: dict[str, str], column: str, reason: str
) -> None:
    assert [fault[:2] for fault in faults_of(PRACTICES, **changes)] == [(column, reason)]


def test_an_unknown_city_gets_close_names_and_an_unknown_term_close_terms(faults_of: Any) -> None:
    assert "did you mean turku" in faults_of(PRACTICES, city="Turkku")[0][2]
    assert "did you mean car-dependence" in faults_of(PRACTICES, main_challenge="car-dependance")[0][2]


def test_all_faults_of_a_row_are_told(faults_of: Any) -> None:
    faults = faults_of(PRACTICES, title="", city="Nowhere", cost="much")
    assert {fault[0] for fault in faults} == {"title", "city", "cost"}


def test_a_practice_becomes_the_records_of_the_datasets(records_of: Any) -> None:
    made = records_of(PRACTICES, challenges="dark-winter-streets")
    practice, adoption = made.records
    base = "warm-bus-stops-2-fi-turku"
    assert practice["id"] == f"bgd:practice/{base}"
    assert practice["challenge"] == ["bgs:challenge/car-dependence", "bgs:challenge/dark-winter-streets"]
    assert practice["subdomain"] == ["bgs:domain/people-mobility", "bgs:domain/public-lighting"]
    assert practice["confidence"] == "bgs:confidence/low"
    assert adoption["relation"] == "bgs:transfer-relation/origin"
    assert (adoption["start_year"], adoption["cost"], adoption["currency"]) == (2019, 250000.5, "EUR")
    (result,) = adoption["result"]
    assert (result["value"], result["method"]) == (2.5, "bgs:method/reported")
    (citation,) = practice["citation"]
    assert adoption["citation"] == result["supported_by"] == [citation["id"]]
    (document,) = made.documents
    assert citation["document"] == document["id"]
    assert document["page"] == "https://example.org/stops/2"


def test_the_same_row_gets_the_same_identifiers(records_of: Any) -> None:
    assert records_of(PRACTICES) == records_of(PRACTICES)
    assert records_of(PRACTICES, id="my-stops").identifier == "bgd:practice/my-stops"


def test_a_document_that_is_known_is_cited_and_not_made_again(records_of: Any) -> None:
    made = records_of(PRACTICES, source_url="https://example.org/")
    assert made.documents == ()
    assert made.records[0]["citation"][0]["document"] == "bgd:source/report"


def test_an_adoption_names_its_practice_by_title_and_its_place_by_region(records_of: Any) -> None:
    (adoption,) = records_of(ADOPTIONS, practice="Gritting guided by sensors", city="fi-coast").records
    assert adoption["id"] == "bgd:adoption/gritting--fi-coast"
    assert adoption["place"] == "bgd:region/fi-coast"


def test_what_the_data_hold_under_another_identifier_is_a_twin(records_of: Any) -> None:
    with pytest.raises(TwinError, match="bgd:adoption/gritting"):
        records_of(ADOPTIONS, city="Tartu")
    with pytest.raises(TwinError, match="bgd:org/winter-lab"):
        records_of(EXPERTS, name="winter lab", id="other-lab")


def test_a_need_is_stated_by_its_city_and_an_expert_is_an_organisation(
    records_of: Any, faults_of: Any
) -> None:
    (need,) = records_of(NEEDS).records
    assert need["id"] == "bgd:need/fi-turku--car-dependence--stated"
    assert need["need_status"] == "bgs:need-status/open"
    assert [fault[1] for fault in faults_of(NEEDS, city="The Finnish coast")] == [
        "'The Finnish coast' is a region"
    ]
    (expert,) = records_of(EXPERTS, languages="en; FI", accepts_requests="kyllä").records
    assert expert["type"] == ["Organization", "Expert"]
    assert (expert["language"], expert["accepts_requests"]) == (["en", "fi"], True)


def test_a_term_is_found_by_slug_or_label_in_any_language(vocabulary: Vocabulary) -> None:
    for text in (
        "success",
        "Success",
        "ONNISTUI",
        "bgs:outcome/success",
        "https://w3id.org/bufgraph/scheme/outcome/success",
    ):
        assert vocabulary.find(text, ["outcome"]) == "bgs:outcome/success"


def test_long_or_foreign_titles_keep_slugs_of_their_own() -> None:
    long = "warm stops " * 20
    assert slugify(long) != slugify(long + "again")
    assert len(slugify(long)) <= 80
    assert slugify("Тёплые остановки") != slugify("Тёплые дома")
