"""Files as people send them: encodings, separators, quotes, merged cells, formulas, and files meant to do harm."""

import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from bufgraph.errors import InvalidInputError, TooLargeError
from bufgraph_ingest.tables.grid import BrokenRow, Limits
from bufgraph_ingest.tables.reading import TableReader, TableRow
from bufgraph_ingest.tables.sheets import NEEDS, PRACTICES

HEADER = "city;challenge;need"
ROW = "Turku;snow-and-ice-clearing;People fall."


def _csv(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "needs.csv") -> Path:
    path = folder / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def _reader(path: Path, limits: Limits | None = None, encoding: str = "") -> TableReader:
    return TableReader(path, NEEDS, limits or Limits(), encoding)


def _texts(path: Path) -> list[dict[str, str]]:
    return [
        {k: c.text for k, c in row.cells.items()} for row in _reader(path).rows() if isinstance(row, TableRow)
    ]


def _broken(path: Path, limits: Limits | None = None) -> dict[int, str]:
    return {row.number: row.reason for row in _reader(path, limits).rows() if isinstance(row, BrokenRow)}


# -- text


@pytest.mark.parametrize(
    ("encoding", "need"),
    [
        ("utf-8", "Жители падают, ļaudis krīt, ihmiset kaatuvat"),
        ("utf-8-sig", "Ljudzie padają na chodnikach"),
        ("utf-16", "Ihmisiä kaatuu jäätiköillä"),
        ("utf-16-le", "People fall on icy pavements"),
        ("utf-32", "Ļaudis krīt"),
        ("cp1252", "Äldre människor halkar på gångvägarna när det är för mycket snö på Åland"),
        ("cp1250", "Starsi mieszkańcy przewracają się zimą na chodnikach, których nikt nie odśnieża"),
        ("cp1257", "Iedzīvotāji krīt uz ielām, jo ziemā tās nekaisa ar smiltīm"),
        ("cp1257", "Žiemą gyventojai griūva ant šaligatvių, nes jų niekas nebarsto"),
        ("cp1252", "Vanhukset kaatuvat jäisillä jalkakäytävillä"),
        ("koi8_r", "Пожилые жители падают на тротуарах"),
        ("cp1251", "Пожилые жители падают на тротуарах зимой, потому что их не посыпают песком"),
    ],
)
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str, need: str) -> None:
    path = _csv(tmp_path, HEADER, f"Turku;snow;{need}", encoding=encoding)
    assert _texts(path) == [{"city": "Turku", "challenge": "snow", "need": need}]


def test_a_guessed_encoding_is_reported_and_can_be_named(tmp_path: Path) -> None:
    text = "Iedzīvotāji krīt uz ielām, jo ziemā tās nekaisa ar smiltīm"
    path = _csv(tmp_path, HEADER, f"Rīga;snow;{text}", encoding="cp1257")
    reader = _reader(path)
    list(reader.rows())
    assert "not UTF-8" in reader.notes[0]
    (row,) = _reader(path, encoding="cp1257").rows()
    assert isinstance(row, TableRow)
    assert row.get("need").text == text
    with pytest.raises(InvalidInputError, match="no encoding 'klingon'"):
        _reader(path, encoding="klingon")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(tmp_path: Path, separator: str) -> None:
    path = _csv(tmp_path, HEADER.replace(";", separator), ROW.replace(";", separator))
    assert _texts(path)[0]["challenge"] == "snow-and-ice-clearing"


def test_rows_are_numbered_as_a_spreadsheet_program_does(tmp_path: Path) -> None:
    path = _csv(
        tmp_path, "Needs of our city", "sep=;", HEADER, 'Turku;snow;"People\nfall; on ice"', "", ";;", ROW
    )
    rows = list(_reader(path).rows())
    assert [row.number for row in rows] == [4, 7]
    assert isinstance(rows[0], TableRow)
    assert rows[0].get("need").text == "People\nfall; on ice"


def test_a_row_with_another_separator_or_a_stray_quote_spoils_only_itself(tmp_path: Path) -> None:
    path = _csv(
        tmp_path, HEADER, ROW.replace(";", ","), 'Turku;snow;"People fall', ROW, "Turku;snow", ROW + ";;"
    )
    assert _broken(path) == {
        2: "the row is separated by commas, the header by semicolons",
        3: "a quote is not closed",
        5: "the row has 2 cells, the header 3",
    }
    assert len(_texts(path)) == 2


