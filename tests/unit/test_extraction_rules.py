"""Numbers, sums, quantities, years, organisations and outcomes as the rules read them, with their places."""

from decimal import Decimal

import pytest

from bufgraph.model import Organisation
from bufgraph_ingest.extraction.amounts import money, quantities, years
from bufgraph_ingest.extraction.numbers import number_value, numbers
from bufgraph_ingest.extraction.organisations import Organisations
from bufgraph_ingest.extraction.outcomes import outcomes
from bufgraph_ingest.extraction.proposals import Proposal, Span
from bufgraph_ingest.extraction.sentences import sentence_at
from bufgraph_ingest.extraction.vocabulary import flat


def values(found: list[Proposal]) -> list[str]:
    return [proposal.value for proposal in found]


@pytest.mark.parametrize(
    ("digits", "lang", "value"),
    [
        ("1,200", "en", "1200"), ("1.450", "de", "1450"), ("1.450", "en", "1.450"), ("12,5", "fi", "12.5"), ("3.9", "da", "3.9"),
        ("1 200 000", "et", "1200000"), ("1.200.000,50", "de", "1200000.50"), ("1,200,000.5", "sv", "1200000.5"), ("3,5", "en", "3.5"),
    ],
)  # fmt: skip
def test_digits_are_read_as_their_language_writes_them(digits: str, lang: str, value: str) -> None:
    assert number_value(digits, lang) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "lang", "country", "value"),
    [
        ("It cost EUR 1.2 million.", "en", "", "1200000 EUR"),
        ("It cost €18m.", "en", "", "18000000 EUR"),
        ("a bill of 640 000 € in all", "en", "", "640000 EUR"),
        ("11,8 Mio. Euro", "de", "", "11800000 EUR"),
        ("80 mio. kr.", "da", "", "80000000 DKK"),
        ("14 miljoner kronor", "sv", "", "14000000 SEK"),
        ("2.1 billion kroner", "en", "DK", "2100000000 DKK"),
        ("61,5 mln zł", "pl", "", "61500000 PLN"),
        ("1,9 miljonit eurot", "et", "", "1900000 EUR"),
    ],
)
def test_sums_have_an_amount_and_a_currency(text: str, lang: str, country: str, value: str) -> None:
    found = list(money(numbers(text, lang), text, lang, lambda _: country))
    assert values(found) == [value]


def test_crowns_of_an_unknown_country_are_not_guessed() -> None:
    text = "It cost 5 million kroner."
    assert list(money(numbers(text, "en"), text, "en", lambda _: "")) == []


def test_a_year_before_a_code_of_a_currency_stays_a_year() -> None:
    text = "In 2022 PLN 20 million went to 66 projects."
    found = numbers(text, "en")
    assert values(list(years(found, text))) == ["2022"]
    assert values(list(money(found, text, "en", lambda _: ""))) == ["20000000 PLN"]
    assert values(list(quantities(found, text))) == ["66 count"]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("It saved 1,700 MWh a year.", "en", ["1700 MWh"]),
        ("22,600 m³ of rainwater", "en", ["22600 m3"]),
        ("from 180 to 38 kWh/m²", "en", ["180 kWh/m2", "38 kWh/m2"]),
        ("eight electric buses", "en", ["8 count"]),
        ("two thirds of them within 18 months", "en", []),
        ("at 7 a.m. on 3 June", "en", []),
        ("35 procent", "sv", ["35 %"]),
        ("2018 m. atidarytas", "lt", []),
    ],
)
def test_quantities_have_a_unit_or_a_counted_thing(text: str, lang: str, expected: list[str]) -> None:
    assert values(list(quantities(numbers(text, lang), text))) == expected


def test_a_range_of_years_gives_both() -> None:
    assert values(list(years(numbers("in 2018-2020", "en"), "in 2018-2020"))) == ["2018", "2020"]


def test_offsets_are_those_of_the_text_even_with_letters_of_two_parts() -> None:
    text = "Ðe ŁÓDŹ ﬁnds İstanbul: 40 % for 2 m² cost 5 €"
    assert len(flat(text)) == len(text)
    found = [*quantities(numbers(text, "en"), text), *money(numbers(text, "en"), text, "en", lambda _: "")]
    assert [text[p.span.start : p.span.end] for p in found if p.span] == ["40 %", "2 m²", "5 €"]


def organisations(text: str) -> list[str]:
    known = [
        Organisation("https://x/org/hofor", "HOFOR", "bgs:helix/industry"),
        Organisation("https://x/org/kolumbus", "Kolumbus", "bgs:helix/industry"),
        Organisation("https://x/org/any", "Housing associations", "bgs:helix/industry", is_generic=True),
    ]
    found = Organisations(known).find(text, [])
    return [text[p.span.start : p.span.end] for p in found if p.span]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paid by HOFOR and others", ["HOFOR"]),
        ("tested by Kolumbus AS in spring", ["Kolumbus AS"]),
        ("The University of Tartu and the City of Tartu", ["University of Tartu", "City of Tartu"]),
        ("Riga City Council spent", ["Riga City Council"]),
        ("Savonlinnan kaupunki maksoi", ["Savonlinnan kaupunki"]),
        ("SIA „Jelgavas autobusu parks” brauc", ["SIA „Jelgavas autobusu parks”"]),
        ("Housing associations renovated blocks with LED lamps", []),
    ],
)
def test_organisations_are_known_or_say_what_they_are(text: str, expected: list[str]) -> None:
    assert organisations(text) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("The trial was stopped.", "en", ["stopped"]),
        ("It was not a success.", "en", []),
        ("It is too early to judge.", "en", ["too-early"]),
        ("Kokeilu lopetettiin.", "fi", ["stopped"]),
        ("Projektet misslyckades.", "sv", ["failed"]),
        ("The stop was moved.", "en", []),
    ],
)
def test_outcomes_rest_on_words(text: str, lang: str, expected: list[str]) -> None:
    assert values(outcomes(text, lang)) == expected


def test_a_value_is_shown_with_its_sentence() -> None:
    text = "Tartu began. It cost 5 €. It works."
    assert sentence_at(text, Span(21, 24)) == "It cost 5 €."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A" * 40_000, 0),
        ("A-" * 20_000, 0),
        ("1 " * 20_000, 0),
        ("Ab " * 13_000 + "AS", 1),
        ("12,345 " * 3_000 + "EUR", 3_000),
    ],
)
def test_a_text_made_to_hold_the_rules_up_is_read_as_any_other(text: str, found: int) -> None:
    """A rule that looked back at the whole text for each number or word would take minutes here."""
    read = numbers(text, "en")
    proposals = [
        *years(read, text), *money(read, text, "en", lambda _: ""), *quantities(read, text),
        *Organisations([]).find(text, []), *outcomes(text, "en"),
    ]  # fmt: skip
    assert len(proposals) == found
