"""Spreadsheets to fill in: headers, help, lists to choose from and one example."""

import io
from collections.abc import Mapping, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.tables.columns import EXAMPLE, Column, Kind, Sheet
from bufgraph_ingest.tables.vocabulary import Vocabulary
from bufgraph_ingest.tables.writing import FORMS, HEADER_FONT, to_csv

_ROWS: Final = 2_000  # that the lists to choose from are offered in
_WIDTH: Final = 22
_HELP_WIDTHS: Final = (24, 10, 18, 60, 32, 60)
_REQUIRED: Final = PatternFill("solid", fgColor="FFF2CC")
_EXAMPLE_FONT: Final = Font(italic=True, color="808080")
_LONGEST_TOLD: Final = 12


def template(sheet: Sheet, form: str, vocabulary: Vocabulary, cities: Sequence[str]) -> bytes:
    """Return the empty spreadsheet of a kind, with an example that is not read.

    Args:
        form: ``xlsx`` or ``csv``; a CSV has neither help nor lists.
        cities: Names to choose from.

    Raises:
        InvalidInputError: There is no such form.
    """
    if form not in FORMS:
        raise InvalidInputError(f"there is no form '{form}'; choose from {', '.join(FORMS)}", field="form")
    names = [column.name for column in sheet.columns]
    example = [EXAMPLE, *(column.example for column in sheet.columns[1:])]
    if form == "csv":
        return to_csv([names, example])
    book = Workbook()
    rows = book.active
    assert isinstance(rows, Worksheet)
    rows.title = sheet.kind
    _fill_rows(rows, sheet, example)
    _fill_help(book.create_sheet("Columns"), sheet, vocabulary)
    _offer(rows, book.create_sheet("Choices"), sheet, _choices(sheet, vocabulary, cities))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill_rows(rows: Worksheet, sheet: Sheet, example: Sequence[str]) -> None:
    rows.append([column.name for column in sheet.columns])
    rows.append(list(example))
    rows.freeze_panes = "C2"
    for position, column in enumerate(sheet.columns, 1):
        head = rows.cell(1, position)
        head.font = HEADER_FONT
        if column.required and column.part not in sheet.optional:
            head.fill = _REQUIRED
        rows.cell(2, position).font = _EXAMPLE_FONT
        rows.column_dimensions[get_column_letter(position)].width = _WIDTH


def _fill_help(told: Worksheet, sheet: Sheet, vocabulary: Vocabulary) -> None:
    told.append(["column", "needed", "what", "help", "example", "may be"])
    for column in sheet.columns:
        told.append(
            [
                column.name,
                _need(column, sheet),
                column.kind.value,
                column.help,
                column.example,
                _may_be(column, vocabulary),
            ]
        )
    told.append([])
    told.append(
        [f"A row with {EXAMPLE} in its first cell is not read. Columns that are not needed may be taken out."]
    )
    told.append(["No persons, no e-mail addresses, no formulas, no merged cells. Texts are in English."])
    told.freeze_panes = "A2"
    for position, width in enumerate(_HELP_WIDTHS, 1):
        told.cell(1, position).font = HEADER_FONT
        told.column_dimensions[get_column_letter(position)].width = width
    for cells in told.iter_rows(min_row=2, max_row=len(sheet.columns) + 1):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _need(column: Column, sheet: Sheet) -> str:
    if not column.required:
        return ""
    return f"with {column.part}" if column.part in sheet.optional else "yes"


def _may_be(column: Column, vocabulary: Vocabulary) -> str:
    slugs = [slug for scheme in column.schemes for _, slug in vocabulary.labels[scheme]] or list(column.codes)
    if len(slugs) > _LONGEST_TOLD:
        return "see the sheet 'Choices'"
    return "; ".join(slugs)


def _choices(sheet: Sheet, vocabulary: Vocabulary, cities: Sequence[str]) -> dict[str, list[str]]:
    """Return what each column with a list offers, by name; lists that several columns share are repeated."""
    found: dict[str, list[str]] = {}
    for column in sheet.columns:
        if column.kind is Kind.CONCEPT:
            found[column.name] = [slug for scheme in column.schemes for _, slug in vocabulary.labels[scheme]]
        elif column.kind in (Kind.CITY, Kind.PLACE):
            found[column.name] = list(cities)
        elif column.kind is Kind.CODE:
            found[column.name] = list(column.codes)
        elif column.kind is Kind.YES_NO:
            found[column.name] = ["yes", "no"]
    return found


def _offer(rows: Worksheet, lists: Worksheet, sheet: Sheet, choices: Mapping[str, Sequence[str]]) -> None:
    positions = {column.name: position for position, column in enumerate(sheet.columns, 1)}
    for place, (name, offered) in enumerate(choices.items(), 1):
        lists.cell(1, place, name).font = HEADER_FONT
        for number, choice in enumerate(offered, 2):
            lists.cell(number, place, choice)
        if not offered:
            continue
        column = get_column_letter(place)
        rule = DataValidation("list", f"Choices!${column}$2:${column}${len(offered) + 1}", allow_blank=True)
        rule.showErrorMessage = (
            False  # labels in other languages, and several terms in one cell, are right too
        )
        letter = get_column_letter(positions[name])
        rule.add(f"{letter}2:{letter}{_ROWS}")
        rows.add_data_validation(rule)
    for column_ in sheet.columns:
        if column_.kind is Kind.YEAR:
            years = DataValidation(
                "whole", operator="between", formula1="1900", formula2="2100", allow_blank=True
            )
            years.errorTitle, years.error = "No year", "Write four digits, such as 2019."
            letter = get_column_letter(positions[column_.name])
            years.add(f"{letter}2:{letter}{_ROWS}")
            rows.add_data_validation(years)
