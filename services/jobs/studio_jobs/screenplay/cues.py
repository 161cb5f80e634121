"""Character cues: how one is recognised, and the name, extensions and mark of dual dialogue it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from studio_jobs.screenplay.emphasis import plain

_NAME_CHARACTERS_MAX = 60
_CUES_KEPT = 256
"""The same few people speak all through a screenplay."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A speaker as a cue names them.

    `written` is the name with its marks of emphasis, `name` without them; both without the extensions
    ("V.O.", "O.S.", "CONT'D"). `dual` is the closing caret, `unclosed` an extension without its closing
    parenthesis.
    """

    name: str
    extensions: tuple[str, ...] = ()
    dual: bool = False
    forced: bool = False
    written: str = ""
    unclosed: bool = False


def read_cue(text: str) -> Cue | None:
    """Read a stripped line as a cue; None when it is not one.

    A name is in capitals of any script that has them, and holds a letter; `@` forces a name of any letters.
    A line that ends with a colon is none: it is a caption more often than a name.
    """
    name, parenthesis, _ = text.partition("(")
    if name.isupper() or text[:1] == "@" or (parenthesis and text.isupper()):
        return _read(text)
    return None


@lru_cache(maxsize=_CUES_KEPT)
def _read(text: str) -> Cue | None:
    forced = text.startswith("@")
    body = text[1:].strip() if forced else text
    dual = body.endswith("^")
    body = body.rstrip("^ \t") if dual else body
    outside, extensions, unclosed = _split(body)
    if not forced and not outside.isupper():
        return None
    if outside.endswith("^"):
        dual, outside = True, outside.rstrip("^ \t")
    name = plain(outside)
    if not name.strip() or (not forced and (len(name) > _NAME_CHARACTERS_MAX or name.endswith(":"))):
        return None
    return Cue(name, extensions, dual, forced, outside, unclosed)


def _split(body: str) -> tuple[str, tuple[str, ...], bool]:
    """Return name, extensions, and whether the last one is unclosed.

    What stands after or between the parentheses makes all of it the name.
    """
    opening = body.find("(")
    if opening < 0:
        return " ".join(body.split()), (), False
    found: list[str] = []
    depth = first = 0
    for at in range(opening, len(body)):
        sign = body[at]
        if sign == "(":
            depth += 1
            first = at + 1 if depth == 1 else first
        elif sign == ")" and depth:
            depth -= 1
            if not depth:
                found.append(" ".join(body[first:at].split()))
        elif not depth and not sign.isspace():
            return " ".join(body.split()), (), False
    if depth:
        found.append(" ".join(body[first:].split()) + ")" * (depth - 1))
    return " ".join(body[:opening].split()), tuple(found), bool(depth)
