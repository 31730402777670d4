"""Pictures as positions and words."""

import re

import pytest

from bufgraph.analytics.blind_spots import matrix
from bufgraph.analytics.network import transfer_network
from bufgraph.analytics.spread import spread
from bufgraph.localisation.tongue import Tongue
from bufgraph.model import Catalogue
from bufgraph.services.presentation import Presenter
from bufgraph.services.speaking import tongue_of
from bufgraph_api.pages.figures.evidence import evidence_distribution
from bufgraph_api.pages.figures.matrix import STATES, matrix_figure
from bufgraph_api.pages.figures.network import MOST_CITIES, network_figure
from bufgraph_api.pages.figures.radar import WIDTH, radar
from bufgraph_api.pages.figures.spread import SpreadFigure, spread_figure
from builders import Json, adoption, city, practice, small_catalogue, town_datasets

ENGLISH = Tongue("en")


@pytest.fixture(scope="module")
def towns() -> Catalogue:
    return small_catalogue(town_datasets())


@pytest.fixture(scope="module")
def present(towns: Catalogue) -> Presenter:
    return Presenter(towns, {})


def _spread(present: Presenter, name: str) -> SpreadFigure | None:
    return spread_figure(spread(present.catalogue, present.catalogue.practice(name)), present)


def _world(adoptions: list[Json]) -> Presenter:
    """Return the towns with one more practice of Turku and what came of it."""
    rows = town_datasets()
    rows["practices"] += [
        practice("sea-heat", "Heat from the sea", "Coal.", "fossil-district-heating", "fi-turku")
    ]
    rows["adoptions"] += adoptions
    return Presenter(small_catalogue(rows), {})


def _share(text: str) -> float:
    return float(text.removesuffix("%"))


# -- how a practice spread ----------------------------------------------------------------------------


def test_a_practice_that_stayed_where_it_began_has_no_picture(present: Presenter) -> None:
    assert _spread(present, "robots") is None


def test_the_first_place_stands_first_and_years_run_to_the_right(present: Presenter) -> None:
    figure = _spread(present, "salt-bins")
    assert figure is not None
    first, second = figure.lanes[:2]
    assert (first.label, first.relation, first.year) == ("Võru, Estonia", "origin", 2018)
    assert (second.label, second.year, second.way) == ("Valga, Estonia", 2021, "stated")
    assert _share(first.x) < _share(second.x)
    assert [lane.y for lane in figure.lanes] == sorted(lane.y for lane in figure.lanes)
    assert figure.height > figure.lanes[-1].y


def test_marks_without_a_year_stand_in_a_column_of_their_own(present: Presenter) -> None:
    figure = _spread(present, "salt-bins")
    assert figure is not None
    edge = _share(figure.unknown[0][0])
    assert all((_share(lane.x) > edge) == (lane.year is None) for lane in figure.lanes)
    assert " ".join(figure.unknown[0][2]) == "year not known"
    assert all(_share(x) < edge for x, _ in figure.ticks)


def test_an_origin_without_a_year_stands_before_the_years() -> None:
    figure = _spread(
        _world(
            [
                adoption("sea-heat", "fi-turku", "success"),
                adoption("sea-heat", "fi-oulu", "failed", suffix="--fi-oulu", start_year=2019, end_year=2021),
            ]
        ),
        "sea-heat",
    )
    assert figure is not None
    origin, taker = figure.lanes
    assert _share(origin.x) < _share(figure.unknown[0][0]) < _share(taker.x)
    assert taker.end_x is not None
    assert _share(taker.end_x) > _share(taker.x)
    assert figure.has_ends
    assert figure.summary[0] == "It began in Turku; no record says in which year."


def test_a_way_that_no_record_names_is_told_from_one_that_is_named() -> None:
    unnamed = adoption("sea-heat", "ee-tartu", "mixed", suffix="--ee-tartu", start_year=2020)
    del unnamed["replicated_from"]
    figure = _spread(
        _world(
            [
                adoption("sea-heat", "fi-turku", "success", start_year=2015),
                adoption("sea-heat", "fi-oulu", "success", suffix="--fi-oulu", start_year=2018),
                unnamed,
            ]
        ),
        "sea-heat",
    )
    assert figure is not None
    assert [(lane.label.partition(",")[0], lane.way) for lane in figure.lanes] == [
        ("Turku", ""), ("Oulu", "stated"), ("Tartu", "assumed"),
    ]  # fmt: skip
    assert figure.ways == {"", "stated", "assumed"}
    assert len(figure.trunks) == 1


