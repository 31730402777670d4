"""The pages on one city, on several, and on a practice in a city, as a reader without JavaScript gets them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.settings import load_settings
from bufgraph_api.app import create_app
from builders import adoption, practice, result, town_datasets, write_datasets
from conftest import build

PAGES = (
    "/search?q=heavy+rain+floods+cellars&city=Turku",
    "/city/fi-turku",
    "/city/se-lund",
    "/city/fi-turku?weight_needs=5&weight_size=x",
    "/my-city",
    "/my-city?city=Tartuu",
    "/cities",
    "/cities?q=t",
    "/compare",
    "/compare?city=Turku&city=Tartu&city=Cesis&city=Oulu",
    "/compare?city=Turku",
    "/practice/rain-gardens",
    "/practice/rain-gardens?city=Turku",
    "/practice/salt-bins",
    "/blind-spots",
    "/blind-spots?by=challenge&by=size",
    "/pools",
    "/network",
    "/expert/winter-lab",
    "/about",
)


@pytest.fixture(scope="module")
def client(new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The towns, and a measured success of Turku in a subject in which no other city did anything."""
    towns = town_datasets()
    heat = practice("sea-heat", "Heat from the sea", "Heat comes from coal.", "fossil-district-heating", "fi-turku",
                    subdomain=["bgs:domain/renewable-energies"])  # fmt: skip
    measured = [result("sea-heat-01", baseline_value=20, baseline_year=2018, ref_year=2021)]
    towns["practices"] += [heat]
    towns["adoptions"] += [adoption("sea-heat", "fi-turku", "success", start_year=2019, result=measured)]
    datasets = write_datasets(tmp_path_factory.mktemp("towns") / "datasets", towns)
    (datasets / "lexicons").mkdir()
    settings = build(load_settings({}, home=new_home(), datasets=datasets))
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


