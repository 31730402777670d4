"""What many tests share: the real model once, the shipped data built once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bufgraph.embeddings.model_files import PACKAGED_MODEL, find_model
from bufgraph.embeddings.onnx import export
from bufgraph.services.building import make_build
from bufgraph.services.composition import encoder_folder as folder_of
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.shipping import load_datasets
from builders import small_datasets, write_datasets, write_lexicons


def quiet(step: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the exported query encoder and a vector cache; taken over from an earlier build where there is one."""
    home = tmp_path_factory.mktemp("model-home")
    earlier = load_settings({}).home / "cache"
    fingerprint = find_model(PACKAGED_MODEL).fingerprint
    if (earlier / "encoders" / fingerprint / "about.json").is_file():
        shutil.copytree(earlier, home / "cache")
    else:
        export(find_model(PACKAGED_MODEL), folder_of(load_settings({}, home=home), fingerprint))
    return home


@pytest.fixture(scope="session")
def encoder_folder(model_home: Path) -> Path:
    """The exported query encoder."""
    return folder_of(load_settings({}, home=model_home), find_model(PACKAGED_MODEL).fingerprint)


@pytest.fixture(scope="session")
def new_home(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Give a fresh home that already has the model cache."""

    def make() -> Path:
        home = tmp_path_factory.mktemp("home")
        shutil.copytree(model_home / "cache", home / "cache", copy_function=_link)
        return home

    return make


def _link(source: str, target: str) -> None:
    if source.endswith(".sqlite"):
        shutil.copy2(source, target)  # each home writes its own vectors
    else:
        Path(target).hardlink_to(source)


def build(settings: Settings) -> Settings:
    """Load and build; return the settings."""
    loaded = load_datasets(settings, quiet)
    make_build(settings, loaded.generation.folder, loaded.generation.graphs, quiet)
    return settings


@pytest.fixture(scope="session")
def small_settings(new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A build of the small world of :mod:`builders`, with the real model. Read-only."""
    datasets = write_datasets(tmp_path_factory.mktemp("datasets"), small_datasets())
    (datasets / "lexicons").mkdir()
    write_lexicons(datasets / "lexicons")
    return build(load_settings({}, home=new_home(), datasets=datasets))


@pytest.fixture(scope="session")
def shipped_settings(model_home: Path) -> Settings:
    """A build of the shipped datasets, with the real model. Read-only."""
    return build(load_settings({}, home=model_home))
