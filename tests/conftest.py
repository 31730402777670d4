"""What many tests share: the real model, the shipped data and two small worlds, each built once a run by whichever worker needs it first."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from bufgraph.embeddings.model_files import PACKAGED_MODEL, find_model
from bufgraph.embeddings.onnx import export
from bufgraph.services.building import make_build
from bufgraph.services.composition import encoder_folder as folder_of
from bufgraph.services.composition import inflection as inflection_of
from bufgraph.settings import Settings, load_settings
from bufgraph.text.inflection import Inflection
from bufgraph_ingest.shipping import load_datasets
from builders import LEXICONS, small_datasets, write_datasets, write_lexicons, write_towns


def quiet(step: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class SharedFolder:
    """A folder of all workers of a run.

    Attributes:
        path: Where it lies.
    """

    path: Path

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a folder that the first worker who asks makes; the others wait for it, and read it only."""
        folder = self.path / name
        with FileLock(self.path / f"{name}.lock"):
            if not folder.exists():
                unfinished = self.path / f"{name}.unfinished"
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> SharedFolder:
    """The folder of all workers of this run; with one worker, of that one."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return SharedFolder(folder)


@pytest.fixture(scope="session")
def model_home(shared_folder: SharedFolder) -> Path:
    """A home with the exported query encoder, vectors and inflected forms; taken over from an earlier build where there is one."""

    def make(home: Path) -> None:
        settings = load_settings({}, home=home)
        earlier = load_settings({}).home / "cache"
        fingerprint = find_model(PACKAGED_MODEL).fingerprint
        if (earlier / "encoders" / fingerprint / "about.json").is_file():
            shutil.copytree(earlier, home / "cache")
        else:
            export(find_model(PACKAGED_MODEL), folder_of(settings, fingerprint))
        inflection_of(settings).prepare(LEXICONS)

    return shared_folder.once("model-home", make)


@pytest.fixture(scope="session")
def encoder_folder(model_home: Path) -> Path:
    """The exported query encoder."""
    return folder_of(load_settings({}, home=model_home), find_model(PACKAGED_MODEL).fingerprint)


@pytest.fixture(scope="session")
def inflection(model_home: Path) -> Inflection:
    """The inflected forms of words."""
    return inflection_of(load_settings({}, home=model_home))


@pytest.fixture(scope="session")
def new_home(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Give a fresh home that already has the model cache."""

    def make() -> Path:
        home = tmp_path_factory.mktemp("home")
        copy_home(model_home, home)
        return home

    return make


def copy_home(home: Path, copy: Path) -> None:
    """Make a home like another: what is never written again is the same file, vectors and forms are those of the whole run."""
    forms = shutil.ignore_patterns("inflection")
    shutil.copytree(home, copy, ignore=forms, copy_function=_copy_file, dirs_exist_ok=True)
    (copy / "cache" / "inflection").symlink_to((home / "cache" / "inflection").resolve())


def _copy_file(source: str, target: str) -> None:
    if source.endswith(".sqlite"):
        Path(target).symlink_to(Path(source).resolve())  # SQLite lets many write, and finds its journal
    elif Path(source).name.lower() == "lock":
        Path(target).touch()  # a link would be the same lock
    else:
        Path(target).hardlink_to(source)


def build(settings: Settings) -> Settings:
    """Load and build; return the settings."""
    loaded = load_datasets(settings, quiet)
    make_build(settings, loaded.generation.folder, loaded.generation.graphs, quiet)
    return settings


Build = Callable[[str, Callable[[Path], object] | None], Settings]


@pytest.fixture(scope="session")
def build_once(
    shared_folder: SharedFolder, model_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Build:
    """Build some datasets once a run; give this worker a copy of the home.

    The arguments are a name and what writes the datasets; without the latter the shipped ones are built.
    """

    def settings_of(folder: Path, home: Path, *, shipped: bool) -> Settings:
        return load_settings({}, home=home, **({} if shipped else {"datasets": folder / "datasets"}))

    def make(name: str, write: Callable[[Path], object] | None) -> Settings:
        def build_it(folder: Path) -> None:
            copy_home(model_home, folder / "home")
            if write is not None:
                write(folder / "datasets")
            build(settings_of(folder, folder / "home", shipped=write is None))

        folder = shared_folder.once(name, build_it)
        home = tmp_path_factory.mktemp(name)
        copy_home(folder / "home", home)
        return settings_of(folder, home, shipped=write is None)

    return make


@pytest.fixture(scope="session")
def small_settings(build_once: Build) -> Settings:
    """A build of the small world of :mod:`builders`, with the real model. Read-only."""

    def write(datasets: Path) -> None:
        write_datasets(datasets, small_datasets())
        (datasets / "lexicons").mkdir()
        write_lexicons(datasets / "lexicons")

    return build_once("small", write)


@pytest.fixture(scope="session")
def towns_settings(build_once: Build) -> Settings:
    """A build of the towns of :mod:`builders`, with the real model. Read-only."""
    return build_once("towns", write_towns)


@pytest.fixture(scope="session")
def shipped_settings(build_once: Build) -> Settings:
    """A build of the shipped datasets, with the real model. Read-only."""
    return build_once("shipped", None)