class _Page(HTMLParser):
    """What a reader of the page, or her screen reader, holds on to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


def _text(answer_text: str) -> str:
    """Return the words of a page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer_text)).split())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/city/fi-turku", "Strengths"),
        ("/city/fi-turku", "What the city could teach Subjects in which"),
        ("/city/fi-turku", "3 practices of Turku are recorded. It works on"),
        ("/city/fi-turku", "Answer"),
        ("/city/ee-tartu", "What others solved What worked elsewhere"),
        ("/city/ee-voru", "Acting together Cities with a need in common"),
        ("/city/fi-turku?index=pleec", "Energy profile by PLEEC key fields"),
        ("/city/fi-turku?index=european-smart-cities-2007", "Nothing is recorded on Turku for this index"),
        ("/city/se-lund", "The number of residents is not recorded."),
        ("/city/se-lund", "No practice of Lund is recorded yet"),
        ("/compare", "Compare cities"),
        ("/compare?city=%C3%85bo&city=ee-tartu", "Turku and Tartu:"),
        ("/compare?city=Tartu&city=V%C3%B5ru", "All of them work on Snow and ice on streets and pavements"),
        ("/compare?city=Turku&city=Lund", "No practice is recorded yet."),
        ("/practice/rain-gardens", "What must be true for it"),
        ("/practice/rain-gardens", "Stated by the record: Step by step."),
        ("/practice/robots", "Without it: Do without port."),
        ("/practice/salt-bins", "No condition for a transfer is recorded."),
        ("/practice/salt-bins?city=Tartu", "Tartu: We do not know No condition for a transfer is recorded."),
        ("/practice/salt-bins", "It began in Võru in 2018."),
        ("/practice/salt-bins", "Cities likely to take it over"),
        ("/blind-spots", "A cell without a practice means that none is recorded"),
        ("/blind-spots?by=subdomain&by=size", "Small (under 50,000)"),
        ("/blind-spots?kind=no-practice", "All kinds of blind spots"),
        ("/pools", "Draft of a joint need statement"),
        ("/pools?city=Valga&challenge=snow-and-ice-clearing", "share a need"),
        ("/network", "Cities that others learned from"),
        ("/network", "Salt bins at stairs"),
        ("/expert/winter-lab", "Needs and cases it could help with"),
        ("/expert/snow-office", "2 of 2"),
        ("/about", "Who learned from whom"),
        ("/about", "(75% + 25% × fit to your city)"),
    ],
)
def test_a_page_shows_what_it_is_for(client: TestClient, path: str, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert words in _text(answer.text)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/compare?city=Turku", 400, "Name one more city"),
        ("/compare?city=Turku&city=%C3%85bo", 400, "at least two different cities"),
        ("/compare?city=&city=", 400, "at least two different cities"),
        ("/compare?city=Turku&city=Tartu&city=Oulu&city=Lund&city=Valga", 400, "You named 5 cities"),
        ("/compare?city=Turku&city=Tartuu", 404, "Do you mean one of these? Tartu , Estonia"),
        ("/compare?city=Turku&city=Tartu&index=x", 400, "Unknown index 'x'"),
        ("/city/fi-turku?index=x", 400, "Unknown index 'x'"),
        ("/city/fi-turku?weight_size=-1", 400, "must be a number from 0 up"),
        ("/city/fi-turku?weight_size=lots", 400, "The weight of 'size' is 'lots'"),
        ("/city/fi-turku?weight_size=0", 400, "All weights are zero"),
        ("/city/fi-turku?preset=x", 400, "Unknown preset 'x'"),
        ("/city/fi-turku?country=XX", 400, "Unknown country 'XX'"),
        ("/city/fi-turku?coastal=maybe", 400, "expected yes, no or nothing"),
        ("/practice/rain-gardens?city=Atlantis", 404, "We know no city called “Atlantis”."),
        ("/practice/rain-gardens?city=Turku&fact=magic:yes", 400, "Unknown context factor 'magic'"),
        ("/practice/rain-gardens?city=Turku&fact=coastal:maybe", 400, "expected yes or no"),
        ("/blind-spots?by=country&by=size", 400, "choose one of domain, subdomain, challenge"),
        ("/blind-spots?by=colour&by=country", 400, "choose one of domain, subdomain, challenge"),
        ("/blind-spots?kind=x", 400, "Unknown kind 'x'"),
        ("/pools?city=Atlantis", 404, "We know no city called 'Atlantis'"),
        ("/pools?challenge=x", 404, "There is no challenge 'x'"),
        ("/pools?min_cities=2", 400, "choose 3 to 12"),
        ("/pools?min_cities=many", 400, "expected a whole number"),
        ("/city/atlantis", 404, "There is no city called “atlantis”."),
    ],
)
def test_a_wrong_input_gets_its_page_with_what_to_do(
    client: TestClient, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert words in _text(answer.text)
    assert 'role="alert"' in answer.text


def test_a_wrong_city_stays_in_the_form_to_be_mended(client: TestClient) -> None:
    fields = _Page(client.get("/compare?city=Turku&city=Tartuu").text).all("input")
    assert [f.get("value") for f in fields if f.get("name") == "city"] == ["Turku", "Tartuu", "", ""]


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ([], "Oulu: We do not know"),
        (["combined-sewers:yes"], "Oulu: Fits"),
        (["combined-sewers:no"], "Oulu: Blocked"),
        (["combined-sewers:yes", "coastal=no"], "Oulu: Blocked"),
    ],
)
def test_what_an_official_says_changes_the_verdict(
    client: TestClient, facts: list[str], verdict: str
) -> None:
    answer = client.get("/practice/rain-gardens", params={"city": "Oulu", "fact": facts})
    badges = re.findall(
        r'<span class="badge verdict-[a-z-]+"><span [^>]+>.</span>(Oulu: [^<]+)</span>', answer.text
    )
    assert set(badges) == {verdict}


