"""The notebooks run on the shipped data, and are kept with outputs that tell nothing of a machine."""

import importlib.util
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import uvicorn

from bufgraph.resources import checkout_root
from bufgraph.settings import Settings
from bufgraph_api.app import create_app

nbformat = pytest.importorskip(
    "nbformat", reason="the notebook tools of requirements-dev.txt are not installed"
)

FOLDER = (checkout_root() or Path()) / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh", FOLDER / "refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server(shipped_settings: Settings) -> Iterator[str]:
    """The address of a server of the shipped data."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(create_app(shipped_settings), log_level="warning"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not running.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_on_the_shipped_data(path: Path, server: str, refresh: ModuleType) -> None:
    before = path.read_bytes()
    notebook = refresh.execute(path, server)
    kinds = {
        kind
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        for kind in output.get("data", {})
    }
    assert {"image/png", "text/html"} <= kinds
    assert server not in nbformat.writes(notebook)
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_with_outputs_and_without_the_machine(path: Path, refresh: ModuleType) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        assert cell.execution_count is not None, "run notebooks/refresh.py"
        assert not [output for output in cell.outputs if output.output_type == "error"]
    assert any(
        "image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())
    )
    text = nbformat.writes(notebook)
    assert re.findall(r"(?<![\w.])/(home|root|work|Users|tmp)\b|\b\d{1,2}:\d{2}:\d{2}\b", text) == []
    assert text == nbformat.writes(refresh.stripped(notebook))
