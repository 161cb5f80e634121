"""What is wrong with a content of the library, each field with its limit and the cure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from studio_jobs.library.colours import Colour
from studio_platform.errors import FieldViolation, InvalidInput


class Faults:
    """The violations of one content, gathered; `prefix` names where its fields stand."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._found: list[FieldViolation] = []

    def add(self, field: str, text: str) -> None:
        """Note what is wrong with a field."""
        self._found.append(FieldViolation(f"{self._prefix}.{field}", text))

    def require_range(self, message: Any, field: str, least: int, most: int, zero: str) -> None:
        """A number between two, or 0, which means `zero`."""
        value = getattr(message, field)
        if value and not least <= value <= most:
            self.add(field, f"is {value}; give {least} to {most}, or 0 for {zero}")

    def colour(self, message: Any, field: str) -> Colour | None:
        """The colour of a field; None for an empty one, or one that is noted as wrong."""
        written = getattr(message, field)
        colour = Colour.read(written)
        if written and colour is None:
            self.add(field, f'is {written!r}; give six hexadecimal digits after a #, such as "#FFFFFF"')
        return colour

    def require_choice(self, message: Any, field: str, choices: Iterable[str]) -> None:
        """One of some words, or nothing."""
        value, known = getattr(message, field), list(choices)
        if value and value not in known:
            self.add(field, f"is {value!r}; give one of {', '.join(known)}")

    def raise_any(self) -> None:
        """Raises InvalidInput with every violation."""
        if self._found:
            raise InvalidInput(
                "LIBRARY_CONTENT_INVALID",
                "; ".join(f"{violation.field} {violation.text}" for violation in self._found),
                violations=tuple(self._found),
            )