def test_a_verdict_tells_the_value_of_the_city_and_what_to_find_out(client: TestClient) -> None:
    page = client.get("/practice/rain-gardens?city=Oulu").text
    text = _text(page)
    assert "✓ yes The city has coastal." in text
    assert "? not known The city has combined-sewers." in text
    assert "Find out next:" in text
    assert '<a href="/city/fi-oulu">Oulu</a>' in page
    asked = {f["name"] for f in _Page(page).all("input") if f.get("type") == "radio"}
    assert asked == {"fact.combined-sewers"}, "only what is not known is asked"


def test_answers_move_into_an_address_that_can_be_shared(client: TestClient) -> None:
    params = {
        "city": "fi-turku",
        "fact": ["coastal:yes", "combined-sewers:yes"],
        "fact.combined-sewers": "no",
    }
    answer = client.get("/practice/rain-gardens", params=params, follow_redirects=False)
    assert answer.status_code == 303
    assert (
        answer.headers["location"]
        == "/practice/rain-gardens?city=fi-turku&fact=coastal%3Ayes&fact=combined-sewers%3Ano#fit"
    )
    params["fact.combined-sewers"] = ""
    taken_back = client.get("/practice/rain-gardens", params=params, follow_redirects=False)
    assert "combined-sewers" not in taken_back.headers["location"]


def test_a_solution_says_whether_it_fits_the_asking_city(client: TestClient) -> None:
    text = _text(client.get("/search?q=heavy+rain+floods+cellars&city=Oulu").text)
    assert "Oulu: We do not know" in text
    assert "? not known The city has combined-sewers." in text
    assert "× (75% + 25% × fit" in text
    assert "Oulu: " not in _text(client.get("/search?q=heavy+rain+floods+cellars").text)
    blocked = _text(client.get("/search?q=heavy+rain+floods+cellars&city=Cesis").text)
    assert "Cēsis: Blocked" in blocked
    assert "× 40%, for it is blocked" in blocked


def _similar(page: str) -> list[str]:
    return re.findall(r'name="city" value="([a-z-]+)" id="compare-', page)


def test_weights_and_filters_choose_who_is_similar(client: TestClient) -> None:
    def asked(**params: str) -> list[str]:
        return _similar(client.get("/city/fi-turku", params=params).text)

    assert asked(weight_country="1")[0] == "fi-oulu"
    assert set(asked(country="own")) == {"fi-oulu"}
    assert "fi-oulu" not in asked(country="!own")
    assert set(asked(coastal="yes")) == {"fi-oulu"}
    assert set(asked(country="own", coastal="no")) == set()
    assert "se-lund" not in asked(same_size="yes"), "a city of unknown size is of no size class"


def test_the_form_shows_the_weights_that_count(client: TestClient) -> None:
    def weights(query: str) -> dict[str, str | None]:
        fields = _Page(client.get(f"/city/fi-turku{query}").text).all("input")
        return {str(f["name"]): f.get("value") for f in fields if str(f.get("name")).startswith("weight_")}

    assert weights("")["weight_needs"] == "4.5"
    assert weights("?preset=problem")["weight_needs"] == "8"
    assert weights("?weight_size=7") == {
        "weight_needs": "0", "weight_profile": "0", "weight_size": "7", "weight_climate": "0", "weight_sea": "0", "weight_country": "0",
    }  # fmt: skip


def test_choosing_an_index_keeps_the_weights_and_filters(client: TestClient) -> None:
    page = client.get("/city/fi-turku?weight_size=7&country=own").text
    links = [unescape(link) for link in re.findall(r'href="(/city/fi-turku\?index=pleec[^"]*)"', page)]
    assert links == ["/city/fi-turku?index=pleec&weight_size=7&country=own#profile"]


def test_a_rank_comes_with_the_places_that_a_city_could_have(client: TestClient) -> None:
    assert re.search(r"rank 2, could be [12]–[2-9]", _text(client.get("/city/fi-turku").text))


def test_a_city_that_is_not_ranked_has_no_rank(client: TestClient) -> None:
    text = _text(client.get("/city/fi-turku").text)
    assert re.search(r"Overall Score [+−]\d\.\d Peers’ median [+−]?\d\.\d Rank no rank Known \d+% ", text)
    assert "Turku gets no rank:" in text