def test_a_chain_of_transfers_has_a_way_from_each_source() -> None:
    onward = {
        **adoption("sea-heat", "ee-tartu", "success", suffix="--ee-tartu", start_year=2021),
        "replicated_from": "bgd:adoption/sea-heat--fi-oulu",
    }
    figure = _spread(
        _world(
            [
                adoption("sea-heat", "fi-turku", "success", start_year=2015),
                adoption("sea-heat", "fi-oulu", "success", suffix="--fi-oulu", start_year=2018),
                onward,
            ]
        ),
        "sea-heat",
    )
    assert figure is not None
    turku, oulu, tartu = figure.lanes
    assert tartu.sources[0]["label"] == "Oulu"
    assert [(top, bottom) for _, top, bottom in figure.trunks] == [(turku.y, oulu.y), (oulu.y, tartu.y)]
    assert oulu.trunk < tartu.trunk < figure.text_x


def test_what_began_on_its_own_stands_apart_without_a_way() -> None:
    parallel = {
        **adoption("sea-heat", "fi-oulu", "stopped", suffix="--fi-oulu", start_year=2016),
        "relation": "bgs:transfer-relation/parallel",
    }
    del parallel["replicated_from"]
    figure = _spread(
        _world([adoption("sea-heat", "fi-turku", "success", start_year=2015), parallel]), "sea-heat"
    )
    assert figure is not None
    assert [(lane.relation, lane.way, lane.trunk) for lane in figure.lanes] == [
        ("origin", "", 0), ("parallel", "", 0),
    ]  # fmt: skip
    assert [text for _, text in figure.headings] == ["Begun on its own, without a known link"]
    assert figure.outcomes == ("success", "stopped")


# -- how well practices are proven --------------------------------------------------------------------


def test_evidence_is_counted_by_level_and_outcome(towns: Catalogue, present: Presenter) -> None:
    levels = {iri: 2 if iri.endswith("gritting") else 1 for iri in towns.practices}
    figure = evidence_distribution(towns.practices, levels, present)
    assert figure is not None
    assert [level.level for level in figure.levels] == [5, 4, 3, 2, 1, 0]
    by_level = {level.level: dict(level.outcomes) for level in figure.levels if level.count}
    assert by_level == {2: {"success": 1}, 1: {"success": 2, "failed": 1}}
    assert figure.levels[3].label == "Measured by its owner"
    assert figure.outcomes == ("success", "failed")
    assert figure.summary == ("4 practices.", "With measured results: 25% (1).")


def test_the_parts_of_a_bar_follow_each_other(towns: Catalogue, present: Presenter) -> None:
    figure = evidence_distribution(towns.practices, dict.fromkeys(towns.practices, 3), present)
    assert figure is not None
    one, other = figure.levels[2].segments
    assert (_share(one.x), _share(one.width) + _share(other.width)) == (0, 100)
    assert _share(other.x) == _share(one.width)


def test_no_practice_has_no_distribution(present: Presenter) -> None:
    assert evidence_distribution([], {}, present) is None


# -- what is missing ----------------------------------------------------------------------------------


def test_every_cell_says_its_state_in_words(towns: Catalogue, present: Presenter) -> None:
    cells = matrix(towns, dict.fromkeys(towns.practices, 2), by=("subdomain", "country"))
    figure = matrix_figure("subdomain", "country", cells, present)
    squares = [square for _, rows in figure.groups for _, row in rows for square in row]
    assert len(squares) == len(cells) == sum(figure.counts.values())
    assert {s.state for s in squares} <= set(STATES)
    assert all(s.words for s in squares)
    assert {s.words for s in squares if s.state == "measured"} >= {"1 practice, 1 with a measured result"}
    assert all(s.query is None for s in squares if s.state == "no-city")


def test_rows_stand_under_the_topic_above_them(towns: Catalogue, present: Presenter) -> None:
    cells = matrix(towns, {}, by=("subdomain", "country"))
    figure = matrix_figure("subdomain", "country", cells, present)
    assert (figure.down, figure.across) == ("subdomain", "country")
    assert all(name for name, _ in figure.groups)
    assert [column.code for column in figure.columns] == ["EE", "FI", "LV", "SE"]
    assert all(len(row) == len(figure.columns) for _, rows in figure.groups for _, row in rows)


# -- who learned from whom ----------------------------------------------------------------------------


def test_the_network_shows_who_took_over_from_whom(towns: Catalogue, present: Presenter) -> None:
    figure = network_figure(transfer_network(towns), present)
    assert figure is not None
    assert {(w.source["label"], w.adopter["label"]) for w in figure.ways} == {
        ("Tartu", "Turku"), ("Võru", "Valga"), ("Võru", "Smiltene"),
    }  # fmt: skip
    assert figure.nodes[0].city["label"] == "Võru"
    assert figure.nodes[0].radius > figure.nodes[-1].radius
    assert all(w.is_own for w in figure.ways)


def test_cities_do_not_cover_each_other(present: Presenter, towns: Catalogue) -> None:
    figure = network_figure(transfer_network(towns), present)
    assert figure is not None
    for one in figure.nodes:
        for other in figure.nodes:
            if one is not other:
                (x0, y0), (x1, y1) = one.at, other.at
                assert (x1 - x0) ** 2 + (y1 - y0) ** 2 >= (one.radius + other.radius) ** 2


