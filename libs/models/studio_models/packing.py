"""A model as one file, to be carried to a cluster that has no way to the hub."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path
from typing import IO

from studio_models.inventory import (
    CHUNK_BYTES,
    NAME,
    Inventory,
    InventoryError,
    files_of,
    parse,
    read,
    take,
    write,
)


def pack(folder: Path, file: Path) -> Inventory:
    """Write a folder with its inventory as a tar, the same bytes each time; weights don't compress.

    A folder without an inventory gets one.
    """
    try:
        inventory = read(folder)
    except InventoryError:
        inventory = take(folder, folder.resolve().name)
        write(folder, inventory)
    with tarfile.open(file, "w") as packed:
        for path in [folder / NAME, *files_of(folder)]:
            entry = packed.gettarinfo(path, f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}")
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            entry.mode = 0o644
            with path.open("rb") as opened:
                packed.addfile(entry, opened)
    return inventory


def differences_of_pack(file: Path, sha256: str = "") -> list[str]:
    """As `differences`, of a packed model. Raises InventoryError."""
    found: dict[str, str] = {}
    inventory: Inventory | None = None
    try:
        with tarfile.open(file) as packed:
            for entry in packed:
                content, name = packed.extractfile(entry), entry.name.partition("/")[2]
                if content is None:
                    continue
                if name == NAME:
                    inventory = parse(content.read().decode(), file)
                else:
                    found[name] = _sha256(content)
    except FileNotFoundError:
        raise
    except (tarfile.TarError, EOFError, OSError) as fault:
        raise InventoryError(f"{file} is cut short or no packed model: {fault}") from fault
    if inventory is None:
        raise InventoryError(f"{file} has no {NAME}: it is no packed model")
    if sha256 and inventory.sha256 != sha256:
        return [f"its inventory comes to {inventory.sha256}, not to {sha256}"]
    listed = {name: entry.sha256 for name, entry in inventory.files.items()}
    names = sorted(listed.keys() | found.keys())
    return [f"{name} is not as listed" for name in names if listed.get(name) != found.get(name)]


def _sha256(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
