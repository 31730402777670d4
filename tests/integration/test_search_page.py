"""Journey "I have a problem", as a reader without JavaScript gets it: the front page, the answers, and what helps onward."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from page_text import links, words

SNOW = "icy pavements in winter"


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


def cards(page: str) -> list[str]:
    return re.findall(r'id="s-([a-z-]+)"', page)


# -- front page ---------------------------------------------------------------------------------------


def test_the_front_page_asks_one_question_and_shows_four_ways(client: TestClient) -> None:
    page = client.get("/").text
    assert page.count("<h1") == 1
    assert 'action="/search"' in page
    for href in ("#q", "/my-city", "/know", "/research"):
        assert f'<h3><a href="{href}">' in page
    assert "failed, stopped or came out mixed" in page


def test_an_address_of_old_is_sent_on_to_its_answer(client: TestClient) -> None:
    answer = client.get(
        "/", params={"q": SNOW, "city": "Tartu", "without": ["a", "b"]}, follow_redirects=False
    )
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert target.path == "/search"
    assert parse_qsl(target.query) == [("q", SNOW), ("city", "Tartu"), ("without", "a"), ("without", "b")]
    assert client.get("/lv/?q=sniegs", follow_redirects=False).headers["location"].startswith("/lv/search?")


# -- answers ------------------------------------------------------------------------------------------


def test_an_answer_has_solutions_cities_setbacks_and_who_knows_more(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW}).text
    assert cards(page)[0] == "gritting"
    for part in ("solutions", "setbacks", "cities-with", "experts"):
        assert f'href="#{part}"' in page, "a phone gets a list of the parts first"
        assert f'id="{part}"' in page
    assert re.search(r'id="count"[^>]*role="status">\s*\d+ solutions?<', page)


def test_how_the_text_was_understood_can_be_corrected_and_undone(client: TestClient) -> None:
    page = client.get("/search", params={"q": "snow and ice on streets in Tartu"}).text
    assert links(page, "without=snow-and-ice-clearing")
    assert links(page, "without=ee-tartu")
    mended = client.get(links(page, "without=snow-and-ice-clearing")[0]).text
    assert "Undo corrections" in mended
    assert not re.search(r'class="chip"><a href="/challenge/snow-and-ice-clearing"', mended)
    added = client.get("/search", params={"q": "snow", "also": "storm-power-cuts"}).text
    assert re.search(r'class="chip"><a href="/challenge/storm-power-cuts"', added)


def test_without_a_city_the_page_asks_for_it_and_keeps_the_rest(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW, "outcome": "success", "pick": "gritting"}).text
    form = page[page.index('class="panel ask-city"') :]
    form = form[: form.index("</form>")]
    for name, value in (("q", SNOW), ("outcome", "success"), ("pick", "gritting")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert "verdict-" not in page


def test_with_a_city_each_card_has_its_verdict_and_the_reason(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW, "city": "cesis"}).text
    assert "seen from Cēsis" in words(page)
    assert "ask-city" not in page
    for card in page.split('class="card solution"')[1:]:
        assert re.search(r'class="fit-line"><span class="badge verdict-[a-z-]+">', card)


def test_a_text_that_names_its_town_asks_for_it(client: TestClient) -> None:
    assert "seen from Tartu" in words(client.get("/search", params={"q": "icy pavements in Tartu"}).text)


@pytest.mark.parametrize("order", ["", "best", "proven", "recent", "nonsense"])
def test_the_order_changes_nothing_but_the_order(client: TestClient, order: str) -> None:
    plain = cards(client.get("/search", params={"q": SNOW}).text)
    answer = client.get("/search", params={"q": SNOW, "sort": order})
    assert answer.status_code == 200
    assert sorted(cards(answer.text)) == sorted(plain)


def test_a_filter_leaves_as_many_solutions_as_it_said(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW}).text
    for value, count in re.findall(r'<option value="(success|mixed|failed)">[^<]* \((\d+)\)<', page):
        narrowed = client.get("/search", params={"q": SNOW, "outcome": value}).text
        assert f">{count} solution" in narrowed
        assert links(narrowed, "/search?")


def test_an_active_filter_is_a_chip_that_goes_away(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW, "outcome": "success", "min_level": "1"}).text
    assert 'aria-label="Remove: Outcome: Worked"' in page
    assert 'aria-label="Remove: Evidence at least 1 of 5"' in page
    chip = page[page.index("Outcome: Worked <a") :]
    assert "outcome=" not in links(chip, "/search?")[0]


# -- nothing found ------------------------------------------------------------------------------------


def test_no_result_says_which_condition_to_drop_and_what_that_gives(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW, "outcome": "success", "cost_to": "1"}).text
    text = words(page)
    assert "No solution in the data passes all of this." in text
    assert re.search(r"Without “Costs at most 1 euro” : [1-9]\d* solution", text)
    assert "Show all solutions" in text
    assert links(page, "/challenge/")
    assert links(page, "/blind-spots")
    without = next(href for href in links(page, "outcome=success") if "cost_to" not in href)
    assert cards(client.get(without).text)


def test_a_text_that_nobody_can_read_gets_help_instead_of_chance_hits(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "xqzt wvvk"})
    text = words(answer.text)
    assert answer.status_code == 200
    assert "We could not read this text" in text
    assert not cards(answer.text)
    assert links(answer.text, "text_lang=fi")
    assert links(answer.text, "/challenges")
    assert "Try one" in text


# -- wrong input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "status", "said"),
    [
        ({"city": "Atlantis"}, 404, "We know no city called “Atlantis”."),
        ({"country": "XX"}, 400, "Unknown country 'XX'"),
        ({"min_level": "high"}, 400, "expected a whole number"),
        ({"text_lang": "xx"}, 400, "Unknown language 'xx'"),
        ({"also": "magic"}, 404, "There is no challenge 'magic'"),
        ({"since": "long ago"}, 400, "expected a whole number"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_rest_is_answered(
    client: TestClient, params: dict[str, str], status: int, said: str
) -> None:
    answer = client.get("/search", params={"q": SNOW, **params})
    assert answer.status_code == status
    assert said in words(answer.text)
    assert 'role="alert"' in answer.text
    assert cards(answer.text), "never a dead end"


def test_a_misspelt_city_is_offered_as_a_link(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW, "city": "Tartuu"}).text
    assert links(page, "city=ee-tartu")
    assert 'aria-invalid="true"' in page
    assert 'value="Tartuu"' in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> snow <b>on</b> pavements",
        "הכביש חלק בחורף snow",
        "snow " + "x" * 3_000,
        "snow\x00\x07 on pavements",
        "❄️ snow",
        '"><img src=x onerror=alert(1)> snow',
        "?!",
        "{{ 7 * 7 }} %(text)s {n} snow",
    ],
)
def test_any_text_gets_a_page_and_stays_text(client: TestClient, text: str) -> None:
    answer = client.get("/search", params={"q": text, "city": '"><i>', "pick": "<b>", "without": "<u>"})
    assert answer.status_code in (200, 400, 404)
    for markup in ("<script>alert", "<img src=x", '"><i>', "<b>on", "<u>", '"<b>'):
        assert markup not in answer.text
    assert "49 " not in words(answer.text).split("snow")[0]


def test_a_text_that_is_too_long_says_how_long_it_may_be(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "snow " * 1_500})
    assert answer.status_code == 413
    assert "at most 5000" in words(answer.text)
    assert client.get("/search", params={"q": "snow " * 10_000}).status_code == 413


# -- languages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("/search", "Lumi ja jää jalkakäytävillä", "fi"),
        ("/search", SNOW, "en"),
        ("/en/search", "Lumi ja jää jalkakäytävillä", "en"),
        ("/lv/search", "Lumi ja jää jalkakäytävillä", "lv"),
        ("/search", "xqzt wvvk", "en"),
    ],
)
def test_the_page_speaks_the_language_of_the_text_unless_the_address_has_one(
    client: TestClient, path: str, text: str, expected: str
) -> None:
    page = client.get(path, params={"q": text}).text
    assert page.startswith(f'<!doctype html>\n<html lang="{expected}"')


def test_links_stay_in_the_language(client: TestClient) -> None:
    page = client.get("/search", params={"q": "Lumi ja jää jalkakäytävillä"}).text
    inner = [href for href in links(page, "/search?") if not re.match(r"/[a-z]{2}/search\?q=", href)]
    assert not inner
    assert all(href.startswith("/fi/") for href in links(page, "/practice/"))


def test_the_parameter_lang_of_old_addresses_still_counts(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW, "lang": "fi"}).text
    assert '<html lang="fi"' in page
    assert '<html lang="lv"' in client.get("/lv/search", params={"q": SNOW, "lang": "fi"}).text


# -- shortlist without JavaScript ---------------------------------------------------------------------


def test_picks_are_carried_in_the_address_and_taken_back(client: TestClient) -> None:
    page = client.get("/search", params={"q": SNOW}).text
    add = next(href for href in links(page, "pick=gritting"))
    assert add.endswith("#s-gritting")
    picked = client.get(add).text
    assert "On your shortlist" in picked
    assert links(picked, "/shortlist?q=icy+pavements+in+winter&pick=gritting")
    toggle = re.search(r'href="([^"]+)"[^>]* data-pick="gritting"', picked)
    assert toggle
    assert "pick=gritting" not in unescape(toggle[1])


def test_no_more_than_five_are_picked(client: TestClient) -> None:
    picks = [f"p{i}" for i in range(9)]
    page = client.get("/search", params={"q": SNOW, "pick": picks}).text
    assert page.count('name="pick" value="p0"') >= 1
    assert 'value="p5"' not in page


# -- errors -------------------------------------------------------------------------------------------


def test_an_unknown_record_offers_near_ones_by_name(client: TestClient) -> None:
    answer = client.get("/practice/grittin")
    assert answer.status_code == 404
    assert "There is no practice called “grittin”." in words(answer.text)
    assert re.search(r'<a href="/practice/gritting">[^<]+</a>', answer.text)
    assert links(answer.text, "/practices")
    assert 'action="/search"' in answer.text


@pytest.mark.parametrize("path", ["/no-such-page", "/lv/no-such-page", "/practice/%3Cb%3E"])
def test_a_page_that_is_not_here_says_where_to_go(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert 'id="q"' in answer.text
    assert "<b>" not in answer.text


def test_an_unforeseen_error_is_a_page_without_a_trace(small_settings: Settings) -> None:
    app = create_app(small_settings)

    def broken() -> None:
        raise RuntimeError("secret path /srv/x")

    app.add_api_route("/broken", broken)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken", headers={"Accept": "text/html"})
        assert (answer.status_code, "secret" in answer.text) == (500, False)
        assert "It is not your fault" in words(answer.text)
        program = client.get("/broken", headers={"Accept": "application/json"})
        assert program.headers["content-type"].startswith("application/problem+json")
        assert "secret" not in program.text


def test_a_build_that_is_missing_for_a_moment_asks_to_try_again(small_settings: Settings) -> None:
    from bufgraph.errors import NotAvailableError

    app = create_app(small_settings)

    def switching() -> None:
        raise NotAvailableError("the build is being switched")

    app.add_api_route("/switching", switching)
    with TestClient(app) as client:
        answer = client.get("/switching", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert "try again in a moment" in answer.text
