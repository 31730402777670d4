"""Answers about cities as tables for people."""

from rich.console import Console

from bufgraph.cli.tables import Json, table_of

_MARK = {"met": "[green]yes[/green]", "unmet": "[red]no[/red]", "unknown": "?", "contradicted": "yes and no"}


def similar_cities(answer: Json, console: Console) -> None:
    """Write similar cities with their parts."""
    weighed = f"preset {answer['preset']}" if answer["preset"] else "own weights"
    console.print(f"Cities like {answer['city']['label']}, {weighed}:")
    table = table_of("#", "score", "city", "rank", "parts", "shared challenges")
    for found in answer["results"]:
        parts = ", ".join(f"{name} {part['value']:.2f}" for name, part in found["parts"].items())
        shared = "; ".join(c["label"] for c in found["shared"]) or "–"
        table.add_row(
            str(found["rank"]),
            f"{found['score']:.2f}",
            f"{found['label']} ({found['country']})\n[dim]{found['slug']}[/dim]",
            f"{found['rank_low']}–{found['rank_high']}",
            parts,
            shared,
        )
    console.print(table if answer["results"] else "no city passes these conditions")
    for found in answer["results"][:3]:
        console.print(f"\n{found['label']}:", style="bold")
        for part in found["parts"].values():
            console.print(f"  {'; '.join(part['facts'])}")
        for unknown in found["unknown"]:
            console.print(f"  not known: {unknown}", style="dim")


def fit(answer: Json, console: Console) -> None:
    """Write a verdict with its conditions."""
    console.print(f"{answer['practice']['label']} in {answer['city']['label']}:")
    console.print(f"{answer['verdict'].replace('-', ' ')}. {answer['reason']}", style="bold")
    table = table_of("condition", "essential", "holds", "how known, or what to do")
    for found in answer.get("conditions", ()):
        told = "; ".join(found.get("facts", ())) or found.get("find_out", "")
        change = f"\n[dim]else: {found['change']}[/dim]" if found.get("change") else ""
        table.add_row(
            f"{found['text']}\n[dim]“{found['wording']}”[/dim]", "yes" if found["essential"] else "no",
            _MARK[found["status"]], told + change,
        )  # fmt: skip
    console.print(table)
    for tried in answer.get("tried_here", ()):
        console.print(f"{answer['city']['label']} has tried it itself: {tried['outcome']}")


def profile(answer: Json, console: Console) -> None:
    """Write a profile."""
    index = answer["index"]
    console.print(f"{answer['city']['label']}: {index['title']}", style="bold")
    console.print(index["note"], style="dim")
    table = table_of("", "score", "rank", "of", "coverage", "peers' median")
    for found in [*answer["characteristics"], answer["overall"]]:
        table.add_row(found["label"], *_standing(found))
    console.print(table)
    for name in ("strengths", "weaknesses"):
        if answer[name]:
            console.print(f"\n{name.capitalize()} against {answer['peers']} peers:", style="bold")
        for found in answer[name]:
            console.print(f"  {found['label']} {found['difference']:+.1f} sd: {'; '.join(found['facts'])}")
    if answer["could_teach"]:
        console.print("\nWhat it could teach:", style="bold")
    for found in answer["could_teach"]:
        titles = "; ".join(f"{p['label']} (level {p['evidence_level']})" for p in found["practices"])
        console.print(f"  {found['subdomain']['label']}: {titles}")
    for found in answer["published"]:
        console.print(f"  {found['scheme']} {found['edition']}: {found['text']}")
    for sentence in answer["unknown"]:
        console.print(f"not known: {sentence}", style="dim")


def comparison(answer: Json, console: Console) -> None:
    """Write cities side by side."""
    cities = answer["cities"]
    table = table_of("", *(city["label"] for city in cities))
    for label, name in (
        ("residents", "population"),
        ("country", "country"),
        ("coastal", "coastal"),
        ("port", "port"),
    ):
        table.add_row(label, *(_told(city.get(name)) for city in cities))
    for name in ("needs", "practices"):
        table.add_row(name, *(str(len(city.get(name, ()))) for city in cities))
    for rows in zip(*([*p["characteristics"], p["overall"]] for p in answer["profiles"]), strict=True):
        table.add_row(rows[0]["label"], *(" ".join(_standing(row)[:2]) for row in rows))
    console.print(table)
    for pair in answer["pairs"]:
        console.print(f"{pair['city']['label']} and {pair['label']}: similarity {pair['score']:.2f}")
    shared = "; ".join(c["label"] for c in answer["shared_needs"])
    console.print(f"All work on: {shared}" if shared else "No challenge is shared by all.")


def _standing(found: Json) -> tuple[str, ...]:
    score = f"{found['score']:+.2f}" if "score" in found else "not known"
    rank = f"{found['rank']} ({found['rank_low']}–{found['rank_high']})" if "rank" in found else "–"
    median = f"{found['peers_median']:+.2f}" if "peers_median" in found else "–"
    return score, rank, str(found["of"]), f"{found['coverage']:.0%}", median


def _told(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
