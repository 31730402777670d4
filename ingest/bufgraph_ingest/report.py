"""What happened: how many records came, passed and were refused, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import orjson
from jinja2 import Environment, StrictUndefined

from bufgraph_ingest.port import Reject


@dataclass
class Report:
    """The account of one run.

    Attributes:
        accepted: Records that passed, by collection.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write ``rejects.jsonl`` to a folder, replacing the last run's; return its path."""
        lines = [orjson.dumps(asdict(reject)) + b"\n" for reject in self.rejects]
        return write_whole(folder / "rejects.jsonl", b"".join(lines))


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

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write ``report.json`` and ``report.html`` to a folder, replacing the last run's; return their paths."""
        return (
            write_whole(folder / "report.json", orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)),
            write_whole(folder / "report.html", self.html().encode()),
        )

    def html(self) -> str:
        """Return the report as a page that needs nothing beside it; what came from the file is escaped."""
        return _PAGE.render(run=self)


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
    return path


_PAGE: Final = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Import {{ run.name }}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
td.number { text-align: right }
.wide { overflow-x: auto }
</style>
</head>
<body>
<main>
<h1>Import {{ run.name }}</h1>
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
<div class="wide" tabindex="0" role="region" aria-label="What was refused">
<table>
<thead><tr><th scope="col">row</th><th scope="col">column</th><th scope="col">value</th><th scope="col">reason</th>
<th scope="col">what to do</th></tr></thead>
{% for reject in run.rejects[:1000] %}
<tr><td class="number">{{ reject.line }}</td><td>{{ reject.column }}</td><td>{{ reject.value|truncate(200) }}</td>
<td>{{ reject.reason }}</td><td>{{ reject.remedy }}</td></tr>
{% endfor %}
</table>
</div>
{% if run.rejects|length > 1000 %}
<p>And {{ "{:,}".format(run.rejects|length - 1000) }} more.</p>
{% endif %}
{% endif %}
{% if run.written %}
<h2>Files</h2>
<ul>
{% for what, file in run.written.items() %}
<li>{{ what }}: {{ file }}</li>
{% endfor %}
</ul>
{% endif %}
</main>
</body>
</html>
""")
