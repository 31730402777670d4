"""Names stand in the order of the alphabet of the reader's language."""

import random

import pytest

from bufgraph.localisation.alphabet import order_in
from bufgraph.localisation.tongue import Tongue
from bufgraph.services.presentation import Presenter
from bufgraph.services.speaking import tongue_of
from bufgraph_api.pages.city_names import suggested_names
from builders import small_catalogue, small_datasets


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("en", ["Aarhus", "Ähtäri", "Oslo", "Östersund", "Zürich"]),
        ("sv", ["Oslo", "Ystad", "Zürich", "Åbo", "Ängelholm", "Östersund"]),
        ("fi", ["Vaasa", "Ylivieska", "Zürich", "Ähtäri", "Äänekoski", "Örebro"]),
        ("da", ["Odense", "Zürich", "Ähtäri", "Ærøskøbing", "Øksnes", "Örebro", "Aabenraa", "Ålesund", "Aarhus"]),
        ("nb", ["Oslo", "Ærøskøbing", "Østre Toten", "Ålesund"]),
        ("et", ["Sillamäe", "Šiauliai", "Zürich", "Žagarė", "Tartu", "Võru", "Õru", "Ähtäri", "Örebro", "Ülenurme", "Ystad"]),
        ("lv", ["Cēsis", "Čakste", "Daugavpils", "Iecava", "Ystad", "Izmir", "Jelgava", "Ķegums", "Liepāja", "Ļaudona", "Ventspils"]),
        ("lt", ["Utena", "Vilnius", "Zarasai", "Žagarė"]),
        ("pl", ["Lublin", "Łeba", "Malbork", "Sopot", "Świnoujście", "Toruń", "Zakopane", "Źródła", "Żary"]),
        ("de", ["Lübeck", "Lucerne", "Oder", "Örebro", "Oslo"]),
        ("en", ["Bad 7", "Bad Doberan", "Bad-Ems", "Bada", "Łeba", "Lodz", "Минск"]),
    ],
)  # fmt: skip
def test_names_stand_in_the_order_of_the_alphabet(code: str, names: list[str]) -> None:
    mixed = random.Random(7).sample(names, len(names))
    assert sorted(mixed, key=order_in(code)) == names


def test_an_accent_decides_where_nothing_else_does() -> None:
    assert sorted(["Mēri", "Meri"], key=order_in("lv")) == ["Meri", "Mēri"]
    assert sorted(["A\u030arhus", "Zagreb"], key=order_in("sv")) == ["Zagreb", "A\u030arhus"], (
        "decomposed letters"
    )


def test_countries_stand_by_their_names_in_the_language_of_the_page() -> None:
    codes = ["AT", "DK", "PL"]
    assert sorted(codes, key=Tongue("da").country_order) == ["DK", "PL", "AT"], "Danmark, Polen, Østrig"
    assert sorted(codes, key=Tongue("de").country_order) == ["DK", "AT", "PL"], "Dänemark, Österreich, Polen"


def test_a_field_suggests_cities_by_the_alphabet_of_the_page() -> None:
    data = small_datasets()
    for city in data["cities"]:
        if city["id"].endswith("fi-turku"):
            city["pref_label"] = {**city["pref_label"], "sv": "Åbo"}
    catalogue = small_catalogue(data)

    def shown(code: str) -> list[str]:
        return [name for name, _ in suggested_names(Presenter(catalogue, {}, tongue_of(catalogue, code)))]

    assert shown("sv")[-1] == "Åbo"
    assert shown("en") == sorted(shown("en"))