def test_a_network_without_transfers_has_no_picture() -> None:
    rows = town_datasets()
    rows["adoptions"] = [a for a in rows["adoptions"] if "replicated_from" not in a]
    catalogue = small_catalogue(rows)
    assert network_figure(transfer_network(catalogue), Presenter(catalogue, {})) is None


def test_the_network_is_the_same_every_time_and_not_too_large() -> None:
    rows = town_datasets()
    names = [f"ee-t{n:02}" for n in range(60)]
    rows["cities"] += [
        city(name, name, "EE", latitude=58 + n / 60, longitude=25.0) for n, name in enumerate(names)
    ]
    rows["adoptions"] += [adoption("robots", name, "success", suffix=f"--{name}") for name in names[:30]] + [
        adoption("rain-gardens", name, "success", suffix=f"--{name}") for name in names[30:]
    ]
    catalogue = small_catalogue(rows)
    figures = [network_figure(transfer_network(catalogue), Presenter(catalogue, {})) for _ in range(2)]
    assert figures[0] is not None
    assert figures[0] == figures[1]
    assert len(figures[0].nodes) <= MOST_CITIES


# -- scores of cities ---------------------------------------------------------------------------------


def test_a_chart_has_a_gap_where_a_value_is_missing() -> None:
    chart = radar(
        ["A", "B", "C", "D"], [("one", [1.0, None, 0.0, -1.0]), ("two", [0.0, 0.0, 0.0, None])], ENGLISH
    )
    assert chart is not None
    one, two = chart.series
    assert (one.is_closed, one.unknown, len(one.markers)) == (False, ("B",), 3)
    assert [len(run.split()) for run in one.runs] == [3], "C, D and A are neighbours around the circle"
    assert [len(run.split()) for run in two.runs] == [3]
    assert [axis.is_known for axis in chart.axes] == [True, False, True, False]
    assert one.shape != two.shape, "another shape, not only another colour"
    assert chart.description[1:] == (
        "one: A +1.0, B not known, C +0.0, D -1.0.",
        "two: A +0.0, B +0.0, C +0.0, D not known.",
    )


def test_a_chart_lays_equal_scores_on_a_ring() -> None:
    chart = radar(["A", "B", "C"], [("one", [0.0, 0.0, 0.0])], ENGLISH)
    assert chart is not None
    average = next(ring for ring in chart.rings if ring.value == 0)
    assert chart.series[0].runs == (average.points,)
    assert chart.series[0].is_closed


@pytest.mark.parametrize(
    ("labels", "values"), [(["A", "B"], [1.0, 1.0]), (["A", "B", "C"], [None, None, None])]
)
def test_no_chart_without_three_axes_and_a_value(labels: list[str], values: list[float | None]) -> None:
    assert radar(labels, [("one", values)], ENGLISH) is None


def test_labels_that_do_not_fit_around_the_chart_are_told_below_it() -> None:
    short = ["Energy", "Mobility", "People", "Economy", "Living", "Government"]
    long = [*short[:5], "Päätöksentekojärjestelmät ja hallinto"]
    values = [("one", [0.0, 0.5, 1.0, 0.0, 0.5, None])]
    plain, numbered = (radar(labels, values, ENGLISH) for labels in (short, long))
    assert plain is not None
    assert numbered is not None
    assert (plain.is_numbered, numbered.is_numbered) == (False, True)
    assert [axis.lines[0][0] for axis in numbered.axes] == ["1", "2", "3", "4", "5", "6 ?"]
    assert numbered.axes[-1].label == long[-1]


@pytest.mark.parametrize("count", [3, 4, 5, 6, 7, 8])
def test_a_chart_holds_its_labels(count: int) -> None:
    labels = [
        "Natural resources and energy",
        "Transport",
        "Buildings",
        "Living",
        "Government",
        "Economy",
        "People",
        "Culture",
    ]
    chart = radar(labels[:count], [("one", [0.5] * count)], ENGLISH)
    assert chart is not None
    for axis in chart.axes:
        for text, (x, y) in axis.lines:
            room = {"middle": 2 * min(x, WIDTH - x), "start": WIDTH - x, "end": x}[axis.anchor]
            assert len(text) * 7.3 <= room + 8, text
            assert 12 <= y <= chart.height


def test_words_in_a_picture_are_of_the_language_of_the_page(towns: Catalogue) -> None:
    figure = _spread(Presenter(towns, {}, tongue_of(towns, "sv")), "salt-bins")
    assert figure is not None
    assert figure.lanes[0].label == "Võru, Estland"
    assert re.fullmatch(r"[\d.]+%", figure.lanes[0].x)
