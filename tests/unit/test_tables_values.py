"""Cells as people write them: numbers, money, years, dates, addresses."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bufgraph_ingest.tables.values import CellError, Money, address, day, money, number, year, yes_no


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("-12,5 %", "-12.5"),
        ("−3", "-3"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234'567", "1234567"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
    ],
)
def test_a_number_is_read_whatever_parts_its_thousands_and_decimals(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.500", "1,500"])
def test_a_number_that_can_be_read_in_two_ways_is_refused_with_both(text: str) -> None:
    with pytest.raises(CellError, match="two ways") as caught:
        number(text)
    assert caught.value.remedy == "write 1500 or 1.5"


def test_a_stored_or_whole_number_has_one_reading() -> None:
    assert number("1.500", is_exact=True) == Decimal("1.500")
    assert number("1.500", is_whole=True) == Decimal(1500)


@pytest.mark.parametrize("text", ["abc", "12 34", "1,2,3", "2.5 million", "10-20", "~500", "1e5", ""])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="no number"):
        number(text)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("250 000", "250000", ""),
        ("€2.500", "2500", "EUR"),
        ("SEK 1.500,50", "1500.50", "SEK"),
        ("12 zł", "12", "PLN"),
        ("1 234 567 kr", "1234567", ""),
        ("kr. 12", "12", ""),
    ],
)
def test_an_amount_keeps_the_currency_that_it_names(text: str, amount: str, currency: str) -> None:
    assert money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize("text", ["2,5 mln EUR", "50 €/m2", "ca. 500 EUR", "EUR"])
def test_an_amount_with_other_words_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        money(text)


@pytest.mark.parametrize(
    "text",
    ["2024-03-05", "2024/3/5", "20240305", "05.03.2024", "5 March 2024", "March 5, 2024", "5. märts 2024", "5 marca 2024"],
)  # fmt: skip
def test_a_date_is_read_in_the_forms_of_the_region(text: str) -> None:
    assert day(text) == date(2024, 3, 5)


def test_slashes_are_read_where_the_numbers_leave_no_doubt() -> None:
    assert day("13/03/2024") == day("3/13/2024") == date(2024, 3, 13)
    with pytest.raises(CellError, match="two ways") as caught:
        day("05/03/2024")
    assert caught.value.remedy == "write 2024-03-05 or 2024-05-03"


@pytest.mark.parametrize("text", ["31.2.2024", "yesterday", "45356"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        day(text)


@pytest.mark.parametrize("text", ["2019", "2019.0", "5/3/2019", "01.05.2019"])
def test_a_year_may_be_a_date(text: str) -> None:
    assert year(text) == 2019


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (year, "19"), (year, "2019-2021"), (yes_no, "maybe"), (address, "www.example.org"), (address, "javascript:alert(1)"),
        (address, "https://user:secret@example.org/"), (address, "https://example.org/a b"),
    ],
)  # fmt: skip
def test_what_cannot_be_believed_is_refused_with_a_remedy(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(CellError) as caught:
        read(text)
    assert caught.value.remedy


def test_yes_and_no_are_known_in_other_languages() -> None:
    assert [yes_no(text) for text in ("Yes", "Kyllä", "ja", "tak", "nej", "нет")] == [True] * 4 + [False] * 2
