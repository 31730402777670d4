"""Values of city indicators from a file into the operator's own records, which the next build reads."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.namespaces import compact
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.services.home import codec
from bufgraph.settings import Settings
from bufgraph.text.normalise import fold
from bufgraph_ingest.connectors.indicators.eurostat import Eurostat
from bufgraph_ingest.connectors.indicators.jsonstat import JsonStat
from bufgraph_ingest.connectors.indicators.kolada import Kolada
from bufgraph_ingest.connectors.indicators.mapping import CodeMapping, read_mapping
from bufgraph_ingest.connectors.indicators.names import Indicator, Names, is_city
from bufgraph_ingest.connectors.indicators.tidy import TidyTable
from bufgraph_ingest.connectors.indicators.values import UNCITED, CellError, Cited, ValueSource, cited
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.import_files import holds_indicators, import_lock, indicator_model, write_import
from bufgraph_ingest.pipeline import prepare
from bufgraph_ingest.port import Given, Json, RawRecord, Reject
from bufgraph_ingest.references import referred
from bufgraph_ingest.report import Report
from bufgraph_ingest.shipping import imports_dir

KINDS: Final = ("csv", "eurostat", "jsonstat", "kolada")
_MAPPED: Final[dict[str, Callable[[Path, str, Cited, CodeMapping], ValueSource]]] = {
    "eurostat": Eurostat,
    "jsonstat": JsonStat,
    "kolada": Kolada,
}
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_INDICATORS: Final = """
SELECT ?indicator ?label WHERE { ?indicator a bg:Indicator ; skos:prefLabel ?label FILTER (lang(?label) = "en") }
ORDER BY ?indicator
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What to import.

    Attributes:
        kind: One of :data:`KINDS`.
        name: Name of the import; "" takes that of the file.
        indicators: Table of their codes and our indicators; ``cities``: of their codes and our cities.
        source: Where the values are published, for rows that do not say it themselves.
    """

    file: Path
    kind: str
    name: str = ""
    indicators: Path | None = None
    cities: Path | None = None
    source: Cited = UNCITED


@dataclass(frozen=True, slots=True)
class Imported:
    """The account of an import.

    Attributes:
        path: The file that was written; None for a dry run or when no value was accepted.
        rejects: File with the refused rows; None for a dry run.
        report: Accepted values and refused rows.
        missing: How many rows hold no value.
        unverified: How many accepted values cite no web address.
    """

    name: str
    path: Path | None
    rejects: Path | None
    report: Report
    missing: int
    unverified: int

    @property
    def accepted(self) -> int:
        """How many values were accepted."""
        return sum(self.report.accepted.values())


def import_indicators(
    order: Order, settings: Settings, progress: Callable[[str], None], *, dry_run: bool = False
) -> Imported:
    """Check the values of a file and keep the good ones as an import, in place of an earlier one of that name.

    When no value is accepted the earlier import stays.

    Raises:
        InvalidInputError: A name, an address, an option or a table of codes is wrong.
        ConflictError: Another process is importing, or the import of that name holds records of another kind.
    """
    name = _name_of(order)
    _require_indicators(imports_dir(settings) / f"{name}.jsonl", name)
    records = codec(settings)
    progress("reading the cities and indicators")
    cities = _cities(settings, records)
    source = _source(order, name, Names(cities, _known_indicators(), records))
    progress(f"reading {order.file.name}")
    report = Report()
    found = list(_without_twins(source, report))
    progress(f"checking {len(found):,} records")
    kept = _checked([_model(name, order), *found], cities, source, records, report)
    observations = [record for record in kept if record["type"] == "Observation"]
    report.accepted[f"imports/{name}"] = len(observations)
    report.rejects.sort(key=lambda reject: (reject.line, reject.field))
    path = None
    if observations and not dry_run:
        path = imports_dir(settings) / f"{name}.jsonl"
        with import_lock(path.parent):
            write_import(path, kept)
    return Imported(
        name=name,
        path=path,
        rejects=None if dry_run else report.write(settings.home / "reports" / f"import-{name}"),
        report=report,
        missing=source.missing,
        unverified=sum(str(record["verification"]).endswith("/unverified") for record in observations),
    )


def _name_of(order: Order) -> str:
    if order.name and not _NAME.fullmatch(order.name):
        raise InvalidInputError(
            f"'{order.name}' is no name for an import; write small letters, digits and single hyphens, "
            "such as eurostat-2024",
            field="name",
        )
    name = order.name or re.sub(r"[^a-z0-9]+", "-", fold(order.file.stem)).strip("-")
    if not name:
        raise InvalidInputError(
            f"the name of {order.file} gives no name for the import; use --name", field="name"
        )
    return name


def _require_indicators(path: Path, name: str) -> None:
    if path.is_file() and path.stat().st_size and not holds_indicators(path, name):
        raise ConflictError(
            f"the import '{name}' holds records that 'bufgraph ingest' or 'bufgraph extract' brought in and this would "
            "replace; choose another --name"
        )


def _source(order: Order, name: str, names: Names) -> ValueSource:
    try:
        cited(order.source, "--source-url")
    except CellError as err:
        raise InvalidInputError(f"{err.column}: {err.reason}", field="source_url") from err
    if order.kind == "csv":
        if order.cities or order.indicators:
            raise InvalidInputError(
                "a file of kind csv names cities and indicators itself; leave out --cities and --indicators",
                field="kind",
            )
        return TidyTable(order.file, name, order.source, names)
    if order.kind not in _MAPPED:
        raise InvalidInputError(f"unknown kind '{order.kind}'; choose from {', '.join(KINDS)}", field="kind")
    if order.cities is None or order.indicators is None:
        raise InvalidInputError(
            f"a file of kind {order.kind} needs the meaning of its codes: --cities with a table their_code,city "
            "and --indicators with a table their_code,indicator,scale",
            field="kind",
        )
    mapping = read_mapping(order.cities, order.indicators, names)
    return _MAPPED[order.kind](order.file, name, order.source, mapping)


def _known_indicators() -> list[Indicator]:
    store = OxigraphStore.memory()
    schemes = ontology_dir() / "schemes" / "indicator.ttl"
    store.replace_graph("urn:indicators", schemes.read_bytes(), "text/turtle")
    return [
        Indicator(compact(row["indicator"].value), row["label"].value) for row in store.select(_INDICATORS)
    ]


def _cities(settings: Settings, records: Codec) -> list[RawRecord]:
    """Return the cities of the datasets and all that they refer to: what a value is checked against."""
    folder = JsonlFolder(settings.datasets or datasets_dir())
    everything = [raw for raw in folder.read() if isinstance(raw, RawRecord)]
    by_iri = {records.expand(str(raw.record.get("id"))): raw for raw in everything}
    needed = {id(raw): raw for raw in everything if is_city(raw)}
    queue = list(needed.values())
    while queue:
        for iri in referred(queue.pop().record, records):
            target = by_iri.get(iri)
            if target is not None and id(target) not in needed:
                needed[id(target)] = target
                queue.append(target)
    return list(needed.values())


def _without_twins(source: ValueSource, report: Report) -> Iterator[RawRecord]:
    """Yield what was read once; of several values for one city, indicator and year none can be trusted."""
    found = list(source.read())
    lines: dict[str, list[int]] = defaultdict(list)
    for raw in found:
        if isinstance(raw, RawRecord):
            lines[str(raw.record["id"])].append(raw.line)
    for raw in found:
        if isinstance(raw, Reject):
            report.rejects.append(raw)
        elif len(twins := lines[identifier := str(raw.record["id"])]) > 1:
            told = ", ".join(str(line) for line in twins)
            reason = f"the lines {told} give this city, indicator and year a value each; keep one of them"
            content = orjson.dumps(raw.record).decode()
            report.rejects.append(
                Reject(raw.file, raw.line, identifier, source.columns["ref_city"], reason, content)
            )
        else:
            yield raw


def _model(name: str, order: Order) -> RawRecord:
    title = order.source.title or f"City indicators imported as {name}"
    record = {"id": indicator_model(name), "type": "AssessmentModel", "title": title}
    return RawRecord(f"imports/{name}", order.file.name, 1, record)


def _checked(
    found: Sequence[RawRecord],
    cities: Iterable[RawRecord],
    source: ValueSource,
    records: Codec,
    report: Report,
) -> list[Json]:
    """Run the pipeline over the values beside the cities; return what passed, without documents that nothing cites."""
    batch = prepare(Given([*cities, *found]), ontology_dir(), records)
    own = {raw.record["id"] for raw in found}
    report.rejects.extend(
        replace(reject, field=source.columns.get(reject.field, reject.field))
        for reject in batch.report.rejects
        if reject.record_id in own
    )
    kept = batch.collections.get(found[0].collection, [])
    used = {iri for record in kept for iri in referred(record, records)}
    return [r for r in kept if r["type"] == "Observation" or records.expand(str(r["id"])) in used]
