from pathlib import Path

import pytest

from bufgraph.errors import MisconfiguredError
from bufgraph.settings import load_settings


def test_argument_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text("port = 1001\nhost = '0.0.0.0'\n")
    assert load_settings({}).port == 8000
    assert load_settings({}, config=file).port == 1001
    assert load_settings({"BUFGRAPH_PORT": "1002"}, config=file).port == 1002
    assert load_settings({"BUFGRAPH_PORT": "1002"}, config=file, port=1003).port == 1003
    assert load_settings({}, config=file).host == "0.0.0.0"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"BUFGRAPH_PORT": "many"}, "BUFGRAPH_PORT is 'many'"),
        ({"BUFGRAPH_PORT": "70000"}, "expected 1 to 65535"),
        ({"BUFGRAPH_BASE_IRI": "example.org"}, "ends in '/'"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(environ: dict[str, str], words: str) -> None:
    with pytest.raises(MisconfiguredError, match=words):
        load_settings(environ)


def test_an_unknown_key_in_the_file_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(MisconfiguredError, match=r"unknown setting 'prot'.*known: .*port"):
        load_settings({}, config=file)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text("port = = 1")
    with pytest.raises(MisconfiguredError, match=r"b\.toml is not valid TOML"):
        load_settings({}, config=file)
