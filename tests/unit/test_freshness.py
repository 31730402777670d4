"""Reviews that are due, and what several looks at a link say together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bufgraph.errors import ConflictError, MisconfiguredError, NotAvailableError
from bufgraph.namespaces import slug
from bufgraph_ingest.freshness.link_state import Check, link_log, read_links
from bufgraph_ingest.freshness.links import Checked, Selection, check_links
from bufgraph_ingest.freshness.reviews import Review, read_periods, reviews, stale_practices
from bufgraph_ingest.network.client import Probe
from bufgraph_ingest.network.failures import BusyError, RefusedError, UnreachableError
from builders import adoption, result, small_catalogue, small_datasets

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _reviewed(*more: dict[str, object], year: int = 2026, periods: str = "") -> dict[str, Review]:
    collections = small_datasets()
    collections["adoptions"] = [*collections["adoptions"], *more]
    found = reviews(small_catalogue(collections), read_periods(periods), as_of_year=year)
    return {slug(review.adoption): review for review in found}


def _adoption(outcome: str, **facts: object) -> dict[str, object]:
    first = small_datasets()["adoptions"][0]
    practice, place = slug(first["practice"]), slug(first["place"])
    return adoption(practice, place, outcome, suffix="-x", **facts)


def _added(outcome: str, *, year: int = 2026, periods: str = "", **facts: object) -> Review:
    record = _adoption(outcome, **facts)
    return _reviewed(record, year=year, periods=periods)[slug(str(record["id"]))]


# -- reviews


@pytest.mark.parametrize(
    ("outcome", "review_by"),
    [("success", 2026), ("mixed", 2025), ("failed", 2031), ("too-early", 2023), ("unknown", 2024)],
)
def test_what_was_too_early_to_judge_is_due_sooner(outcome: str, review_by: int) -> None:
    assert _added(outcome, start_year=2021).review_by == review_by


def test_the_last_known_year_counts_and_a_planned_one_does_not() -> None:
    assert _added("success", start_year=2010, end_year=2020).last_year == 2020
    assert _added("success", start_year=2010, end_year=2035).last_year == 2010
    assert _added("success", start_year=2035).last_year == 2035


def test_an_achieved_figure_is_news_and_a_target_is_none() -> None:
    for kind, year in (("achieved", 2024), ("target", 2010)):
        figure = result("x-01", ref_year=2024, result_kind=f"bgs:result-kind/{kind}")
        assert _added("success", start_year=2010, result=[figure]).last_year == year


def test_without_a_year_a_review_is_due_now_and_listed_last() -> None:
    record = _adoption("success")
    record.pop("start_year", None)
    found = _reviewed(record)
    review = found[slug(str(record["id"]))]
    assert (review.review_by, review.is_due) == (None, True)
    known = [r.review_by for r in found.values() if r.review_by is not None]
    assert known == sorted(known)
    assert list(found.values())[-1].review_by is None


def test_the_periods_are_a_setting() -> None:
    assert _added("success", start_year=2021, periods="success=2, too-early=1").review_by == 2023
    for wrong in ("success", "success=two", "splendid=3"):
        with pytest.raises(MisconfiguredError, match="too-early=2"):
            read_periods(wrong)


def test_a_practice_is_stale_when_nothing_newer_is_known_of_it() -> None:
    catalogue = small_catalogue()
    assert stale_practices(catalogue, read_periods(""), as_of_year=2200) == frozenset(catalogue.practices)
    record = _adoption("success", start_year=2199)
    collections = small_datasets()
    collections["adoptions"].append(record)
    stale = stale_practices(small_catalogue(collections), read_periods(""), as_of_year=2200)
    assert len(stale) == len(catalogue.practices) - 1


# -- links


class Web:
    """Answers by address: a status, an address that it leads to, or an error; the rest is alive."""

    def __init__(self, **answers: int | str | Exception) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def probe(self, url: str) -> Probe:
        self.asked.append(url)
        answer = self.answers.get(url.rpartition("/")[2], 200)
        if isinstance(answer, Exception):
            raise answer
        return Probe(url, answer, 200) if isinstance(answer, str) else Probe(url, url, answer)


def _urls(*names: str) -> list[str]:
    return [f"https://{name}.example/{name}" for name in names]


def _run(
    home: Path, web: Web, *names: str, day: int = 0, since: datetime = LONG_AGO, tell: Callable[[Check], None] | None = None,
    limit: int | None = None, host: str = "",
) -> Checked:  # fmt: skip
    at = MONDAY + timedelta(days=day)
    # "since" lies just before this run where a test looks at links again
    selection = Selection(at if since is LONG_AGO else since, host, limit)
    return check_links(_urls(*names), selection, web, home, tell or (lambda check: None), lambda: at)


@pytest.mark.parametrize("error", [404, 410, UnreachableError("no such host")])
def test_a_link_is_dead_when_it_was_so_on_two_days(tmp_path: Path, error: int | Exception) -> None:
    web = Web(a=error)
    assert _run(tmp_path, web, "a", "b").dead == []
    assert _run(tmp_path, web, "a", "b", since=MONDAY + timedelta(hours=1)).dead == [], "the same day"
    assert _run(tmp_path, web, "a", "b", day=1).dead == _urls("a")
    assert _run(tmp_path, Web(), "a", "b", day=2).dead == [], "it is back"


@pytest.mark.parametrize(
    "answer", [401, 403, 500, BusyError("slow"), RefusedError("robots.txt"), "https://a.example/"]
)
def test_a_server_that_would_not_tell_proves_nothing(tmp_path: Path, answer: int | str | Exception) -> None:
    for day in range(3):
        done = _run(tmp_path, Web(a=answer), "a", day=day)
        assert done.counts == {"unknown": 1}
        assert done.dead == []
    assert read_links(tmp_path)[_urls("a")[0]].last.reason


def test_what_would_not_tell_does_not_undo_a_death(tmp_path: Path) -> None:
    _run(tmp_path, Web(a=404), "a")
    _run(tmp_path, Web(a=503), "a", day=1)
    assert _run(tmp_path, Web(a=404), "a", day=2).dead == _urls("a")


def test_a_moved_document_is_alive_and_its_new_place_known(tmp_path: Path) -> None:
    _run(tmp_path, Web(a="https://new.example/a"), "a")
    last = read_links(tmp_path)[_urls("a")[0]].last
    assert (last.verdict, last.final_url, last.reason) == ("alive", "https://new.example/a", "it has moved")


def test_a_stopped_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    told: list[str] = []

    def stop(check: Check) -> None:
        told.append(check.url)
        if len(told) == 3:
            raise KeyboardInterrupt

    names = [f"n{number}" for number in range(30)]
    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path, Web(), *names, tell=stop)
    web = Web()
    _run(tmp_path, web, *names)
    assert set(web.asked) == set(_urls(*names)) - set(told)
    assert len(read_links(tmp_path)) == 30


def test_a_line_cut_by_a_kill_costs_only_itself(tmp_path: Path) -> None:
    _run(tmp_path, Web(), "a", "b")
    path = tmp_path / "links" / "checks.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert len(read_links(tmp_path)) == 1
    _run(tmp_path, Web(), "a", "b", "c")
    assert set(read_links(tmp_path)) == set(_urls("a", "b", "c"))


def test_limit_host_and_since_choose_the_links(tmp_path: Path) -> None:
    web = Web()
    _run(tmp_path, web, "a", "b", "c", limit=2)
    assert sorted(web.asked) == _urls("a", "b")
    web = Web()
    _run(tmp_path, web, "a", "b", "c", day=1, limit=1)
    assert web.asked == _urls("c"), "never seen comes first"
    web = Web()
    _run(tmp_path, web, "a", "b", "c", day=2, host="B.example")
    assert web.asked == _urls("b")
    web = Web()
    _run(tmp_path, web, "a", "b", "c", day=3, since=MONDAY + timedelta(days=1))
    assert sorted(web.asked) == _urls("a")


def test_hosts_alternate() -> None:
    urls = [f"https://{host}.example/{n}" for host in "ab" for n in range(3)]
    order = Selection(MONDAY).of(urls, {})
    assert [url[8] for url in order] == list("ababab")


def test_without_a_network_nothing_is_held_against_the_links(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(9)]
    offline = Web(**{name: UnreachableError("no network") for name in names})
    with pytest.raises(NotAvailableError, match="no network"):
        _run(tmp_path, offline, *names)
    assert read_links(tmp_path) == {}


def test_two_processes_do_not_check_at_once(tmp_path: Path) -> None:
    with link_log(tmp_path), pytest.raises(ConflictError, match="wait for it"):
        _run(tmp_path, Web(), "a")