def test_bytes_that_are_no_letters_refuse_their_row_only(tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    bad = "Malmö;snow;Folk halkar".encode("cp1252")
    # The beginning of the file, which decides on the encoding, is UTF-8.
    filler = f"{ROW}{'x' * 1000}\n".encode() * 1100
    path.write_bytes(f"{HEADER}\nRīga;snow;krīt\n".encode() + filler + bad + f"\n{ROW}".encode())
    assert list(_broken(path).values()) == [
        "the row holds bytes that are no letters in the encoding of the file"
    ]


def test_a_line_of_many_megabytes_is_refused_without_being_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    with path.open("w") as file:
        file.write(f"{HEADER}\nTurku;snow;")
        for _ in range(60):
            file.write("x" * 2**20)
        file.write(f"\n{ROW}\n")
    tracemalloc.start()
    rows = list(_reader(path).rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(row) for row in rows] == [BrokenRow, TableRow]
    assert peak < 20 * 2**20


def test_an_open_quote_over_many_lines_is_given_up(tmp_path: Path) -> None:
    path = _csv(tmp_path, HEADER, 'Turku;snow;"People fall', *[ROW] * 700)
    assert _broken(path) == {2: "a quote is not closed"}
    assert len(_texts(path)) == 700


# -- header


def test_a_header_without_needed_columns_refuses_the_file_and_offers_close_names(tmp_path: Path) -> None:
    path = _csv(tmp_path, "city;chalenge;text", ROW)
    with pytest.raises(
        InvalidInputError, match=r"lacks challenge, need; unknown: 'chalenge' \(did you mean 'challenge'\?\)"
    ):
        _reader(path)


def test_unknown_columns_are_reported_and_not_read(tmp_path: Path) -> None:
    reader = _reader(_csv(tmp_path, f"{HEADER};Sourc title;mood", f"{ROW};A;b"))
    list(reader.rows())
    assert reader.notes == [
        "columns that are not known and were not read: 'sourc_title' (did you mean 'source_title'?), 'mood'"
    ]


def test_a_column_named_twice_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="names need twice"):
        _reader(_csv(tmp_path, f"{HEADER};need", f"{ROW};x"))


def test_the_header_may_be_spelled_freely(tmp_path: Path) -> None:
    assert _texts(_csv(tmp_path, "City *;CHALLENGE;Need;Source-Title", f"{ROW};A"))[0]["source_title"] == "A"


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "packed"),
        (b'{"a": 1}', "JSON"),
        (b"<html></html>", "HTML"),
        (b"a;b\x00\x01\x02\x00\x00", "binary"),
        (b"PK\x03\x04 broken off", "cut off or damaged"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "needs.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=match):
        _reader(path)


# -- workbooks


def _book(
    folder: Path, *rows: Sequence[object], merge: str = "", formats: dict[str, str] | None = None
) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["city", "challenge", "need", "status", "updated"])
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    for name, form in (formats or {}).items():
        sheet[name].number_format = form
    path = folder / "needs.xlsx"
    book.save(path)
    return path


def test_stored_values_are_written_so_that_they_have_one_reading(tmp_path: Path) -> None:
    day = datetime(2024, 3, 5, tzinfo=UTC).replace(tzinfo=None)
    path = _book(
        tmp_path, ["Turku", 2019.0, 0.43, True, day], ["Oulu", 1.234, None, None, None], formats={"C2": "0%"}
    )
    assert [list(row.values()) for row in _texts(path)] == [
        ["Turku", "2019", "43", "yes", "2024-03-05"],
        ["Oulu", "1.234", "", "", ""],
    ]


def test_formulas_errors_and_merged_cells_have_no_value(tmp_path: Path) -> None:
    path = _book(
        tmp_path, ["Turku", "=1+1", "#REF!"], ["Oulu", "snow", "x"], ["", "snow", "x"], merge="A3:A4"
    )
    rows = [row for row in _reader(path).rows() if isinstance(row, TableRow)]
    faults = [
        (row.number, name, cell.fault[0]) for row in rows for name, cell in row.cells.items() if cell.fault
    ]
    assert faults == [
        (2, "challenge", "the cell holds a formula"),
        (2, "need", "the cell holds the error #REF!"),
        (4, "city", "the cell is merged with A3; only row 3 has the value"),
    ]


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = _book(tmp_path, ["Turku", "snow", "x"])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InvalidInputError, match="cut off or damaged"):
        _reader(path)


def _replaced(path: Path, part: str, content: bytes) -> Path:
    """Write a workbook again with one part of it replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, old in parts.items():
            archive.writestr(name, content if name == part else old)
    return path


def test_a_workbook_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    path = _replaced(_book(tmp_path, ["Turku", "snow", "x"]), "xl/worksheets/sheet1.xml", b" " * 30 * 2**20)
    with pytest.raises(TooLargeError, match="unpacks to more"):
        _reader(path)


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    path = _replaced(_book(tmp_path, ["Turku", "snow", "x"]), "xl/worksheets/sheet1.xml", evil)
    with pytest.raises(InvalidInputError, match="document type or entities"):
        _reader(path)


def test_a_workbook_damaged_in_the_middle_gives_the_rows_before(tmp_path: Path) -> None:
    path = _book(tmp_path, *[["Turku", "snow", f"x{n}"] for n in range(20)])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    rows = list(_reader(_replaced(path, "xl/worksheets/sheet1.xml", sheet[: len(sheet) // 2])).rows())
    assert isinstance(rows[0], TableRow)
    assert isinstance(rows[-1], BrokenRow)
    assert "damaged from here on" in rows[-1].reason


def test_every_needed_column_of_practices_is_named_when_it_is_missing(tmp_path: Path) -> None:
    path = _csv(tmp_path, "title;city", "a;b")
    with pytest.raises(InvalidInputError, match="lacks problem, summary, approach, main_challenge, outcome"):
        TableReader(path, PRACTICES, Limits())
