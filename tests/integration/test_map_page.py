"""Maps on pages, with and without the files from npm."""

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bufgraph.errors import MisconfiguredError
from bufgraph.namespaces import slug
from bufgraph.resources import checkout_root
from bufgraph.services.composition import open_build
from bufgraph.services.presentation import Presenter
from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from bufgraph_api.pages import vendored
from bufgraph_api.pages.city_maps import practice_map, problem_map, similar_map
from bufgraph_api.pages.place_map import MapPlace, map_of, sign_of
from made_up_packages import made_up_packages

HTML = {"Accept": "text/html"}
HELSINKI, SAPPORO = (24.94, 60.17), (141.35, 43.07)


@pytest.fixture(scope="module")
def client(shipped_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shipped_settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def present(shipped_settings: Settings) -> Presenter:
    build = open_build(shipped_settings)
    return Presenter(build.catalogue, build.evidence)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Files of others, made up."""
    folder = tmp_path / "vendor"
    vendored.install(made_up_packages(tmp_path / "node_modules"), folder)
    monkeypatch.setattr(vendored, "VENDOR", folder)
    return folder


def _signs(page: str) -> dict[str, str]:
    """Return address → what the map says of it."""
    drawing = page[page.index('<svg class="drawn"') : page.index("</svg>", page.index('<svg class="drawn"'))]
    return {
        address: unescape(title)
        for address, title in re.findall(r'<a href="([^"]+)"[^>]*><title>([^<]+)</title>', drawing)
    }


def test_every_city_with_records_is_a_link_on_the_map_or_named_beside_it(
    client: TestClient, present: Presenter
) -> None:
    page = client.get("/map", headers=HTML).text
    signs = _signs(page)
    beside = page[page.index("Not on this map") : page.index("</figcaption>")]
    for city in present.catalogue.cities.values():
        if present.catalogue.adoptions_by_place.get(city.id):
            assert f"/city/{city.slug}" in signs or f'"/city/{city.slug}"' in beside
    assert "Japan" in beside
    turku = signs["/city/fi-turku"]
    assert turku.startswith("Turku, Finland: ")
    assert (
        str(len(present.catalogue.adoptions_by_place["https://w3id.org/bufgraph/id/city/fi-turku"])) in turku
    )


def test_the_list_says_what_the_map_says(client: TestClient) -> None:
    page = client.get("/map", headers=HTML).text
    listed = page[page.index('id="list"') :]
    for address, said in _signs(page).items():
        entry = re.search(rf'<a href="{address}">[^<]+</a>(?: <small>([^<]*)</small>)?', listed)
        assert entry, address
        assert said.endswith(unescape(entry[1] or ""))


def test_a_filtered_map_shows_only_what_was_asked_for(client: TestClient, present: Presenter) -> None:
    page = client.get("/map", params={"outcome": "failed", "country": "FI"}, headers=HTML).text
    failed = {
        f"/city/{slug(a.place)}"
        for a in present.catalogue.adoptions.values()
        if slug(a.outcome) == "failed" and a.place in present.catalogue.cities and "/fi-" in a.place
    }
    assert failed
    assert set(_signs(page)) == failed
    assert "/practice/" in page[page.index('id="list"') :]


def test_a_domain_keeps_the_practices_below_it(client: TestClient) -> None:
    everything = _signs(client.get("/map", headers=HTML).text)
    some = _signs(client.get("/map", params={"domain": "transport-and-mobility"}, headers=HTML).text)
    assert 0 < len(some) < len(everything)


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"challenge": "no-such"}, 404, "no-such"),
        ({"domain": "no-such"}, 404, "no-such"),
        ({"country": "<b>"}, 400, "&lt;b&gt;"),
        ({"outcome": "great"}, 400, "great"),
    ],
)
def test_an_unknown_filter_is_told_and_everything_is_shown(
    client: TestClient, asked: dict[str, str], status: int, said: str
) -> None:
    page = client.get("/map", params=asked, headers=HTML)
    assert page.status_code == status
    assert said in page.text
    assert len(_signs(page.text)) > 100


def test_a_choice_without_records_says_so(client: TestClient) -> None:
    page = client.get("/map", params={"country": "JP", "outcome": "failed"}, headers=HTML)
    assert page.status_code == 200
    assert "Nothing is recorded for this choice." in page.text
    assert '<svg class="drawn"' not in page.text


def test_other_languages_lead_to_their_own_pages(client: TestClient) -> None:
    signs = _signs(client.get("/lv/map", headers=HTML).text)
    assert all(address.startswith("/lv/city/") for address in signs)
    assert "Somija" in signs["/lv/city/fi-turku"]


def test_without_the_files_from_npm_the_map_stands_still_over_the_sea(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(vendored, "VENDOR", tmp_path / "none")
    page = client.get("/map", headers=HTML).text
    assert len(_signs(page)) > 100
    assert "land.svg" not in page
    assert "map.js" not in page
    assert "Natural Earth" not in page


def test_with_them_coastlines_are_a_file_of_ours_and_the_script_finds_digests(client: TestClient) -> None:
    page = client.get("/map", headers=HTML).text
    land = re.search(r'<use class="land" href="([^"#]+)#land"', page)
    assert land
    answer = client.get(land[1])
    assert answer.headers["content-type"] == "image/svg+xml"
    assert 'id="land"' in answer.text
    for name in ("script", "region", "styles"):
        addresses = re.search(rf'data-{name}="([^"]+)"', page)
        digests = re.search(rf'data-{name}-integrity="([^"]+)"', page)
        assert addresses
        assert digests
        assert len(addresses[1].split()) == len(digests[1].split())
        assert all(client.get(address).status_code == 200 for address in addresses[1].split())


def test_what_is_installed_is_compressed_and_names_no_file_that_is_not_served(
    client: TestClient, installed: Path
) -> None:
    packed = client.get("/static/vendor/leaflet.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/static/vendor/leaflet.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == b"// leaflet"
    assert (installed / "leaflet.js.gz").is_file()


@pytest.mark.parametrize(
    "name", ["vendor.json", "leaflet.js.gz", "..%2Ficon.svg", "%2e%2e/icon.svg", "other.js"]
)
def test_nothing_else_is_served_from_the_folder(client: TestClient, name: str) -> None:
    assert client.get(f"/static/vendor/{name}").status_code == 404


def test_an_incomplete_package_installs_nothing(installed: Path) -> None:
    with pytest.raises(MisconfiguredError, match="make frontend"):
        vendored.install(installed / "nowhere", installed)
    assert vendored.vendored(*vendored.EDITOR) == ()


def test_the_lock_pins_digests_and_no_addresses() -> None:
    folder = (checkout_root() or Path()) / "api" / "frontend"
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: entry for name, entry in locked.items() if name}
    assert all(
        entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values()
    )
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_a_practice_is_shown_where_it_was_applied(present: Presenter) -> None:
    catalogue = present.catalogue
    practice = max(catalogue.adoptions_by_practice, key=lambda iri: len(catalogue.adoptions_by_practice[iri]))
    view = practice_map(present, practice)
    assert view
    cities = {a.place for a in catalogue.adoptions_by_practice[practice] if a.place in catalogue.cities}
    told = {place.href for place in view.outside} | {dot.place.href for dot in view.dots}
    assert {f"/city/{slug(iri)}" for iri in cities} <= told
    assert all(dot.place.said for dot in view.dots)


def test_the_city_that_asks_has_a_sign_of_its_own(present: Presenter) -> None:
    turku, tampere = (f"https://w3id.org/bufgraph/id/city/{name}" for name in ("fi-turku", "fi-tampere"))
    for view in (
        similar_map(present, turku, [{"id": tampere, "score": 0.5}]),
        problem_map(present, [{"id": tampere, "tried": [{"outcome": "success"}]}], turku),
    ):
        assert view
        assert {dot.place.name: dot.place.sign for dot in view.dots}["Turku"] == "here"
        assert next(iter(view.signs)) == "here"


@pytest.mark.parametrize(
    ("outcomes", "sign"),
    [
        ([], "none"),
        (["unknown", "too-early"], "open"),
        (["success", "unknown"], "success"),
        (["success", "failed"], "mixed"),
        (["mixed"], "mixed"),
        (["stopped", "failed"], "failed"),
    ],
)
def test_a_place_has_one_sign_for_all_that_was_tried(outcomes: list[str], sign: str) -> None:
    assert sign_of(outcomes) == sign


def test_places_off_the_map_are_told_and_a_map_of_none_is_no_map() -> None:
    here, far, nowhere = (
        MapPlace(name, f"/city/{name}", "FI", position)
        for name, position in (("here", HELSINKI), ("far", SAPPORO), ("nowhere", None))
    )
    view = map_of([here, far, nowhere])
    assert view
    assert [dot.place for dot in view.dots] == [here]
    assert view.outside == (far, nowhere)
    assert map_of([far, nowhere]) is None


def test_names_do_not_overlap() -> None:
    places = [MapPlace(f"Town {n}", f"/city/{n}", "FI", (24 + n / 10, 60.0), weight=n) for n in range(12)]
    view = map_of(places)
    assert view
    boxes = sorted(
        (name.x - (len(name.text) * 18 if name.anchor == "end" else 0), name.text)
        for name in view.names
        if not name.is_wide
    )
    assert boxes
    assert all(b[0] - a[0] >= len(a[1]) * 18 for a, b in pairwise(boxes))


@pytest.mark.parametrize(
    ("town", "other"), [((14.3, 50.4), (12.8, 50.7)), ((23.0, 50.4), (20.0, 51.9))], ids=["country", "town"]
)
def test_no_name_stands_in_the_scale(town: tuple[float, float], other: tuple[float, float]) -> None:
    """The middle of Czechia, or a town with a long name, lies at the lower right edge: it is not written there."""
    view = map_of(
        [MapPlace("Town by the sea", "/city/a", "PL", town, weight=1), MapPlace("B", "/city/b", "PL", other)]
    )
    assert view
    left, top = 980 - view.scale[1], view.height - 70
    towns = [(n.x if n.anchor == "end" else n.x + len(n.text) * 18, n.y) for n in view.names]
    countries = [(x + 80, y + 20) for _, x, y in view.countries]
    assert not [(x, y) for x, y in (*towns, *countries) if x > left and y > top]
