"""Measured quality as tables for people."""

from rich.console import Console

from bufgraph.cli.tables import Json, table_of


def search(answer: Json, console: Console) -> None:
    """Write the measures of each system, then ours by language and by domain."""
    measures = list(next(iter(answer["systems"].values()))["overall"])
    console.print(
        f"{answer['split']}: {answer['topics']} topics, {answer['answerable']} with an answer; build {answer['build']}; "
        "95 % bootstrap intervals"
    )
    table = table_of("system", *measures, "ms")
    for name, found in answer["systems"].items():
        table.add_row(
            name, *(_interval(found["overall"][m]) for m in measures), f"{answer['milliseconds'][name]:.1f}"
        )
    console.print(table)
    table = table_of("bufgraph is ahead of", *measures)
    for name, found in answer["ahead"].items():
        table.add_row(name, *(_interval(found[m], sign="+") for m in measures))
    console.print(table)
    for group in ("by_language", "by_domain", "by_style"):
        table = table_of(group.removeprefix("by_"), "topics", *measures)
        for name, found in answer["systems"]["bufgraph"][group].items():
            table.add_row(name, str(found[measures[0]]["topics"]), *(_interval(found[m]) for m in measures))
        console.print(table)
    table = table_of("the same needs in", "topics", *measures, "Success@5 behind English")
    for name, found in answer["parallel"].items():
        table.add_row(
            name,
            str(found["measures"][measures[0]]["topics"]),
            *(_interval(found["measures"][m]) for m in measures),
            _interval(found["behind"]["Success@5"], sign="+"),
        )
    console.print(table)
    for name, (part, whole) in answer["honesty"].items():
        console.print(f"{name.replace('_', ' ')}: {part} of {whole} topics")


def _interval(found: Json, sign: str = "") -> str:
    return f"{found['mean']:{sign}.3f} [dim]({found['low']:{sign}.2f} to {found['high']:{sign}.2f})[/dim]"


def transfer(answer: Json, console: Console) -> None:
    """Write how well transfers are predicted on one side of the split, then PLEEC's grouping."""
    console.print(
        f"{answer['pairs']} known transfers of {answer['practices']} practices to {answer['adopters']} cities, each left out in turn; "
        f"build {answer['build']}; 95 % bootstrap intervals over practices"
    )
    for note in answer["notes"]:
        console.print(note, style="dim")
    for direction, variants in answer["directions"].items():
        for variant, scopes in variants.items():
            for scope, splits in scopes.items():
                if (found := splits.get(answer["split"])) is not None:
                    measures = list(next(iter(found["systems"].values())))
                    console.print(
                        f"\n{direction}, {variant}, {scope}, {answer['split']}: {found['pairs']} pairs, {found['practices']} practices, "
                        f"{found['candidates']:.0f} candidates on average",
                        style="bold",
                    )
                    table = table_of("system", *measures)
                    for name, values in found["systems"].items():
                        table.add_row(name, *(_interval(values[m]) for m in measures))
                    console.print(table)
    for preset, found in answer["pleec"].items():
        verdict = "reproduced" if found["reproduced"] else "not reproduced"
        nearest = ", ".join(f"{a} → {b}" for a, b in found["nearest"].items())
        console.print(
            f"PLEEC's grouping, preset {preset}: {verdict}; Turku, Jyväskylä and Eskilstuna among each other {found['within']:.3f}, "
            f"to Tartu {found['to_tartu']:.3f}; nearest of the four: {nearest}"
        )
