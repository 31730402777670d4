"""What lies where in an operator's home, and how records are written. Light: commands that answer at once import nothing else."""

from pathlib import Path

from bufgraph.graph.codec import Codec
from bufgraph.index.builds import Builds
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.settings import Settings


def codec(settings: Settings) -> Codec:
    """Return the codec for the operator's base IRI."""
    return Codec.from_file(ontology_dir() / "context.jsonld", settings.base_iri)


def lexicons_dir(settings: Settings) -> Path:
    """Return the folder of lexicons: the operator's own where the datasets have one, else the shipped one."""
    own = settings.datasets / "lexicons" if settings.datasets else None
    return own if own is not None and own.is_dir() else datasets_dir() / "lexicons"


def builds(settings: Settings) -> Builds:
    """Return the operator's builds."""
    return Builds(settings.home / "builds")


def encoder_folder(settings: Settings, fingerprint: str) -> Path:
    """Return the folder of the exported query encoder of a model."""
    return settings.home / "cache" / "encoders" / fingerprint


def vector_cache(settings: Settings) -> Path:
    """Return the file in which vectors are kept by the hash of their text."""
    return settings.home / "cache" / "vectors.sqlite"
