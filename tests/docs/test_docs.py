"""The documentation says what is there."""

import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest

from bufgraph.cli.main import EXIT_CODES, cli
from bufgraph.resources import checkout_root
from bufgraph.settings import Settings

ROOT = checkout_root() or Path()
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
)
EXAMPLES = [
    line
    for block in re.findall(r"```sh\n(.+?)```", README, flags=re.DOTALL)
    for line in block.splitlines()
    if line.startswith("bufgraph ")
]


def test_every_setting_is_documented() -> None:
    missing = [f.name for f in fields(Settings) if f"BUFGRAPH_{f.name.upper()}" not in README]
    assert missing == []


def test_every_command_is_documented() -> None:
    names = cli.list_commands(click.Context(cli))
    assert [name for name in names if f"| `bufgraph {name}`" not in README] == []


def test_every_exit_code_is_documented() -> None:
    told = re.search(r"Exit codes: (.+?)\n\n", README, flags=re.DOTALL)
    assert told
    assert {int(code) for code in re.findall(r"\b(\d) [a-z]", told[1])} == {0, 1, *EXIT_CODES.values()}


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_names_a_command_with_its_options(line: str) -> None:
    _, name, *rest = shlex.split(line)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in rest if word.startswith("--") and word not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_resolves(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("folder", ["bufgraph", "ingest", "api", "ontology", "datasets", "tests"])
def test_every_top_level_folder_has_a_recipe(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^## Add", text, flags=re.MULTILINE), folder


def test_no_page_names_a_place_on_one_machine() -> None:
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(home|root|work|Users)/", page.read_text(encoding="utf-8")), page
