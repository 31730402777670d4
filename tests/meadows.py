"""A practice that the small world lacks, to be published."""

from pathlib import Path
from typing import Any

import orjson

from bufgraph.settings import Settings
from builders import Json, adoption, citation, document, practice


def meadow(slug: str = "meadows", **facts: Any) -> list[Json]:
    """Return the practice with its place and its source."""
    made = practice(
        slug, "Flower meadows for bees", "Bees find no flowers between the houses of the centre.",
        "cloudburst-flooding", "lv-cesis", citation=[{**citation(slug), "document": f"bgd:source/{slug}-report"}], **facts,
    )  # fmt: skip
    return [made, adoption(slug, "lv-cesis", "success", start_year=2023), document(f"{slug}-report")]


def write_import(settings: Settings, rows: list[Json], name: str = "meadows") -> Path:
    """Write an import as a person or program would."""
    path = settings.home / "imports" / f"{name}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path
