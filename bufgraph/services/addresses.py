"""Identifiers and the paths that answer for them here."""

import re
from dataclasses import dataclass
from typing import Final

from bufgraph.namespaces import DEFAULT_BASE, ONTOLOGY, SCHEME

NAMESPACE: Final = SCHEME.removesuffix("scheme/")
SHAPE: Final = f"{NAMESPACE}shape#"
_NAMES: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9][A-Za-z0-9._~-]*)*")
_MAX_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Addresses:
    """Maps IRIs to paths and back.

    Attributes:
        base_iri: Base of the identifiers of records; whatever it is, they are answered for under ``/id/``.
    """

    base_iri: str = DEFAULT_BASE

    def iri_of(self, path: str) -> str | None:
        """Return the identifier that a path stands for; None for a path that stands for none.

        Args:
            path: Like ``/id/city/fi-turku`` or ``/scheme/challenge``, without a suffix.
        """
        _, _, rest = path.partition("/")
        space, _, name = rest.partition("/")
        if space not in _SPACES or len(name) > _MAX_CHARS or not _NAMES.fullmatch(name):
            return None
        return (self.base_iri if space == "id" else f"{NAMESPACE}{space}/") + name

    def path_of(self, iri: str) -> str | None:
        """Return the path that answers for an identifier; None for one that is not ours."""
        if iri.startswith(self.base_iri):
            return "/id/" + iri.removeprefix(self.base_iri)
        if iri.startswith((ONTOLOGY, SHAPE)) or iri == ONTOLOGY.removesuffix("#"):
            return "/" + iri.removeprefix(NAMESPACE)
        space, _, name = iri.removeprefix(NAMESPACE).partition("/")
        return f"/{space}/{name}" if iri.startswith(NAMESPACE) and space in _SPACES - {"id"} else None


_SPACES: Final = frozenset(("id", "scheme", "service", "function"))
