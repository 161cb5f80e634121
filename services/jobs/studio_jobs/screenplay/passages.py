"""Lines that say how the shots after them belong together: montages, intercuts, flashbacks."""

from __future__ import annotations

import re

_MONTAGE = re.compile(r"(?:BEGIN |START )?(?:A )?(?:MONTAGE|SERIES OF SHOTS)\b")
_MONTAGE_END = re.compile(r"END (?:OF )?(?:MONTAGE|SERIES(?: OF SHOTS)?)\b")
_ENTRY = re.compile(r"\s*(?:--?|[–—•]|\(?[A-Z0-9]{1,2}[.)])\s+(?=\S)")
_INTERCUT = re.compile(r"INTERCUT\b")
_INTERCUT_END = re.compile(r"END (?:OF )?INTERCUT\b")
_ASIDE = r"(?P<aside>FLASH ?BACK|FLASH ?FORWARD|DREAM(?: SEQUENCE)?|PRESENT(?: DAY)?|BACK TO PRESENT)"
_ASIDE_FIRST = re.compile(rf"(?:BEGIN )?{_ASIDE}\s*[:\-–—]+\s*")
_ASIDE_LAST = re.compile(rf"(?:\s*[-–—]+\s*|\s*[(\[])\s*{_ASIDE}\s*[)\]]?\s*$")


def opens_montage(text: str) -> bool:
    """Say whether a line opens a list of shots: "MONTAGE - THE SUMMER", "SERIES OF SHOTS:"."""
    return _MONTAGE.match(text) is not None and text == text.upper()


def closes_montage(text: str) -> bool:
    """Say whether a line ends a list of shots."""
    return _MONTAGE_END.match(text) is not None


def entries(text: str) -> list[str]:
    """Return the entries of a list, one a line, without their marks ("-", "A)", "1."); none of other text.

    A line without a mark goes on with the entry before it.
    """
    found: list[str] = []
    for line in text.splitlines():
        mark = _ENTRY.match(line)
        if mark is not None:
            found.append(line[mark.end() :].strip())
        elif found:
            found[-1] = f"{found[-1]} {line.strip()}".strip()
        elif line.strip():
            return []
    return found


def opens_intercut(text: str) -> bool:
    """Say whether what follows goes to and fro between places: "INTERCUT - KITCHEN / CAR"."""
    return _INTERCUT.match(text) is not None


def closes_intercut(text: str) -> bool:
    """Say whether an intercut ends here."""
    return _INTERCUT_END.match(text) is not None


def without_aside(heading: str) -> tuple[str, str]:
    """Split a heading into what names the place and time, and "flashback", "flash forward", "dream" or ""."""
    for pattern in (_ASIDE_FIRST, _ASIDE_LAST):
        found = pattern.match(heading) if pattern is _ASIDE_FIRST else pattern.search(heading)
        if found is not None:
            return (heading[: found.start()] + heading[found.end() :]).strip(), _aside(found["aside"])
    return heading, ""


def _aside(words: str) -> str:
    if words.startswith("DREAM"):
        return "dream"
    if "PRESENT" in words:
        return ""
    return "flash forward" if words.endswith("FORWARD") else "flashback"
