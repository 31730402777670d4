"""Commands that are killed, meet a full disk, miss a right or run twice at once: the last complete state stays."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bufgraph.cli.main import LazyGroup
from bufgraph.index.builds import exclusive
from bufgraph.services.composition import builds
from bufgraph.settings import Settings
from tests.crashes.disks import can_mount
from tests.spreadsheets import COLUMNS, good_row, write_csv

ROOT = Path(__file__).parents[2]
KILLS = 50
NO_OVERRIDE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root passes over all rights of files; without these two capabilities it has those of the owner only."""


# -- killed at any instant, or on a full disk: python -m tests.crashes


@pytest.fixture(scope="module")
def crashes(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the harness printed: a kill leaves all that was complete, and the next run finishes as if there had been none."""
    folder = tmp_path_factory.mktemp("crashes")
    commands = ["ingest", "build", *(["publish"] if "publish" in LazyGroup().list_commands(None) else [])]  # type: ignore[arg-type]
    each = -(-KILLS // len(commands))
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.crashes", "--cache", str(model_home / "cache"), "--commands", *commands,
            "--kills", str(each - 6), "--changes", "8", "--refusals", "4",
            "--disks", "3" if can_mount(folder / "disk") else "0", "--folder", str(folder / "world"),
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def _counted(crashes: str, words: str) -> tuple[int, int]:
    found = re.search(rf"^ *(\d+) {words}, (\d+) with faults$", crashes, re.MULTILINE)
    assert found is not None, crashes
    return int(found[1]), int(found[2])


def test_fifty_kills_leave_the_last_complete_state_and_the_next_run_finishes(crashes: str) -> None:
    instants, faults = _counted(crashes, "kills at instants")
    changes, more_faults = _counted(crashes, "kills before changes of files")
    assert faults + more_faults == 0, crashes
    assert instants + changes >= KILLS, crashes


def test_a_full_disk_is_told_and_changes_nothing_that_was_complete(crashes: str) -> None:
    refused, faults = _counted(crashes, "times no space from a change on")
    assert (refused > 0, faults) == (True, 0), crashes


def test_a_disk_that_fills_up_below_compiled_libraries_is_told_too(crashes: str) -> None:
    full, faults = _counted(crashes, "times a full disk")
    if not full and not faults:
        pytest.skip("no disk may be mounted here")
    assert faults == 0, crashes


def test_a_build_made_again_under_its_name_is_there_at_any_instant(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.crashes.again", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found = re.match(r"killed (\d+) times, 0 faults", done.stdout)
    assert found is not None, done.stdout
    assert int(found[1]) > 5


# -- limits and rights


@pytest.fixture
def home(small_settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """A home with a build, to damage; the query encoder is lent."""
    home = tmp_path / "home"
    shutil.copytree(small_settings.home, home, ignore=shutil.ignore_patterns("encoders"))
    (home / "cache" / "encoders").symlink_to(small_settings.home / "cache" / "encoders")
    yield home
    for folder in [home, *home.glob("*/")]:
        folder.chmod(0o755)  # else pytest could not remove it


@pytest.fixture
def datasets(small_settings: Settings, tmp_path: Path) -> Path:
    """Records to build from, to damage."""
    assert small_settings.datasets is not None
    return Path(shutil.copytree(small_settings.datasets, tmp_path / "data"))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "stops.csv", [good_row(2) | {"city": "ee-tartu"}], COLUMNS)


Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(home: Path, datasets: Path) -> Command:
    """Run a command of bufgraph in the home, with no more rights than the modes of files give."""
    is_root = os.geteuid() == 0
    if is_root and shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing: root may read and write everything")
    prefix = list(NO_OVERRIDE) if is_root else []

    def run(*arguments: str, before: str = "", home: Path = home) -> "subprocess.CompletedProcess[str]":
        code = f"{before}\nfrom bufgraph.cli.main import main\nmain()"
        environment = {**os.environ, "BUFGRAPH_HOME": str(home), "BUFGRAPH_DATASETS": str(datasets)}
        return subprocess.run(
            [*prefix, sys.executable, "-c", code, *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def _error(done: "subprocess.CompletedProcess[str]", code: int) -> str:
    """Return the one sentence that a command ended with."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr
    last = done.stderr.rstrip().splitlines()[-1]
    assert last.startswith("error: "), done.stderr
    return last


def test_a_file_larger_than_allowed_is_told(command: Command, home: Path, sheet: Path) -> None:
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))"
    said = _error(command("ingest", str(sheet), "--kind", "practices", before=limit), 4)
    assert "largest size that a file may have" in said
    assert str(home) in said
    assert not list((home / "imports").glob("*.jsonl"))
    assert command("ingest", str(sheet), "--kind", "practices").returncode == 0
    assert [path.name for path in (home / "imports").glob("stops*")] == ["stops.jsonl"]


