"""A model's inventory: its files and what they hold, written beside them when it was fetched or packed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NAME = "film-model.json"
CHUNK_BYTES = 4 * 1024 * 1024


class InventoryError(ValueError):
    """A folder without an inventory, or with one that can't be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, by what it holds."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """Where a model came from, under what licence, and its files by their paths in the folder."""

    name: str
    revision: str = ""
    licence: str = ""
    files: dict[str, Entry] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """What tells this model, by its files alone, from any other."""
        listed = {path: entry.sha256 for path, entry in self.files.items()}
        return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()


def take(folder: Path, name: str, revision: str = "", licence: str = "") -> Inventory:
    """Read every file of a folder, once."""
    files = {
        path.relative_to(folder).as_posix(): Entry(path.stat().st_size, sha256_of(path))
        for path in files_of(folder)
    }
    return Inventory(name, revision, licence, files)


def write(folder: Path, inventory: Inventory) -> None:
    """Lay an inventory beside the files."""
    (folder / NAME).write_text(json.dumps(asdict(inventory), indent=1, sort_keys=True) + "\n")


def read(folder: Path) -> Inventory:
    """The inventory of a folder. Raises InventoryError."""
    try:
        text = (folder / NAME).read_text()
    except OSError as missing:
        raise InventoryError(f"{folder} has no {NAME}: pack or fetch the model with film models") from missing
    return parse(text, folder / NAME)


def parse(text: str, where: Path) -> Inventory:
    """The inventory that a file holds. Raises InventoryError."""
    try:
        found: dict[str, Any] = json.loads(text)
        files = {path: Entry(**entry) for path, entry in found.pop("files").items()}
        return Inventory(files=files, **found)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise InventoryError(f"{where} can't be read: {fault}") from fault


def differences(folder: Path, sha256: str = "") -> list[str]:
    """How a folder differs from its inventory, which must come to `sha256` if given; reads all."""
    try:
        inventory = read(folder)
    except InventoryError as fault:
        return [str(fault)]
    if sha256 and inventory.sha256 != sha256:
        return [f"its inventory comes to {inventory.sha256}, not to {sha256}"]
    return list(_differences(folder, inventory))


def _differences(folder: Path, inventory: Inventory) -> Iterator[str]:
    for name, entry in sorted(inventory.files.items()):
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif path.stat().st_size != entry.size_bytes:
            yield f"{name} has {path.stat().st_size} of {entry.size_bytes} bytes"
        elif sha256_of(path) != entry.sha256:
            yield f"{name} holds something else than was listed"
    for path in files_of(folder):
        if path.relative_to(folder).as_posix() not in inventory.files:
            yield f"{path.relative_to(folder)} is not listed"


def files_of(folder: Path) -> list[Path]:
    """A model's files, without its inventory and what downloads leave behind."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != NAME)
    return [path for path in found if ".cache" not in path.relative_to(folder).parts]


def sha256_of(path: Path) -> str:
    """Of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
