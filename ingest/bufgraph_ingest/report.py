"""What happened: how many records came, passed and were refused, and why."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from jinja2 import Template

from bufgraph.durability import replace_file
from bufgraph.errors import InvalidInputError
from bufgraph_ingest.port import Json, Reject
from bufgraph_ingest.reconciliation.pairs import Candidate
from bufgraph_ingest.report_page import page_template

_VALUES: Final = re.compile(r"'[^']*'|<[^>]*>|\bbg[ds]:\S+|\d[\d.,]*")


@dataclass
class Report:
    """The account of one run.

    Attributes:
        accepted: Records that passed, by collection.
        rejects: Records that were refused; of very many only the first.
        more: How many were refused beside those; they stand in the file of refused records.
        by_reason: All that were refused, by :func:`reason_of`; only where ``rejects`` has not all of them.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    more: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return len(self.rejects) + self.more

    def reasons(self) -> Counter[str]:
        """Return how often each reason to refuse came."""
        return self.by_reason or Counter(map(reason_of, self.rejects))

    def insist(self, undone: str, rejects: Path) -> None:
        """Return if every record was accepted.

        Args:
            undone: What does not happen else, such as ``loaded``.
            rejects: The file of refused records.

        Raises:
            InvalidInputError: One was refused.
        """
        if not self.rejects:
            return
        first = self.rejects[0]
        raise InvalidInputError(
            f"{self.refused} record(s) refused, nothing {undone}; the first: {first.file} line {first.line}, "
            f"{first.field}: {first.reason}; all of them: {rejects}",
            path=str(rejects),
        )

    def write(self, folder: Path) -> Path:
        """Write ``rejects.jsonl`` to a folder, replacing the last run's; return its path."""
        return write_rejects(folder, self.rejects)


@dataclass(frozen=True)
class RunReport:
    """The account of one file that was brought in, for people and programs.

    Attributes:
        file: Name of the file; ``sha256``: of its content.
        started: UTC, ISO 8601; ``seconds``: how long it took.
        counts: Rows by what became of them, in the order to show.
        records: Records that are new or changed, by type.
        notes: What a person should know of how the file was read.
        written: Names of the files that were written, by what they are.
        reasons: How often each reason to refuse came, values left out.
        merges: Pairs of records that surely mean one thing; ``questions``: pairs that somebody has to decide.
        conflicts: Thing, field and the different values with their sources.
        coverage: What becomes of each field of the source and of ours.
    """

    name: str
    kind: str
    file: str
    sha256: str
    started: str
    seconds: float
    counts: dict[str, int]
    records: dict[str, int]
    notes: Sequence[str]
    rejects: Sequence[Reject]
    written: dict[str, str]
    reasons: dict[str, int] = field(default_factory=dict)
    merges: Sequence[Json] = ()
    questions: Sequence[Json] = ()
    conflicts: Sequence[Json] = ()
    coverage: Sequence[Json] = ()

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write ``report.json`` and ``report.html`` to a folder, replacing the last run's; return their paths."""
        return (
            write_whole(folder / "report.json", orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)),
            write_whole(folder / "report.html", self.html().encode()),
        )

    def html(self) -> str:
        """Return the report as a page that needs nothing beside it; what came from the file is escaped."""
        return _page().render(run=self)


def pairs_told(pairs: Iterable[Candidate]) -> list[Json]:
    """Return pairs of records as a report tells them."""
    return [
        {
            "kind": pair.kind,
            "left": pair.left.id,
            "left_name": pair.left.names[0] if pair.left.names else "",
            "right": pair.right.id,
            "right_name": pair.right.names[0] if pair.right.names else "",
            "score": pair.comparison.score,
            "reasons": list(pair.comparison.reasons),
        }
        for pair in pairs
    ]


def without_values(reason: str) -> str:
    """Return a reason without the values that it names: what is equal for records with the same fault."""
    return _VALUES.sub("…", reason)


def reason_of(reject: Reject) -> str:
    """Return field and reason of a refused record, to count by."""
    return f"{reject.field or '-'}: {without_values(reject.reason)}"


