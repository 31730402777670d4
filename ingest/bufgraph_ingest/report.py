"""What happened: how many records came, passed and were refused, and why."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from bufgraph_ingest.port import Reject


@dataclass
class Report:
    """The account of one run.

    Attributes:
        accepted: Records that passed, by collection.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write ``rejects.jsonl`` to a folder, replacing the last run's; return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "rejects.jsonl"
        lines = [orjson.dumps(asdict(reject)) + b"\n" for reject in self.rejects]
        fresh = path.with_suffix(".new")
        fresh.write_bytes(b"".join(lines))
        fresh.replace(path)
        return path
