"""Texts of others, made fit for a terminal: a title must not move the cursor or change a colour."""

from __future__ import annotations

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """One line without control characters; line ends and tabs become spaces."""
    line = " ".join(text.split()) if any(character in text for character in "\n\r\t") else text
    return "".join(character if character.isprintable() else UNPRINTABLE for character in line)
