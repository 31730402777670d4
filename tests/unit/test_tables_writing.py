"""Templates and files of refused rows: what people open must be safe, helpful and readable again."""

import io
from pathlib import Path

import orjson
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from bufgraph.errors import InvalidInputError
from bufgraph.resources import ontology_dir
from bufgraph_ingest.port import Reject
from bufgraph_ingest.report import RunReport
from bufgraph_ingest.tables.columns import REJECT_COLUMNS, Sheet
from bufgraph_ingest.tables.grid import Limits
from bufgraph_ingest.tables.reading import TableReader, TableRow
from bufgraph_ingest.tables.rejects import rejects_table
from bufgraph_ingest.tables.sheets import NEEDS, PRACTICES, SHEETS
from bufgraph_ingest.tables.template import template
from bufgraph_ingest.tables.vocabulary import Vocabulary, read_vocabulary
from bufgraph_ingest.tables.writing import inert, to_csv


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    schemes = [scheme for sheet in SHEETS.values() for column in sheet.columns for scheme in column.schemes]
    return read_vocabulary(ontology_dir(), schemes)


def _read(content: bytes, path: Path, sheet: Sheet) -> TableReader:
    path.write_bytes(content)
    return TableReader(path, sheet, Limits())


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_template_is_read_and_its_example_is_not(
    tmp_path: Path, vocabulary: Vocabulary, sheet: Sheet, form: str
) -> None:
    reader = _read(template(sheet, form, vocabulary, ["Turku (FI)"]), tmp_path / f"t.{form}", sheet)
    assert list(reader.rows()) == []
    assert reader.notes == []


def test_a_template_explains_its_columns_and_offers_terms(vocabulary: Vocabulary) -> None:
    book = load_workbook(io.BytesIO(template(PRACTICES, "xlsx", vocabulary, ["Turku (FI)", "Oulu (FI)"])))
    sheet = book["practices"]
    names = [cell.value for cell in sheet[1]]
    assert names == [column.name for column in PRACTICES.columns]
    assert sheet.freeze_panes == "C2"
    assert sheet["A2"].value == "EXAMPLE"
    assert [cell.value for cell in book["Columns"]["A"]][1 : len(names) + 1] == names
    offered = {str(rule.sqref).split(":")[0][:-1] for rule in sheet.data_validations.dataValidation}
    letter = get_column_letter(names.index("outcome") + 1)
    assert letter in offered
    choices = {
        column[0].value: [cell.value for cell in column[1:] if cell.value]
        for column in book["Choices"].columns
    }
    assert choices["outcome"] == [slug for _, slug in vocabulary.labels["outcome"]]
    assert choices["city"] == ["Turku (FI)", "Oulu (FI)"]


def test_an_unknown_form_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(InvalidInputError, match="no form 'ods'"):
        template(NEEDS, "ods", vocabulary, [])


def test_no_column_of_a_sheet_is_one_of_the_refused_rows() -> None:
    assert not {column.name for sheet in SHEETS.values() for column in sheet.columns} & set(REJECT_COLUMNS)


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-a", "'-a"), ("\tx", "'\tx"), ("-12,5", "-12,5"), ("+3", "+3"), ("text", "text")],
)  # fmt: skip
def test_what_begins_like_a_formula_is_written_as_text(value: str, written: str) -> None:
    assert inert(value) == written


def test_a_number_is_written_so_that_it_has_one_reading() -> None:
    assert to_csv([[1.234, 1500.0, 12.5]]).decode("utf-8-sig") == "1.2340;1500;12.5\r\n"


def _rejects() -> list[Reject]:
    cells = {"city": "Turkku", "challenge": "=1+1", "need": "People fall."}
    content = orjson.dumps(cells).decode()
    return [
        Reject("f", 9, "", "", "a quote is not closed", 'Turku;"x', "", 'Turku;"x', "close it"),
        Reject(
            "f", 4, "", "need_of", "no place is called 'Turkku'", content, "city", "Turkku", "write turku"
        ),
        Reject("f", 4, "", "concern", "a formula", content, "challenge", "=1+1", "write the value"),
    ]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_refused_row_stands_once_with_all_that_is_wrong_and_is_read_again(
    tmp_path: Path, form: str
) -> None:
    reader = _read(rejects_table(_rejects(), NEEDS, "winter", form), tmp_path / f"rejects.{form}", NEEDS)
    (row,) = [row for row in reader.rows() if isinstance(row, TableRow)]
    assert reader.import_name == "winter"
    assert row.get("row").text == "4"
    assert row.get("column").text == "city; challenge"
    assert row.get("reason").text == "no place is called 'Turkku'; a formula"
    assert (row.get("city").text, row.get("challenge").text) == ("Turkku", "'=1+1")


def test_the_cells_at_fault_are_coloured_and_none_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(rejects_table(_rejects(), NEEDS, "winter", "xlsx")))
    coloured = [cell.coordinate for row in book["needs"].iter_rows() for cell in row if cell.fill.fill_type]
    assert coloured == ["H2", "I2"]
    assert not [cell for row in book["needs"].iter_rows() for cell in row if cell.data_type == "f"]


def test_the_page_of_a_run_escapes_what_came_from_the_file() -> None:
    reject = Reject("f", 4, "", "", "bad", "{}", "title", "<script>alert(1)</script>", "mend it")
    run = RunReport("w", "needs", "<b>.csv", "ab", "2024", 1.0, {"new": 1200}, {}, ["note"], [reject], {})
    page = run.html()
    assert "<script>" not in page
    assert "<b>.csv" not in page
    assert "1,200" in page
