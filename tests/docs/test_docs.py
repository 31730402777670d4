"""The documentation says what is there."""

import re
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest

from bufgraph.cli.main import EXIT_CODES, cli
from bufgraph.resources import checkout_root
from bufgraph.settings import Settings

ROOT = checkout_root() or Path()
IGNORED = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
# Without git, so that the tests run in an unpacked archive too.
FOLDERS = sorted(
    path
    for path in ROOT.iterdir()
    if path.is_dir()
    and not path.name.startswith(".")
    and path.name not in IGNORED
    and not (path / "pyvenv.cfg").is_file()
)
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in folder.rglob("*.md"))])
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
EXAMPLES = [
    line
    for page in PAGES
    for block in re.findall(r"```sh\n(.+?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in block.splitlines()
    if line.startswith("bufgraph ")
]
COMMAND_ROWS = dict(re.findall(r"^\| `bufgraph ([\w-]+)` \| (.+) \|$", README, flags=re.MULTILINE))
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(home|root|work|Users|tmp)\b",
    "an address of a package registry": r"pypi\.org|pythonhosted|download\.pytorch\.org|--index-url",
}


def _command(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None, name
    return command


@pytest.mark.parametrize("setting", [f.name for f in fields(Settings)])
def test_every_setting_has_a_row(setting: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith("| `BUFGRAPH_")]
    assert [row for row in rows if f"`BUFGRAPH_{setting.upper()}`" in row.split("|")[1]], setting


def test_every_default_of_a_number_is_the_documented_one() -> None:
    defaults = {f.name: f.default for f in fields(Settings) if isinstance(f.default, int | float)}
    wrong = []
    for row in (line.split("|") for line in README.splitlines() if line.startswith("| `BUFGRAPH_")):
        names = [name.removeprefix("BUFGRAPH_").lower() for name in re.findall(r"BUFGRAPH_\w+", row[1])]
        values = [value.strip(" `") for value in row[2].split(", ")]
        wrong += [
            f"{name}: {value}"
            for name, value in zip(names, values, strict=False)
            if name in defaults and float(value.replace(",", "")) != defaults[name]
        ]
    assert wrong == []


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {f"BUFGRAPH_{f.name.upper()}" for f in fields(Settings)} | {"BUFGRAPH_CONFIG"}
    told = {
        name for page in PAGES for name in re.findall(r"BUFGRAPH_[A-Z0-9_]*[A-Z0-9]", page.read_text("utf-8"))
    }
    harness = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "e2e").glob("*.py"))
    for_tests = set(re.findall(r"BUFGRAPH_[A-Z0-9_]*[A-Z0-9]", harness))
    assert told <= known | for_tests


def test_the_table_of_commands_is_the_list_of_commands() -> None:
    assert set(COMMAND_ROWS) == set(cli.list_commands(click.Context(cli)))


@pytest.mark.parametrize("name", sorted(COMMAND_ROWS))
def test_every_option_in_the_table_of_commands_exists(name: str) -> None:
    known = {option for parameter in _command(name).params for option in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)", COMMAND_ROWS[name])) <= known


def test_every_exit_code_is_documented() -> None:
    told = re.search(r"Exit codes: (.+?)\n\n", README, flags=re.DOTALL)
    assert told
    assert {int(code) for code in re.findall(r"\b(\d) [a-z]", told[1])} == {0, 1, *EXIT_CODES.values()}


def test_there_are_examples() -> None:
    assert {shlex.split(line)[1] for line in EXAMPLES} >= {"search", "solutions", "similar-cities", "sparql"}


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_parses(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    _command(name).make_context(name, arguments)  # parses and converts, runs nothing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_resolves(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_page_holds_what_is_of_no_use_elsewhere(page: Path, what: str) -> None:
    assert re.findall(FORBIDDEN[what], page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_every_top_level_folder_has_a_recipe(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^## Add", text, flags=re.MULTILINE)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    development = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").split()
    names = {re.split(r"[<>=]", need)[0] for need in (*project["dependencies"], *development)}
    part = ARCHITECTURE.partition("## Dependencies")[2].partition("\n## ")[0]
    first_cells = " ".join(line.split("|")[1] for line in part.splitlines() if line.startswith("| "))
    assert sorted(names - set(re.findall(r"[\w-]+", first_cells))) == []


def test_every_layer_is_described_in_its_order() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = tools["importlinter"]["contracts"][0]["layers"]
    expected = [{name.strip().removeprefix("bufgraph.") for name in layer.split("|")} for layer in layers]
    told = next(line for line in _paragraphs(ARCHITECTURE) if line.startswith("`errors` →"))
    assert [set(re.findall(r"`(\w+)`", layer)) for layer in told.split("→")] == expected[::-1]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split("\n")) for part in text.split("\n\n")]


def test_every_page_names_files_that_exist() -> None:
    """A path in code marks such as `services/answers.py` exists from the root, its page or a package."""
    packages = [
        ROOT / name for name in ("", "bufgraph", "ingest/bufgraph_ingest", "api/bufgraph_api", "ingest")
    ]
    path = r"`([\w./-]+/[\w.-]+\.(?:py|ttl|jsonld|md|html))`"
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in PAGES
        for name in re.findall(path, page.read_text("utf-8"))
        if not any((folder / name).is_file() for folder in (page.parent, *packages))
    ]
    assert missing == []
