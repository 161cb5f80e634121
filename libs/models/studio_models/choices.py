"""Which model a pool has, and how it is run: what settings say, in one value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEVICES = ("auto", "cuda", "mps", "cpu")
DTYPES = ("auto", "float32", "float16", "bfloat16")
SAVINGS = (
    "attention-slicing",
    "vae-slicing",
    "vae-tiling",
    "model-offload",
    "group-offload",
    "layerwise-casting",
    "compile",
)
PROFILES: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "24gb": ("vae-slicing",),
    "16gb": ("vae-slicing", "vae-tiling", "model-offload"),
    "8gb": ("vae-slicing", "vae-tiling", "group-offload", "layerwise-casting"),
}
"""Savings by the memory of a card. Untested: nobody has run them on one."""


@dataclass(frozen=True, slots=True)
class PreviewChoice:
    """A picture of what there is after every so many steps, 0 for none, of so many bytes at most."""

    steps: int = 4
    bytes_max: int = 8192


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model by hub name or folder, and all that decides what it makes.

    `steps` and `guidance_permille` of 0 leave them to the pipeline, as an empty `scheduler` does.
    `pixels_max` is the largest picture that the model itself makes: larger orders are scaled up from it.
    `device` may have a number, as cuda:1. `sha256` is what a folder's inventory must come to, if set.
    """

    name: str
    revision: str = ""
    device: str = "auto"
    dtype: str = "auto"
    savings: tuple[str, ...] = ()
    steps: int = 0
    guidance_permille: int = 0
    scheduler: str = ""
    pixels_max: int = 1024 * 1024
    may_download: bool = False
    sha256: str = ""
    previews: PreviewChoice = PreviewChoice()

    @property
    def folder(self) -> Path | None:
        """The folder that it lies in; None for a name of the hub."""
        folder = Path(self.name)
        return folder if folder.is_dir() else None

    @property
    def is_pipeline(self) -> bool:
        """Whether its folder is one of a pipeline; any other, such as a home, isn't even looked through."""
        return self.folder is not None and (self.folder / "model_index.json").is_file()

    @property
    def title(self) -> str:
        """What people call it, the same wherever its folder lies."""
        return self.folder.resolve().name if self.folder else self.name

    @property
    def weights_bytes(self) -> int:
        """The size of its weights; 0 for a model of the hub."""
        files = self.folder.rglob("*") if self.folder and self.is_pipeline else ()
        return sum(file.stat().st_size for file in files if file.suffix in WEIGHTS)

    def key(self) -> str:
        """Sixteen digits of what decides its bytes, weights included; belongs into every content key."""
        facts = {
            "revision": self.revision,
            "weights": weights_digest(self.folder) if self.is_pipeline and self.folder else "",
            "dtype": self.dtype,
            "casting": "layerwise-casting" in self.savings,
            "steps": self.steps,
            "guidance": self.guidance_permille,
            "scheduler": self.scheduler,
            "pixels": self.pixels_max,
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def weights_digest(folder: Path) -> str:
    """SHA-256 of a folder's file names, sizes and small files: it tells another model in the same place.

    Weights of gigabytes are known by name and size here; `film models verify` reads them whole.
    """
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder)}\0{size}\0".encode())
        if size <= SMALL_FILE_BYTES_MAX:
            digest.update(file.read_bytes())
    return digest.hexdigest()


SMALL_FILE_BYTES_MAX = 1024 * 1024

WEIGHTS = (".safetensors", ".bin", ".pt", ".ckpt", ".gguf")
