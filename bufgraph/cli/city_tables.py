"""Answers about cities as tables for people."""

from rich.console import Console

from bufgraph.cli.tables import Json, table_of

_MARK = {"met": "[green]yes[/green]", "unmet": "[red]no[/red]", "unknown": "?", "contradicted": "yes and no"}


def similar_cities(answer: Json, console: Console) -> None:
    """Write similar cities with their parts."""
    console.print(f"Cities like {answer['city']['label']}, preset {answer['preset']}:")
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
