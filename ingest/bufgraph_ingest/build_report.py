"""The account of bringing the datasets and imports into the graph: counts, reasons, rates; for people and programs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from jinja2 import Template

from bufgraph_ingest.port import Reject
from bufgraph_ingest.report import reason_of, write_whole
from bufgraph_ingest.report_page import page_template

_SHOWN: Final = 1_000


@dataclass(frozen=True)
class BuildReport:
    """What a run did.

    Attributes:
        started: UTC, ISO 8601.
        seconds: How long each step took; steps that an earlier, stopped run had finished are not there.
        accepted: Records by collection; ``refused``: records by file.
        reasons: How often each reason to refuse came, values left out, the most frequent first.
        checked: How many records were put to the shapes; the others had passed before and not changed.
        changed: IRIs of the named graphs that were written or removed.
        rejects: The first refused records; ``rejects_file``: the name of the file with all of them.
    """

    started: str
    seconds: Mapping[str, float]
    accepted: Mapping[str, int]
    refused: Mapping[str, int]
    reasons: Mapping[str, int]
    checked: int
    changed: Sequence[str]
    rejects: Sequence[Reject]
    rejects_file: str

    @property
    def read(self) -> int:
        """How many records came."""
        return sum(self.accepted.values()) + sum(self.refused.values())

    @property
    def records_a_second(self) -> float:
        """How many records a second went the whole way; 0 when an earlier run had done most of it."""
        taken = sum(self.seconds.values())
        return self.read / taken if "read" in self.seconds and taken else 0.0

    def write(self, folder: Path) -> Path:
        """Write ``build.json`` and ``build.html`` to a folder, replacing the last run's; return the path of the page."""
        about = asdict(self) | {"read": self.read, "records_a_second": round(self.records_a_second, 1)}
        write_whole(folder / "build.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
        return write_whole(folder / "build.html", _page().render(run=self).encode())


@dataclass
class Tally:
    """Refused records as they pass by: how many by file and by reason, and the first of them."""

    files: Counter[str]
    reasons: Counter[str]
    first: list[Reject]

    @classmethod
    def empty(cls) -> "Tally":
        """Return a tally of nothing."""
        return cls(Counter(), Counter(), [])

    def of(self, rejects: Iterable[Reject]) -> Iterable[Reject]:
        """Pass refused records on and count them."""
        for reject in rejects:
            self.files[reject.file] += 1
            self.reasons[reason_of(reject)] += 1
            if len(self.first) < _SHOWN:
                self.first.append(reject)
            yield reject


@cache
def _page() -> Template:
    """Return the page, compiled when the first is written: not every command writes one."""
    return page_template("Records brought into the graph", _PAGE)


_PAGE: Final = """\
{% macro counts(caption, rows) %}
<table>
<caption>{{ caption }}</caption>
{% for name, count in rows.items() %}
<tr><th scope="row">{{ name }}</th><td class="number">{{ "{:,}".format(count) if count is integer else "%.1f"|format(count) }}</td></tr>
{% endfor %}
</table>
{% endmacro %}
<p>{{ run.started }}: {{ "{:,}".format(run.read) }} records read, {{ "{:,}".format(run.accepted.values()|sum) }} accepted,
{{ "{:,}".format(run.refused.values()|sum) }} refused{% if run.records_a_second %}, {{ "{:,.0f}".format(run.records_a_second) }} a second{% endif %};
{{ "{:,}".format(run.checked) }} new or changed ones checked against the shapes; {{ run.changed|length }} named graphs changed.</p>
{{ counts("Accepted records by collection", run.accepted) }}
{{ counts("Seconds by step", run.seconds) }}
{% if run.rejects %}
<h2>What was refused</h2>
<p>All refused records with their content: {{ run.rejects_file }}.</p>
{{ counts("By file", run.refused) }}
{{ counts("By reason", run.reasons) }}
<div class="wide" tabindex="0" role="region" aria-label="Refused records">
<table>
<thead><tr><th scope="col">file</th><th scope="col">line</th><th scope="col">record</th><th scope="col">field</th>
<th scope="col">reason</th></tr></thead>
{% for reject in run.rejects %}
<tr><td>{{ reject.file }}</td><td class="number">{{ reject.line }}</td><td>{{ reject.record_id }}</td>
<td>{{ reject.field }}</td><td>{{ reject.reason }}</td></tr>
{% endfor %}
</table>
</div>
{% endif %}
"""
