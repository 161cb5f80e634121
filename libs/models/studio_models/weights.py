"""Weights in a folder: whether each file is whole, before gigabytes are loaded."""

from __future__ import annotations

import json
from pathlib import Path

HEADER_BYTES_MAX = 100_000_000


def fault_of(file: Path) -> str:
    """What is wrong with a safetensors file, empty for nothing.

    Its format: eight bytes with the length of a JSON header, that header, and the tensors at its
    `data_offsets` (https://huggingface.co/docs/safetensors).
    """
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if length > min(size, HEADER_BYTES_MAX):
            return f"{file.name} has no header: it is damaged, or not what its name says"
        try:
            header = json.loads(opened.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        except (ValueError, LookupError, TypeError, AttributeError):
            return f"{file.name} has a damaged header"
    expected = 8 + length + max(ends, default=0)
    return (
        "" if size == expected else f"{file.name} has {size} of {expected} bytes: it is cut short or damaged"
    )


def faults(folder: Path) -> list[str]:
    """What is wrong with each file of a model, from its folder on."""
    return [
        f"{file.parent.relative_to(folder)}: {fault}"
        for file in sorted(folder.rglob("*.safetensors"))
        if (fault := fault_of(file))
    ]
