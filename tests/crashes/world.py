"""A small real world to crash in: a home before each command, and what a run that nobody disturbs makes of it.

Two dozen made-up practices of ``tests.bench.generator`` with what they refer to, a spreadsheet of twelve rows, the real
model. Lexicons are left out: the dictionaries behind them take seconds a language and write nothing that others do not.
"""

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

import bufgraph.services.building
from bufgraph.cli.main import LazyGroup
from bufgraph.durability import replace_folder
from bufgraph.embeddings.cache import CachedEncoder
from bufgraph.embeddings.model_files import PACKAGED_MODEL, ModelFiles, find_model
from bufgraph.embeddings.onnx import OnnxEncoder, export
from bufgraph.embeddings.port import Vectors
from bufgraph.embeddings.sentence_transformer import SentenceTransformerEncoder
from bufgraph.services.composition import encoder_folder
from bufgraph.settings import Settings, load_settings
from tests.bench.generator import Json, Recipe, Vocabulary, stream
from tests.builders import write_datasets
from tests.spreadsheets import FAULTS, Row, good_row, write_csv

PRACTICES: Final = 24
ROWS: Final = 12


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command and the home that it starts from.

    Attributes:
        home: Never run in; each run gets a copy.
    """

    name: str
    arguments: tuple[str, ...]
    home: Path


@dataclass(frozen=True, slots=True)
class World:
    """Where everything lies.

    Attributes:
        datasets: Records to build from.
        sheet: A spreadsheet of practices, one row at fault.
    """

    folder: Path
    datasets: Path
    sheet: Path

    def settings(self, home: Path) -> Settings:
        """Return the settings of a run in a home."""
        return load_settings({}, home=home, datasets=self.datasets)

    def environment(self, home: Path) -> dict[str, str]:
        """Return what tells a command of this world and a home."""
        return {"BUFGRAPH_HOME": str(home), "BUFGRAPH_DATASETS": str(self.datasets)}

    @property
    def known_vectors(self) -> Path:
        """Vectors of texts that were encoded before, outside of all homes."""
        return self.folder / "known.sqlite"

    def new_home(self, name: str, start: Path) -> Path:
        """Copy a home; only the query encoder, which no run but ``build --force`` writes, is shared."""
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home, copy_function=_copy)
        return home


def make_world(folder: Path, cache: Path | None) -> World:
    """Write the records and the sheet, and a home ``bare`` that holds nothing but the query encoder.

    Args:
        cache: Cache of a home that has the encoder and vectors; None exports the encoder (20 s) and encodes anew.
    """
    vocabulary = Vocabulary.shipped(30)
    data: dict[str, list[Json]] = defaultdict(list)
    data.update(vocabulary.referred)
    for made in stream(vocabulary, Recipe(practices=PRACTICES)):
        data[made.collection].append(made.record)
    datasets = write_datasets(
        folder / "datasets", {name.rpartition("/")[2]: rows for name, rows in data.items()}
    )
    (datasets / "lexicons").mkdir()
    cities = [str(record["id"]).rpartition("/")[2] for record in data["cities/cities"]]
    world = World(folder, datasets, write_csv(folder / "stops.csv", list(_rows(cities))))
    home = folder / "bare"
    if cache is not None:
        shutil.copytree(cache / "encoders", home / "cache" / "encoders", copy_function=_copy)
        if (cache / "vectors.sqlite").is_file():
            shutil.copyfile(cache / "vectors.sqlite", world.known_vectors)
    target = encoder_folder(world.settings(home), find_model(PACKAGED_MODEL).fingerprint)
    if not (target / "about.json").is_file():
        export(find_model(PACKAGED_MODEL), target)
    return world


def _rows(cities: list[str]) -> Iterator[Row]:
    for number in range(ROWS):
        row = good_row(number + 2) | {"city": cities[number % len(cities)]}
        yield row | {"problem": FAULTS[15][1](row)} if number == ROWS // 2 else row


def _copy(source: str, target: str) -> None:
    if f"{os.sep}encoders{os.sep}" in source:
        try:
            Path(target).hardlink_to(source)
        except OSError:  # on another disk
            Path(target).symlink_to(Path(source).resolve())
    else:
        shutil.copyfile(source, target)


def encode_quickly(world: World) -> None:
    """Let this process and its children encode with the exported model, loaded once; its vectors are the same to 1e-6.

    Torch starts threads, and a process with threads should not be forked.
    """
    fingerprint = find_model(PACKAGED_MODEL).fingerprint
    encoder = OnnxEncoder(encoder_folder(world.settings(world.folder / "bare"), fingerprint))
    runtime = encoder._runtime
    OnnxEncoder._runtime = property(lambda self: runtime)  # type: ignore[assignment,method-assign]

    def encode(self: SentenceTransformerEncoder, texts: Sequence[str]) -> Vectors:
        known = CachedEncoder(_OneByOne(encoder), world.known_vectors)
        return known.encode(texts)

    SentenceTransformerEncoder.encode = encode  # type: ignore[method-assign]
    bufgraph.services.building.export = _export_again


def _export_again(files: ModelFiles, folder: Path) -> None:
    """Put an export in the place of the one that is there as :func:`bufgraph.embeddings.onnx.export` does, but without torch."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as scratch:
        replace_folder(Path(shutil.copytree(folder, Path(scratch) / "encoder")), folder)


class _OneByOne:
    """An encoder without padding: texts of the generator differ much in length."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint
        self.dim = encoder.dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.vstack([self._encoder.encode([text]) for text in texts])


def can_publish() -> bool:
    """Tell whether there is a command that adds imports to a build."""
    return "publish" in LazyGroup().list_commands(None)  # type: ignore[arg-type]  # the context is not looked at
