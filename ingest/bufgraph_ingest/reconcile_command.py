"""The command ``reconcile``: records that may mean one thing, why, and what was decided."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bufgraph.settings import load_settings
from bufgraph_ingest.commands import Progress, datasets_option

if TYPE_CHECKING:
    from bufgraph_ingest.reconciliation.decisions import Decision, DecisionLog
    from bufgraph_ingest.reconciliation.pairs import Candidate
    from bufgraph_ingest.reconciliation.service import Reconciliation

_ANSWERS = {"m": "merge", "k": "keep-apart", "s": "", "q": ""}


@click.command()
@click.option(
    "--kind", type=click.Choice(["cities", "organisations", "practices"]), help="Only things of this kind."
)
@click.option("--ask", is_flag=True, help="Ask about each doubtful pair and keep the answers.")
@click.option(
    "--by-meaning", is_flag=True, help="Compare the texts of practices with the encoder of the build as well."
)
@click.option("--record", is_flag=True, help="Keep what the rules decide, for the next build.")
@click.option("--merge", nargs=2, metavar="LEFT RIGHT", help="Decide that two records mean one thing.")
@click.option("--keep-apart", nargs=2, metavar="LEFT RIGHT", help="Decide that they do not.")
@click.option("--undo", nargs=2, metavar="LEFT RIGHT", help="Take back what was decided about two records.")
@click.option("--by", default="", help="The office that decides; no natural person's name.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Most pairs shown or asked about.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people or programs.",
)
@datasets_option
def reconcile(
    datasets: Any, by: str, limit: int, output: str, **wish: Any
) -> None:  # Any: a path; click's options
    """Show records that may mean one thing, with reasons; nothing is merged without a decision, which can be undone."""
    from bufgraph_ingest.reconciliation.service import Reconciliation  # --help stays fast

    given = [(name, wish[name]) for name in ("merge", "keep_apart", "undo") if wish[name]]
    progress = Progress()
    service = Reconciliation(load_settings(datasets=datasets), progress)
    if given:
        for name, pair in given:
            _tell_decision(service.decide(pair, name.replace("_", "-"), by))
        return
    found = service.candidates([wish["kind"]] if wish["kind"] else None, by_meaning=wish["by_meaning"])
    progress.done(f"compared {service.compared:,} records")
    if wish["record"]:
        click.echo(
            f"kept {service.log.record_rules(found):,} new decisions of the rules in {service.log.path}",
            err=True,
        )
    if wish["ask"]:
        _ask(service, service.open_questions(found)[:limit], by)
    else:
        _show(found, limit, output, service.log)


def _show(found: "list[Candidate]", limit: int, output: str, log: "DecisionLog") -> None:
    decided = log.current()
    if output == "json":
        import orjson  # --help stays fast

        rows = [_row(candidate, decided.get(candidate.key)) for candidate in found[:limit]]
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    for candidate in found[:limit]:
        click.echo(_told(candidate, decided.get(candidate.key)))
    if not found:
        click.echo("no two records look like one thing")
    elif len(found) > limit:
        click.echo(f"and {len(found) - limit:,} more; show them with --limit {len(found)}")


def _row(candidate: "Candidate", decision: "Decision | None") -> dict[str, object]:
    return {
        "kind": candidate.kind,
        "left": {"id": candidate.left.id, "name": candidate.left.names[0]},
        "right": {"id": candidate.right.id, "name": candidate.right.names[0]},
        "score": candidate.comparison.score,
        "verdict": candidate.verdict,
        "reasons": candidate.comparison.reasons,
        "decision": asdict(decision) if decision else None,
    }


def _told(candidate: "Candidate", decision: "Decision | None") -> str:
    lines = [f"{candidate.verdict:10} {candidate.comparison.score:.2f}  {candidate.kind}"]
    lines += [f"  {thing.id}  {thing.names[0]}" for thing in (candidate.left, candidate.right)]
    lines += [f"    - {reason}" for reason in candidate.comparison.reasons]
    if decision is not None:
        lines.append(f"    decided: {decision.decision}, {decision.by}, {decision.day}")
    return "\n".join(lines)


def _ask(service: "Reconciliation", questions: "list[Candidate]", by: str) -> None:
    if not questions:
        click.echo("there is nothing to ask")
        return
    office = by or click.prompt("Which office decides")
    for number, candidate in enumerate(questions, 1):
        click.echo(f"\n[{number} of {len(questions)}]\n{_told(candidate, None)}")
        answer = click.prompt(
            "merge, keep apart, skip or quit", type=click.Choice(list(_ANSWERS)), default="s"
        )
        if answer == "q":
            return
        if _ANSWERS[answer]:
            _tell_decision(
                service.decide(candidate.key, _ANSWERS[answer], office, candidate.comparison.reasons)
            )


def _tell_decision(decision: "Decision") -> None:
    click.echo(
        f"{decision.decision}: {decision.left} and {decision.right}, by {decision.by}; the next build follows it",
        err=True,
    )