def test_a_chart_is_told_in_words_and_figures(client: TestClient) -> None:
    for path, names in (
        ("/city/fi-turku", ("Turku", "Median of")),
        ("/compare?city=Turku&city=Tartu", ("Turku", "Tartu")),
    ):
        text = client.get(path).text
        chart = next(svg for svg in _Page(text).all("svg") if svg.get("role") == "img")
        for part in str(chart["aria-labelledby"]).split():
            assert re.search(rf'<(title|desc) id="{part}">[^<]+<', text), path
        description = _text(re.findall(r"<desc.*?</desc>", text, re.DOTALL)[0])
        assert all(f"{name}" in description for name in names)
        assert re.search(r'<table class="(?:scores|side)"', text)


def test_a_city_that_nothing_is_known_of_has_no_chart(client: TestClient) -> None:
    page = client.get("/city/se-lund").text
    assert 'role="img" aria-labelledby' not in page
    assert "That says nothing about the city itself." in page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_neither_inline_script_nor_inline_style(client: TestClient, path: str) -> None:
    answer = client.get(path)
    page = _Page(answer.text)
    scripts = [
        attrs for tag, attrs in page.tags if tag == "script" and attrs.get("type") != "application/ld+json"
    ]
    assert all(str(s.get("src")).startswith("/static/") and s.get("integrity") for s in scripts)
    assert not page.all("style")
    assert [
        name for _, attrs in page.tags for name in attrs if name == "style" or name.startswith("on")
    ] == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_ear(client: TestClient, path: str) -> None:
    page = _Page(client.get(path).text)
    ids = Counter(attrs["id"] for _, attrs in page.tags if "id" in attrs)
    assert [name for name, count in ids.items() if count > 1] == []
    labelled = {attrs.get("for") for attrs in page.all("label")}
    fields = [f for f in page.all("input", "select", "textarea") if f.get("type") != "hidden"]
    assert [f for f in fields if f.get("id") not in labelled and "aria-label" not in f] == []
    described = [part for _, attrs in page.tags for part in str(attrs.get("aria-describedby") or "").split()]
    assert set(described) <= set(ids)
    assert all("scope" in cell for cell in page.all("th")), "every header cell says what it heads"
    assert len(page.all("h1")) == 1
    regions = [attrs for _, attrs in page.tags if attrs.get("role") == "region"]
    assert all(attrs.get("aria-label") or attrs.get("aria-labelledby") in ids for attrs in regions)


def test_what_a_user_types_is_never_rendered_as_markup(client: TestClient) -> None:
    typed = '"><b>x</b>'
    for path, params in (
        ("/compare", {"city": ["Turku", typed]}),
        ("/practice/rain-gardens", {"city": typed}),
        ("/practice/rain-gardens", {"city": "Turku", "fact": f"{typed}:yes"}),
        ("/city/fi-turku", {"weight_size": typed, "country": typed, "index": typed}),
        ("/blind-spots", {"by": typed, "kind": typed}),
        ("/pools", {"city": typed, "challenge": typed, "min_cities": typed}),
    ):
        assert "<b>x</b>" not in client.get(path, params=params).text, path


def test_every_link_of_the_new_pages_resolves(client: TestClient) -> None:
    """Of the same page in nine other languages one is followed; that all are there is for ``test_every_page.py``."""
    unfollowed = tuple(f"/{language}/" for language in INTERFACE_LANGUAGES if language not in ("en", "lv"))
    pages = [answer.text for answer in map(client.get, PAGES) if answer.status_code == 200]
    links = {unescape(link) for page in pages for link in re.findall(r'href="(/[^"#]*)', page)}
    paths = {link for link in links if not link.startswith(unfollowed)}
    broken = [path for path in sorted(paths) if client.get(path).status_code != 200]
    assert len(paths) > 60
    assert broken == []
