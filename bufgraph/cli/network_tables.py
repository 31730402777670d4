"""Answers about many cities as tables for people."""

from rich.console import Console

from bufgraph.cli.tables import Json, cut, experts, table_of
from bufgraph.services.wording import NOTHING_CLOSE, NOTHING_READ


def mentor(answer: Json, console: Console) -> None:
    """Write what an organisation could help with."""
    console.print(f"{answer['organisation']['label']} could help with:", style="bold")
    for sentence in answer["limits"]:
        console.print(sentence, style="yellow")
    if not answer["knows"]:
        console.print("nothing is recorded that it did or states to know")
        return
    _needs(answer, console)
    _cases(answer, console)


def knowledge(answer: Json, console: Console) -> None:
    """Write where what a person knows is needed, and who knows the same."""
    if answer["weak"]:
        console.print(NOTHING_CLOSE if answer["needs"] or answer["cases"] else NOTHING_READ, style="yellow")
    if answer["needs"]:
        console.print("Cities that need it:", style="bold")
        _needs(answer, console)
    if answer["cases"]:
        _cases(answer, console)
    if answer["experts"]:
        console.print("\nOrganisations that know the same:", style="bold")
        experts({"results": answer["experts"]}, console)


def _needs(answer: Json, console: Console) -> None:
    table = table_of("#", "score", "city", "need", "state", "why")
    for need in answer["needs"]:
        table.add_row(
            str(need["rank"]), f"{need['score']:.2f}", f"{need['city']['label']} ({need['city']['country']})",
            need["challenge"]["label"], need["state"], "; ".join(need["reasons"]),
        )  # fmt: skip
    console.print(table)


def _cases(answer: Json, console: Console) -> None:
    console.print("\nCases of others near to it:", style="bold")
    table = table_of("#", "score", "case", "where help may be wanted", "why")
    for case in answer["cases"]:
        wanted = "; ".join(f"{o['place']['label']}: {o['outcome']}" for o in case["open"]) or "–"
        table.add_row(
            str(case["rank"]), f"{case['score']:.2f}", f"{case['label']} ({case['origin']['label']})\n[dim]{case['slug']}[/dim]",
            wanted, "; ".join(case["reasons"]),
        )  # fmt: skip
    console.print(table)


def pools(answer: Json, console: Console) -> None:
    """Write groups of cities with the drafts of their joint needs."""
    if not answer["results"]:
        console.print("no group of cities passes these conditions")
    for group in answer["results"]:
        cities = ", ".join(f"{c['label']} ({c['country']})" for c in group["cities"])
        console.print(f"\n{group['rank']}. {group['challenge']['label']}: {cities}", style="bold")
        console.print(f"score {group['score']:.2f}, mean similarity {group['similarity']:.2f}", style="dim")
        for sentence in group["draft"]:
            console.print(f"  {sentence}")
        for sentence in group["unknown"]:
            console.print(f"  not known: {sentence}", style="dim")


def blind_spots(answer: Json, console: Console) -> None:
    """Write what is missing."""
    table = table_of("kind", "what is missing", "cities that need it")
    for spot in answer["results"]:
        needing = ", ".join(c["label"] for c in spot["needing"]) or f"{spot['needing_anywhere']} elsewhere"
        table.add_row(spot["kind"].replace("-", " "), spot["reason"], cut(needing, 80))
    console.print(table)
    console.print(f"{len(answer['results'])} of {answer['total']} blind spots", style="dim")
    for sentence in answer["unknown"]:
        console.print(f"not known: {sentence}", style="dim")


def spread(answer: Json, console: Console) -> None:
    """Write how one practice spread."""
    started = f" in {answer['first_year']}" if "first_year" in answer else ""
    console.print(
        f"{answer['practice']['label']}: began in {answer['origin']['label']}{started}", style="bold"
    )
    table = table_of("year", "place", "from", "km", "relation", "outcome")
    for found in answer["uptakes"]:
        table.add_row(
            str(found.get("year", "?")), f"{found['place']['label']} ({found['place']['country']})",
            ", ".join(p["label"] for p in found["from"]), f"{found['distance_km']:,}" if "distance_km" in found else "?",
            found["relation"], found["outcome"],
        )  # fmt: skip
    console.print(table if answer["uptakes"] else "no other place is recorded that took it over")
    for sentence in answer["unknown"]:
        console.print(f"not known: {sentence}", style="dim")


def most_spread(answer: Json, console: Console) -> None:
    """Write the practices that spread most."""
    table = table_of("places", "countries", "practice", "from")
    for found in answer["results"]:
        table.add_row(
            str(found["figures"]["places"]), str(found["figures"]["countries"]),
            f"{found['practice']['label']}\n[dim]{found['practice']['slug']}[/dim]", found["origin"]["label"],
        )  # fmt: skip
    console.print(table)
    figures = answer["figures"]
    console.print(
        f"{figures['uptakes']} uptakes in {figures['places']} places of {figures['countries']} countries; median lag "
        f"{_told(figures, 'median_lag_years', 'g')} years ({figures['lags']} known), median distance "
        f"{_told(figures, 'median_distance_km', ',.0f')} km, {_told(figures, 'share_across_borders', '.0%')} across borders",
        style="dim",
    )


def _told(figures: Json, name: str, form: str) -> str:
    return format(figures[name], form) if name in figures else "?"


def pioneers(answer: Json, console: Console) -> None:
    """Write the cities that others learned from."""
    table = table_of("#", "city", "replicated", "adopters", "countries", "went well", "with")
    for found in answer["results"]:
        table.add_row(
            str(found["rank"]), f"{found['city']['label']} ({found['city']['country']})", str(found["replicated"]),
            str(len(found.get("adopters", ()))), " ".join(found.get("countries", ())), f"{found['went_well']} of {found['judged']}",
            cut("; ".join(p["label"] for p in found["practices"])),
        )  # fmt: skip
    console.print(table)


def bridges(answer: Json, console: Console) -> None:
    """Write the cities that link countries."""
    table = table_of("#", "city", "betweenness", "participation", "foreign partners")
    for found in answer["results"]:
        table.add_row(
            str(found["rank"]), f"{found['city']['label']} ({found['city']['country']})", f"{found['betweenness']:.3f}",
            f"{found['participation']:.2f}", f"{found['foreign_partners']} in {', '.join(found['partners'])}",
        )  # fmt: skip
    console.print(table)


def adopters(answer: Json, console: Console) -> None:
    """Write likely adopters, or likely practices, with their reasons."""
    table = table_of("#", "score", "city", "practice", "why")
    for found in answer["results"]:
        strongest = sorted(found["parts"].values(), key=lambda part: -part["value"] * part["weight"])[:3]
        table.add_row(
            str(found["rank"]), f"{found['score']:.2f}", f"{found['city']['label']} ({found['city']['country']})",
            cut(found["practice"]["label"], 60), "; ".join(part["fact"] for part in strongest),
        )  # fmt: skip
    console.print(table)
