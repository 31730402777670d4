"""Files of others that pages load: they come from npm (``make frontend``) and may be missing; pages do without them then.

``python -m bufgraph_api.pages.vendored api/frontend/node_modules`` copies or makes them where they are served.
"""

import base64
import gzip
import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from bufgraph.errors import MisconfiguredError, NotFoundError
from bufgraph_api.pages.atlas import land_svg, region_json

VENDOR: Final = Path(__file__).parent / "static" / "vendor"
"""Where the files lie once installed; not part of the repository or the wheel."""
EDITOR: Final = ("yasqe.min.css", "yasr.min.css", "yasqe.min.js", "yasr.min.js")
"""What the query editor needs, in loading order."""
MOVING_MAP: Final = ("leaflet.css", "leaflet.js", "region.json")
"""What the map that moves needs."""
LAND: Final = "land.svg"
"""Coastlines and borders under the drawn maps."""
_MANIFEST: Final = "vendor.json"
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/geo+json",
    ".svg": "image/svg+xml",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_ATLAS: Final = "world-atlas/countries-10m.json"


def _as_it_is(content: bytes) -> bytes:
    return content


def _without_map(content: bytes) -> bytes:
    """Drop the last line of a script, which names a file for debugging that is not served."""
    return content.replace(b"\n//# sourceMappingURL=leaflet.js.map", b"")


_MADE_OF: Final[Mapping[str, tuple[str, Callable[[bytes], bytes]]]] = {
    "yasqe.min.css": ("@zazuko/yasqe/build/yasqe.min.css", _as_it_is),
    "yasr.min.css": ("@zazuko/yasr/build/yasr.min.css", _as_it_is),
    "yasqe.min.js": ("@zazuko/yasqe/build/yasqe.min.js", _as_it_is),
    "yasr.min.js": ("@zazuko/yasr/build/yasr.min.js", _as_it_is),
    "leaflet.css": ("leaflet/dist/leaflet.css", _as_it_is),
    "leaflet.js": ("leaflet/dist/leaflet.js", _without_map),
    "region.json": (_ATLAS, lambda atlas: region_json(json.loads(atlas)).encode()),
    LAND: (_ATLAS, lambda atlas: land_svg(json.loads(atlas)).encode()),
}
"""Name under which a file is served → what it is made of among the npm packages, and how."""


@dataclass(frozen=True, slots=True)
class VendoredFile:
    """A file of others as a page loads it.

    Attributes:
        integrity: Digest that the browser checks (W3C Subresource Integrity).
    """

    name: str
    integrity: str

    @property
    def url(self) -> str:
        """Its address; another content has another one, so that browsers may keep it."""
        return f"/static/vendor/{self.name}?v={hashlib.sha256(self.integrity.encode()).hexdigest()[:12]}"

    @property
    def element(self) -> Markup:
        """The element that loads it: a stylesheet, or a script after the page."""
        if self.name.endswith(".js"):
            return Markup('<script src="{}" integrity="{}" defer></script>').format(self.url, self.integrity)
        return Markup('<link rel="stylesheet" href="{}" integrity="{}">').format(self.url, self.integrity)


def install(packages: Path, folder: Path) -> None:
    """Make all files from npm's packages, compress them and note their digests.

    Raises:
        MisconfiguredError: A package lacks a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.iterdir():  # until all is there, pages do without
        earlier.unlink()
    digests = {}
    for name, (place, make) in _MADE_OF.items():
        try:
            content = make((packages / place).read_bytes())
        except OSError as err:
            raise MisconfiguredError(f"cannot read {packages / place}: {err}; run `make frontend`") from err
        (folder / name).write_bytes(content)
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        digests[name] = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    (folder / _MANIFEST).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def vendored(*names: str) -> tuple[VendoredFile, ...]:
    """Return files of others in the order asked for; nothing where one of them is not installed."""
    try:
        digests = json.loads((VENDOR / _MANIFEST).read_text(encoding="utf-8"))
        files = tuple(VendoredFile(name, digests[name]) for name in names if (VENDOR / name).is_file())
    except (OSError, ValueError, KeyError):
        return ()
    return files if len(files) == len(names) else ()


def vendored_file(request: Request, name: str) -> Response:
    """Serve a file of others.

    Raises:
        NotFoundError: There is none of that name, or nothing is installed.
    """
    path = VENDOR / name
    if name not in _MADE_OF or not path.is_file():
        raise NotFoundError(f"there is no file '{name}'", name=name)
    headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    packed = path.with_name(f"{name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        path, headers = packed, headers | {"Content-Encoding": "gzip"}
    return Response(path.read_bytes(), media_type=_TYPES[Path(name).suffix], headers=headers)


if __name__ == "__main__":
    install(Path(sys.argv[1]), VENDOR)
