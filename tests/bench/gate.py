"""Ways to check records against the shapes, in one run: ``python -m tests.bench.gate [PRACTICES] [BATCH]``.

Rates are by processor time (of all threads) and by the clock; a busy machine spoils only the latter. Each way gets
the same made-up records in the same batches, with the concepts and the records they refer to. Where a way keeps
them between batches, that is part of its rate; what is read once at its start is printed apart. pyrudof and maplib
are optional: ``pip install pyrudof maplib``.
"""

import importlib
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import to_ntriples
from bufgraph.namespaces import DEFAULT_BASE
from bufgraph.resources import ontology_dir
from bufgraph_ingest.cleaning import clean, loose_references, problems
from bufgraph_ingest.gate import Gate
from bufgraph_ingest.gates.compiled import CompiledGate
from bufgraph_ingest.port import Json
from tests.bench.generator import Recipe, Vocabulary, stream

say = print  # this is a script for people
FOLDER = ontology_dir()
CODEC = Codec.from_file(FOLDER / "context.jsonld", DEFAULT_BASE)
Check = Callable[[list[Json]], int]
"""Check one batch and return the number of violations."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of checking.

    Attributes:
        start: Make it ready, given the records that others refer to.
        batches: How many batches it is given; the slow ones get fewer.
    """

    name: str
    start: Callable[[list[Json]], Check]
    batches: int | None


def pyshacl_whole(referred: list[Json]) -> Check:
    """The reference as it is: every batch with everything it may refer to."""
    gate = Gate(FOLDER, CODEC)
    return lambda batch: len(gate.check([*referred, *batch]))


def rudof(referred: list[Json]) -> Check:
    """pyrudof: every batch with the types of everything it may refer to, as it keeps no data between batches."""
    library: Any = importlib.import_module("pyrudof")  # Any: an optional package
    shapes = "".join(_files("shapes"))
    rest = _triples(referred) + "".join(_files("schemes"))

    def check(batch: list[Json]) -> int:
        session = library.Rudof(library.RudofConfig())  # a used one keeps the data of earlier batches
        session.read_shacl(shapes, library.ShaclFormat.NTriples)
        session.read_data(_triples(batch) + rest, library.RDFFormat.NTriples)
        return len(session.validate_shacl())

    return check


def maplib(referred: list[Json]) -> Check:
    """maplib: shapes and data in two graphs of one model."""
    library: Any = importlib.import_module("maplib")  # Any: an optional package
    rest = _triples(referred) + "".join(_files("schemes"))

    def check(batch: list[Json]) -> int:
        model = library.Model()
        model.reads("".join(_files("shapes")), format="ntriples", graph="urn:shapes")
        model.reads(_triples(batch) + rest, format="ntriples")
        return len(model.validate(shape_graph="urn:shapes").results())

    return check


def compiled(referred: list[Json]) -> Check:
    """The compiled shapes; references are learned once."""
    gate = CompiledGate(FOLDER, CODEC)
    gate.learn(referred)

    def check(batch: list[Json]) -> int:
        gate.learn(batch)
        return len(gate.check(batch))

    return check


WAYS = (
    Way("compiled shapes", compiled, None),
    Way("pyrudof, native", rudof, 2),
    Way("maplib", maplib, 1),
    Way("pySHACL (the reference)", pyshacl_whole, 1),
)


def batches(vocabulary: Vocabulary, practices: int, size: int) -> Iterator[list[Json]]:
    """Yield made-up records in batches as the gate meets them; a twentieth of them have a fault."""
    batch: list[Json] = []
    for made in stream(vocabulary, Recipe(practices, dirt=0.05)):
        record = clean(made.record)
        if made.fault != "cost that is no number" and not _refused(record):  # pySHACL stops at it
            batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _refused(record: Json) -> bool:
    return bool(problems(record, CODEC) or loose_references(record, CODEC))


def _triples(records: Iterable[Json]) -> str:
    return to_ntriples(CODEC.to_json_ld(records), "application/ld+json").decode()


def _files(folder: str) -> list[str]:
    paths = sorted((FOLDER / folder).glob("*.ttl"))
    return [to_ntriples(path.read_bytes(), "text/turtle").decode() for path in paths]


def measure(way: Way, referred: list[Json], work: list[list[Json]]) -> str:
    """Return a line of the table, or why there is none."""
    try:
        began = time.perf_counter()
        check = way.start(referred)
        started, used = time.perf_counter(), time.process_time()
        found = [check(batch) for batch in work[: way.batches]]
        taken, used = time.perf_counter() - started, time.process_time() - used
    except ImportError as err:
        return f"{way.name:<38} not installed: {err}"
    except BaseException as err:  # a panic of a Rust library is no Exception
        if isinstance(err, KeyboardInterrupt | SystemExit):
            raise
        return f"{way.name:<38} {type(err).__name__}: {err}"
    count = sum(map(len, work[: way.batches]))
    return f"{way.name:<38} {count / used:12,.1f} {count / taken:12,.1f} {count:9,} {found[0]:24,} {started - began:10.2f}"


def main() -> None:
    """Print the table, the fastest first."""
    practices = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    vocabulary = Vocabulary.shipped(limit=60)
    referred = [record for records in vocabulary.referred.values() for record in records]
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it tells every number in words at length
    began = time.process_time()
    work = list(batches(vocabulary, practices, size))
    rate = sum(map(len, work)) / (time.process_time() - began)
    say(
        f"batches of {size:,} records, {len(referred)} referred to; made and cleaned at {rate:,.0f} records a CPU second"
    )
    say(
        f"{'':<38} {'per CPU s':>12} {'per s':>12} {'records':>9} {'violations in the first':>24} {'start, s':>10}"
    )
    for way in WAYS:
        say(measure(way, referred, work), flush=True)


if __name__ == "__main__":
    main()
