"""The wheel holds the code of three packages, the ontology and the datasets, and works without the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bufgraph.resources import checkout_root

ROOT = checkout_root() or Path()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_it_installs_three_packages_and_nothing_generic(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {name for name in tops if not name.endswith(".dist-info")} == {
        "bufgraph",
        "bufgraph_ingest",
        "bufgraph_api",
    }


def test_it_holds_the_data_that_a_checkout_holds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "datasets"):
        files = [p for p in (ROOT / folder).rglob("*") if p.is_file()]
        missing = [str(p) for p in files if f"bufgraph/_data/{p.relative_to(ROOT)}" not in names]
        assert missing == []
    assert "bufgraph/graph/queries/derive/needs.rq" in names
    assert "bufgraph_api/pages/templates/base.html" in names
    assert "bufgraph_api/pages/static/styles/10-tokens.css" in names
    assert "bufgraph_api/pages/static/scripts/shortlist.js" in names
    assert "bufgraph/localisation/locales/lv.po" in names
    assert "bufgraph/briefs/brief.typ" in names


def test_unpacked_elsewhere_it_finds_its_own_data(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import bufgraph.resources as r\n"
        "assert r.checkout_root() is None\n"
        "print((r.datasets_dir() / 'practices' / 'practices.jsonl').stat().st_size)\n"
        "print((r.ontology_dir() / 'context.jsonld').stat().st_size)\n"
        "from bufgraph.settings import load_settings\n"
        "assert load_settings({}).home.name == 'bufgraph'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(int(size) > 1000 for size in done.stdout.split())
