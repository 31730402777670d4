"""The single door to the data that ships with the code: the ontology and the datasets."""

from pathlib import Path

from bufgraph.errors import MisconfiguredError

_PACKAGE = Path(__file__).resolve().parent


def checkout_root() -> Path | None:
    """Return the folder of the source checkout we run from, or None when installed from a wheel."""
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "ontology").is_dir() else None


def _folder(name: str) -> Path:
    root = checkout_root()
    path = root / name if root is not None else _PACKAGE / "_data" / name
    if not path.is_dir():
        raise MisconfiguredError(
            f"the shipped folder '{name}' is missing at {path}; reinstall bufgraph", path=str(path)
        )
    return path


def ontology_dir() -> Path:
    """Return the folder with bufgraph.ttl, context.jsonld, schemes/, shapes/ and alignments/."""
    return _folder("ontology")


def datasets_dir() -> Path:
    """Return the folder with the shipped records, one sub-folder a kind."""
    return _folder("datasets")


def queries_dir() -> Path:
    """Return the folder with the named SPARQL queries (``.rq`` files)."""
    return _PACKAGE / "graph" / "queries"