@pytest.mark.parametrize("folder", [".", "graph", "imports", "reports"])
def test_a_folder_that_may_not_be_written_is_named(
    command: Command, home: Path, datasets: Path, sheet: Path, folder: str
) -> None:
    closed = home / folder
    closed.mkdir(exist_ok=True)
    _change(datasets)
    before = _files(home)
    closed.chmod(0o555)
    arguments = ("build",) if folder == "graph" else ("ingest", str(sheet), "--kind", "practices")
    said = _error(command(*arguments), 5)
    assert re.search(rf"no right to read or write {re.escape(str(closed.resolve()))}/\S+ as user", said), said
    assert "BUFGRAPH_HOME" in said
    closed.chmod(0o755)
    assert {path: size for path, size in _files(home).items() if path in before} == before


def test_records_that_may_not_be_read_are_named_and_the_build_stays(
    command: Command, home: Path, datasets: Path
) -> None:
    before = (home / "builds" / "current").read_text()
    (datasets / "cities.jsonl").chmod(0)
    said = _error(command("build"), 5)
    assert f"no right to read or write {datasets / 'cities.jsonl'}" in said
    assert (home / "builds" / "current").read_text() == before
    assert command("info").returncode == 0


@pytest.mark.parametrize("pointer", ["builds/current", "graph/current.json"])
def test_a_pointer_that_may_not_be_read_is_named(command: Command, home: Path, pointer: str) -> None:
    (home / pointer).chmod(0)
    said = _error(command("info" if "builds" in pointer else "build"), 5)
    assert f"no right to read or write {home / pointer}" in said


@pytest.mark.parametrize("arguments", [("build",), ("ingest", "SHEET", "--kind", "practices")])
def test_a_home_that_is_a_file_is_told(
    command: Command, tmp_path: Path, sheet: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    said = _error(command(*(str(sheet) if word == "SHEET" else word for word in arguments), home=file), 5)
    assert f"{file}" in said
    assert "is in the way" in said
    assert file.read_text() == "mine"


def _change(datasets: Path) -> None:
    cities = datasets / "cities.jsonl"
    cities.write_text(cities.read_text().replace("91000", "92000"))


def _files(home: Path) -> dict[str, int]:
    return {
        str(path): path.stat().st_size for path in home.rglob("*") if path.is_file() and path.name != "lock"
    }


# -- two at once


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    with exclusive(folder / "lock", "held by the test"):
        yield


@pytest.mark.parametrize(
    ("folder", "words"), [("graph", "another process is loading data"), ("builds", "another process builds")]
)
def test_a_build_beside_a_build_is_told_to_wait(
    command: Command, home: Path, datasets: Path, small_settings: Settings, folder: str, words: str
) -> None:
    _change(datasets)
    before = builds(small_settings).current_id()
    with _held(home / folder):
        assert words in _error(command("build"), 6)
    assert (home / "builds" / "current").read_text().strip() == before


def test_imports_at_once_lose_nothing(
    command: Command, home: Path, datasets: Path, sheet: Path, tmp_path: Path
) -> None:
    other = write_csv(
        tmp_path / "other.csv", [good_row(3) | {"city": "fi-oulu", "title": "Dry bus stops"}], COLUMNS
    )
    (home / "imports").mkdir(exist_ok=True)
    environment = {**os.environ, "BUFGRAPH_HOME": str(home), "BUFGRAPH_DATASETS": str(datasets)}
    words = ("-m", "bufgraph.cli.main", "ingest", "--kind", "practices")
    both = [
        subprocess.Popen(
            [sys.executable, *words, str(file)], env=environment, stderr=subprocess.PIPE, text=True
        )
        for file in (sheet, other)
    ]
    for process, file in zip(both, (sheet, other), strict=True):
        _, said = process.communicate()
        assert process.returncode in {0, 6}, said
        if process.returncode == 6:
            assert "another process imports" in said
            assert command("ingest", "--kind", "practices", str(file)).returncode == 0
    assert sorted(path.name for path in (home / "imports").glob("*.jsonl")) == ["other.jsonl", "stops.jsonl"]
