"""The query page, and the files of its editor: they come from npm (``make editor``) and may be missing.

``python -m bufgraph_api.pages.assets api/editor/node_modules`` copies them to where they are served.
"""

import base64
import functools
import gzip
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import MisconfiguredError, NotFoundError
from bufgraph.namespaces import PREFIXES
from bufgraph.resources import queries_dir
from bufgraph.services.semantic_sparql import FUNCTION, SERVICE
from bufgraph_api.pages.rendering import render

_STATIC: Final = Path(__file__).parent / "static"
VENDOR: Final = _STATIC / "vendor"
"""Where the editor's files lie once installed; not part of the repository or the wheel."""
_MANIFEST: Final = "editor.json"
_PACKAGED: Final = {
    "yasqe.min.css": "@zazuko/yasqe/build/yasqe.min.css",
    "yasr.min.css": "@zazuko/yasr/build/yasr.min.css",
    "yasqe.min.js": "@zazuko/yasqe/build/yasqe.min.js",
    "yasr.min.js": "@zazuko/yasr/build/yasr.min.js",
}
"""Name under which a file is served → its place among the npm packages, in loading order."""
_OWN: Final = ("query.css", "query-views.js", "query.js")
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_FOREVER: Final = "public, max-age=31536000, immutable"
# The hash allows the one style element that the table's column resizer adds; the browser names another hash if a version differs.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_KNOWN: Final = {
    **PREFIXES,
    "bgf": FUNCTION,
    "bgsvc": SERVICE,
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "owl": "http://www.w3.org/2002/07/owl#",
}
_GALLERY: Final = (
    ("Questions the graph was made for", "competency"),
    ("Search by meaning inside SPARQL", "semantic"),
    ("Research questions", "research"),
)
"""Heading → folder of the queries under it."""
_OPAQUE: Final = re.compile(r'<[^<>"{}|^`\\\s]*>|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*')
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w?$:-])([A-Za-z][\w-]*):")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the page loads.

    Attributes:
        integrity: Digest that the browser checks (W3C Subresource Integrity).
    """

    name: str
    integrity: str

    @property
    def url(self) -> str:
        """Its address; another content has another one, so that browsers may keep it."""
        return f"/static/editor/{self.name}?v={hashlib.sha256(self.integrity.encode()).hexdigest()[:12]}"

    @property
    def is_script(self) -> bool:
        """Whether it is a script, and not a stylesheet."""
        return self.name.endswith(".js")


def install(packages: Path, folder: Path) -> None:
    """Copy the editor's files from npm's packages, compress them and note their digests.

    Raises:
        MisconfiguredError: A package lacks a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    (folder / _MANIFEST).unlink(missing_ok=True)  # until all is there, the page does without
    for name, place in _PACKAGED.items():
        try:
            content = (packages / place).read_bytes()
        except OSError as err:
            raise MisconfiguredError(f"cannot read {packages / place}: {err}; run `make editor`") from err
        (folder / name).write_bytes(content)
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        digests[name] = _integrity(content)
    (folder / _MANIFEST).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def editor_assets() -> tuple[Asset, ...]:
    """Return what the page loads for the editor, in order; nothing where the editor is not installed."""
    try:
        digests = json.loads((VENDOR / _MANIFEST).read_text(encoding="utf-8"))
        packaged = [Asset(name, digests[name]) for name in _PACKAGED if (VENDOR / name).is_file()]
    except (OSError, ValueError, KeyError):
        return ()
    if len(packaged) < len(_PACKAGED):
        return ()
    return (*packaged, *(Asset(name, _integrity((_STATIC / name).read_bytes())) for name in _OWN))


def editor_file(request: Request, name: str) -> Response:
    """Return a file of the editor.

    Raises:
        NotFoundError: There is none of that name, or the editor is not installed.
    """
    path = _STATIC / name if name in _OWN else VENDOR / name
    if name not in (*_PACKAGED, *_OWN) or not path.is_file():
        raise NotFoundError(f"there is no file '{name}'", name=name)
    headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    packed = path.with_name(f"{name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        path, headers = packed, headers | {"Content-Encoding": "gzip"}
    return Response(path.read_bytes(), media_type=_TYPES[Path(name).suffix], headers=headers)


def query_page(request: Request) -> Response:
    """Return the form in which people write queries; ``?ask=`` fills it and runs nothing."""
    groups = gallery()
    assets = editor_assets()
    asked = request.query_params.get("ask", "").strip()
    page = render(
        request,
        "sparql.html",
        example=with_prefixes(asked) if asked else groups[0][1][0][1],
        groups=groups,
        assets=assets,
        prefixes=json.dumps(_KNOWN),
    )
    page.headers["Vary"] = "Accept"
    if assets:
        page.headers["Content-Security-Policy"] = _POLICY
    return page


@functools.cache
def gallery() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the shipped queries as (heading, ((question, query), …)), each with the prefixes that it uses."""
    return tuple(
        (heading, tuple(_example(path) for path in sorted((queries_dir() / folder).glob("*.rq"))))
        for heading, folder in _GALLERY
    )


def with_prefixes(query: str) -> str:
    """Write the declarations of the known prefixes that a query uses without declaring them before it."""
    plain = _OPAQUE.sub(" ", query)
    missing = {name for name in _USED.findall(plain) if name in _KNOWN} - set(_DECLARED.findall(plain))
    return "".join(f"PREFIX {name}: <{_KNOWN[name]}>\n" for name in sorted(missing)) + query


def _example(path: Path) -> tuple[str, str]:
    heading, _, query = path.read_text(encoding="utf-8").partition("\n")
    return heading.removeprefix("# "), with_prefixes(query.strip())


def _integrity(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


if __name__ == "__main__":
    install(Path(sys.argv[1]), VENDOR)
