"""Published results of what brings records in: drafts from texts, and which records mean one thing. The commands of ingest make them."""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal

from bufgraph.services.evaluating import judgments_dir, read_published, write_published

Json = dict[str, Any]  # Any: JSON
Part = Literal["extraction", "reconciliation"]
_JUDGED: Final[dict[Part, str]] = {"extraction": "passages.jsonl", "reconciliation": "pairs.jsonl"}


def judged_file(part: Part) -> Path:
    """Return the file of what was annotated or labelled."""
    return judgments_dir() / part / _JUDGED[part]


def results_file(part: Part) -> Path:
    """Return the file with the published results."""
    return judgments_dir() / part / "results.json"


def digest(part: Part) -> str:
    """Return the SHA-256 of what was annotated or labelled, so that results can be held against it."""
    return hashlib.sha256(judged_file(part).read_bytes()).hexdigest()


def published(part: Part) -> Json | None:
    """Return the published results, with the digest of what they belong to as ``judged``; None when there are none."""
    return read_published(results_file(part))


def publish(part: Part, result: Json) -> Path:
    """Write a result where the page finds it; return the file."""
    return write_published(results_file(part), {"judged": digest(part), **result})
