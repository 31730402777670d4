"""Answers as tables for people; JSON for programs."""

import sys
from collections.abc import Callable
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from bufgraph.localisation.phrases import message
from bufgraph.localisation.tongue import Tongue
from bufgraph.services.wording import NOTHING_CLOSE, NOTHING_READ

Json = dict[str, Any]  # Any: JSON


def show(answer: Json, output: str, table: Callable[[Json, Console], None]) -> None:
    """Print an answer to standard output, as JSON or by a function that writes tables."""
    if output == "json":
        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n")
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    tongue = Tongue(answer.get("lang", "en"))
    if answer.get("weak"):
        console.print(tongue.message(NOTHING_CLOSE if answer["results"] else NOTHING_READ), style="yellow")
    if chips := answer.get("chips") or answer.get("understood", {}).get("concepts"):
        understood = tongue.message(message("Understood as"))
        console.print(f"{understood}: {' · '.join(c['label'] for c in chips)}", style="dim")
    table(answer, console)


def table_of(*columns: str) -> Table:
    """Return an empty table; numbers stand on the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name in {"#", "score", "level", "count"}
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    return table


def search(answer: Json, console: Console) -> None:
    """Write search hits."""
    table = table_of("#", "score", "type", "what", "why")
    for hit in answer["results"]:
        where = f" ({hit['origin']['label']})" if "origin" in hit else ""
        local = hit.get("local")
        title = local["title"] if local else hit["label"]
        text = f"{local['need']} {local['solution']}" if local else cut(hit["passage"]["text"])
        table.add_row(
            str(hit["rank"]),
            f"{hit['score']:.2f}",
            hit["type"],
            f"{title}{where}\n[dim]{hit['slug']}[/dim]",
            f"{text}\n[dim]{cut('; '.join(hit['reasons']))}[/dim]",
        )
    console.print(table if answer["results"] else "nothing found")


def similar_practices(answer: Json, console: Console) -> None:
    """Write practices like one."""
    console.print(f"More like {answer['practice']['label']}, by {answer['by']}:")
    table = table_of("#", "score", "practice", "shared")
    for found in answer["results"]:
        shared = "; ".join(c["label"] for c in found.get("shared", ())) or "–"
        table.add_row(
            str(found["rank"]), f"{found['score']:.2f}",
            f"{found['label']} ({found['origin']['label']})\n[dim]{found['slug']}[/dim]", shared,
        )  # fmt: skip
    console.print(table)


def problems(answer: Json, console: Console) -> None:
    """Write cities with similar problems."""
    table = table_of("#", "score", "city", "tried")
    for found in answer["results"]:
        tried = "\n".join(f"{t['outcome']}: {t['practice']['label']}" for t in found["tried"])
        table.add_row(
            str(found["rank"]), f"{found['score']:.2f}", f"{found['label']} ({found['country']})", tried
        )
    console.print(table if answer["results"] else "nothing found")


def solutions(answer: Json, console: Console) -> None:
    """Write solutions, then the setbacks to read first."""
    table = table_of("#", "score", "level", "solution", "outcomes", "why")
    for found in answer["results"]:
        outcomes = ", ".join(f"{name} {n}" for name, n in found["outcomes"].items())
        reasons = found["reasons"]
        if fit := found.get("fit"):  # the verdict comes first: it is what a city asked for
            reasons = [f"[bold]{fit['verdict'].replace('-', ' ')}[/bold]: {fit['reason']}", *reasons]
        table.add_row(
            str(found["rank"]), f"{found['score']:.2f}", str(found["evidence_level"]),
            f"{found['label']} ({found['origin']['label']})\n[dim]{found['slug']}[/dim]",
            f"[red]{outcomes}[/red]" if found["warning"] else outcomes, cut("; ".join(reasons), 300),
        )  # fmt: skip
    console.print(table if answer["results"] else "nothing found")
    if answer["setbacks"]:
        console.print("\nWhat did not work (read before choosing):", style="bold")
        for found in answer["setbacks"]:
            for setback in found["setbacks"]:
                causes = ", ".join(c["label"].lower() for c in setback.get("causes", ()))
                console.print(
                    f"  [red]{setback['outcome']}[/red] in {setback['place']['label']}: {found['label']}"
                    + (f" – {causes}" if causes else "")
                    + (f". {setback['remedy']}" if setback.get("remedy") else "")
                )


def experts(answer: Json, console: Console) -> None:
    """Write organisations with what they did."""
    table = table_of("#", "score", "organisation", "helix", "did")
    for found in answer["results"]:
        deeds = "\n".join(f"{d['role']}: {d['practice']['label']}" for d in found.get("deeds", [])[:2])
        table.add_row(
            str(found["rank"]),
            f"{found['score']:.2f}",
            f"{found['label']} ({found.get('country', '–')})",
            found["helix"],
            deeds,
        )
    console.print(table if answer["results"] else "nothing found")


def info(answer: Json, console: Console) -> None:
    """Write what a build holds."""
    table = table_of("what", "count")
    for name, count in answer["counts"].items():
        table.add_row(name, f"{count:,}")
    console.print(table)
    for name in ("build", "made_at", "encoder", "bufgraph", "folder"):
        console.print(f"{name}: {answer[name]}")


def cut(text: str, length: int = 160) -> str:
    """Return a text, cut at a word when it is long."""
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"
