"""Spreadsheets as people send them: thirty made-up practices, eight of them with a fault each, no two alike.

``python tests/spreadsheets.py FOLDER`` writes them as ``practices.xlsx`` and ``practices.csv``, to try ``bufgraph ingest`` on.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook

Row = dict[str, str | float]
COLUMNS: Final = (
    "id", "title", "city", "problem", "summary", "approach", "main_challenge", "subdomains", "outcome", "start_year", "end_year",
    "cost", "currency", "result", "result_metric", "result_value", "result_unit", "lesson", "source_url", "source_title", "updated",
)  # fmt: skip
CITIES: Final = (
    "Turku (FI)",
    "fi-oulu",
    "Tartu",
    "Rīga",
    "riga",
    "Gdańsk",
    "Malmö",
    "Århus",
    "Bergen",
    "Klaipėda",
)
_OUTCOMES: Final = ("Success", "mixed", "Onnistui", "too-early", "Failed")
_YEARS: Final[tuple[str | float, ...]] = (2019, "2019", "5.3.2019", "March 5, 2019", "2019-03-05")
_COSTS: Final[tuple[str | float, ...]] = (250000, "250 000", "250.000,50", "250'000", "€250,000")


def good_row(number: int) -> Row:
    """Return a row without faults; spellings differ from row to row."""
    cost = _COSTS[number % len(_COSTS)]
    return {
        "title": f"Warm bus stops {number}",
        "city": CITIES[number % len(CITIES)],
        "problem": "People wait for buses in wind and snow.",
        "summary": "Stops got heated benches; more people take the bus.",
        "approach": "Benches are heated by district heating when somebody sits on them.",
        "main_challenge": "car-dependence",
        "subdomains": "people-mobility; Public lighting",
        "outcome": _OUTCOMES[number % len(_OUTCOMES)],
        "start_year": _YEARS[number % len(_YEARS)],
        "cost": cost,
        "currency": "" if "€" in str(cost) else "eur",
        "result": f"Passengers went up by {number},5 %.",
        "result_metric": "Passengers",
        "result_value": f"{number},5",
        "result_unit": "%",
        "lesson": "Ask the drivers first.",
        "source_url": f"https://example.org/stops/{number}",
        "source_title": "Report on stops",
        "updated": "2024-03-05",
    }


FAULTS: Final[Mapping[int, tuple[str, Callable[[Row], str | float], str | float]]] = {
    3: ("city", lambda row: "Turkku", "Turku (FI)"),
    6: ("city", lambda row: "Fredrikshamn", "Hamina (FI)"),
    9: ("title", lambda row: '=HYPERLINK("https://example.org","Stops")', "Warm bus stops of the harbour"),
    12: ("cost", lambda row: -5000, 5000),
    15: ("problem", lambda row: "", "People wait in the rain."),
    18: ("summary", lambda row: "Stops <script>alert(1)</script>", "Stops got roofs."),
    21: ("end_year", lambda row: "2017", "2021"),
    24: ("main_challenge", lambda row: "car-dependance", "car-dependence"),
}
"""Row of the spreadsheet → (column at fault, what it says instead, how a person mends it)."""


def thirty_practices() -> list[Row]:
    """Return rows 2 to 31, eight of them with a fault."""
    rows = [good_row(number) for number in range(2, 32)]
    for number, (column, spoil, _) in FAULTS.items():
        rows[number - 2][column] = spoil(rows[number - 2])
    return rows


def write_workbook(
    path: Path, rows: Iterable[Mapping[str, str | float]], columns: Sequence[str] = COLUMNS
) -> Path:
    """Write rows as a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row.get(name) or None for name in columns])
    book.save(path)
    return path


def write_csv(
    path: Path,
    rows: Iterable[Mapping[str, str | float]],
    columns: Sequence[str] = COLUMNS,
    *,
    encoding: str = "utf-8",
    separator: str = ",",
) -> Path:
    """Write rows as delimited text."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return path


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_workbook(folder / "practices.xlsx", thirty_practices())
    write_csv(folder / "practices.csv", thirty_practices(), separator=";")
