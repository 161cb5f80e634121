"""Cases labelled by hand from the published Fountain syntax: a source, and the elements that it holds.

An expected element is its kind, its text and, where it has them, `number`, `extensions`, `dual`, `level` or
`name`. Texts are without marks of emphasis. Elements stand in the order of the source, an element before the
remarks within it. `exact` compares blanks within texts too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Expected = tuple[str, str, dict[str, Any]]
# Too long to be written out in a file that people read.
_REPEATED = (("@200,000@", " " * 200_000), ("@[[100,000@", "[[" * 100_000))


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a file of this folder."""

    group: str
    name: str
    source: str
    expected: tuple[Expected, ...]
    exact: bool = False


def cases() -> Iterator[Case]:
    """Yield every case, by file."""
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]:
            expected = tuple(_element(*element) for element in case["expected"])
            yield Case(file.stem, case["name"], _long(case["source"]), expected, case.get("exact", False))


def _element(kind: str, text: str, extras: dict[str, Any] | None = None) -> Expected:
    return kind, _long(text), extras or {}


def _long(text: str) -> str:
    for short, long in _REPEATED:
        text = text.replace(short, long)
    return text