def write_rejects(folder: Path, rejects: Iterable[Reject]) -> Path:
    """Write ``rejects.jsonl`` to a folder, one refused record a line, whole or not at all; return its path."""
    return write_whole(folder / "rejects.jsonl", (orjson.dumps(asdict(reject)) + b"\n" for reject in rejects))


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> Path:
    """Write a file whole or not at all, with the folders that it lacks; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return replace_file(path, content)


@cache
def _page() -> Template:
    """Return the page, compiled when the first is written: not every command writes one."""
    return page_template("Import {{ run.name }}", _PAGE)


_PAGE: Final = """\
<p>{{ run.kind }} from {{ run.file }}, {{ run.started }}, {{ "%.1f"|format(run.seconds) }} s.
SHA-256 of the file: {{ run.sha256 }}</p>
<table>
<caption>Rows</caption>
{% for name, count in run.counts.items() %}
<tr><th scope="row">{{ name }}</th><td class="number">{{ "{:,}".format(count) }}</td></tr>
{% endfor %}
</table>
{% if run.records %}
<table>
<caption>New or changed records</caption>
{% for name, count in run.records.items() %}
<tr><th scope="row">{{ name }}</th><td class="number">{{ "{:,}".format(count) }}</td></tr>
{% endfor %}
</table>
{% endif %}
{% if run.notes %}
<h2>Notes</h2>
<ul>
{% for note in run.notes %}
<li>{{ note }}</li>
{% endfor %}
</ul>
{% endif %}
{% if run.rejects %}
<h2>What was refused</h2>
{% if run.reasons %}
<table>
<caption>Reasons</caption>
{% for reason, count in run.reasons.items() %}
<tr><th scope="row">{{ reason }}</th><td class="number">{{ "{:,}".format(count) }}</td></tr>
{% endfor %}
</table>
{% endif %}
<div class="wide" tabindex="0" role="region" aria-label="What was refused">
<table>
<thead><tr><th scope="col">row</th><th scope="col">column</th><th scope="col">value</th><th scope="col">reason</th>
<th scope="col">what to do</th></tr></thead>
{% for reject in run.rejects[:1000] %}
<tr><td class="number">{{ reject.line }}</td><td>{{ reject.column or reject.field }}</td><td>{{ reject.value|truncate(200) }}</td>
<td>{{ reject.reason }}</td><td>{{ reject.remedy }}</td></tr>
{% endfor %}
</table>
</div>
{% if run.rejects|length > 1000 %}
<p>And {{ "{:,}".format(run.rejects|length - 1000) }} more.</p>
{% endif %}
{% endif %}
{% for title, pairs in (("Taken for one thing", run.merges), ("May be one thing: somebody has to decide", run.questions)) %}
{% if pairs %}
<h2>{{ title }}</h2>
<ul>
{% for pair in pairs[:200] %}
<li>{{ pair.left_name }} ({{ pair.left }}) and {{ pair.right_name }} ({{ pair.right }}), {{ "%.2f"|format(pair.score) }}: {{ pair.reasons|join("; ") }}.
{% if loop.first %}To {{ "take it back" if title.startswith("Taken") else "decide" }}: <code>bufgraph reconcile {{ "--undo" if title.startswith("Taken") else "--merge" }} {{ pair.left }} {{ pair.right }} --by OFFICE</code>{{ "" if title.startswith("Taken") else ", or --keep-apart" }}{% endif %}</li>
{% endfor %}
</ul>
{% endif %}
{% endfor %}
{% if run.conflicts %}
<h2>Where sources disagree</h2>
<p>All values are kept with their sources; the first is shown.</p>
<ul>
{% for conflict in run.conflicts[:200] %}
<li>{{ conflict.thing }}, {{ conflict.field }}:
{% for value in conflict["values"] %}{{ value.value|string|truncate(100) }} ({{ value.sources|join(", ") }}){{ "; " if not loop.last }}{% endfor %}</li>
{% endfor %}
</ul>
{% endif %}
{% if run.coverage %}
<h2>What became of the fields</h2>
<div class="wide" tabindex="0" role="region" aria-label="What became of the fields">
<table>
<thead><tr><th scope="col">field</th><th scope="col">state</th><th scope="col">detail</th></tr></thead>
{% for line in run.coverage %}
<tr><td>{{ line.field }}</td><td>{{ line.state }}</td><td>{{ line.detail }}</td></tr>
{% endfor %}
</table>
</div>
{% endif %}
{% if run.written %}
<h2>Files</h2>
<ul>
{% for what, file in run.written.items() %}
<li>{{ what }}: {{ file }}</li>
{% endfor %}
</ul>
{% endif %}
"""
