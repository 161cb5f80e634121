"""Character cues: how one is recognised, and the name, extensions and mark of dual dialogue it holds."""

from __future__ import annotations

from dataclasses import dataclass

_NAME_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Cue:
    """A speaker's name without its extensions ("V.O.", "O.S.", "CONT'D"); `dual` is its closing caret."""

    name: str
    extensions: tuple[str, ...] = ()
    dual: bool = False
    forced: bool = False


def read_cue(text: str) -> Cue | None:
    """Read a stripped line as a cue; None when it is not one.

    A name is in capitals of any script that has them; `@` forces a name of any letters.
    """
    forced = text.startswith("@")
    body = text[1:] if forced else text
    dual = body.endswith("^")
    body = body.rstrip("^").rstrip() if dual else body
    opening = body.find("(")
    name = " ".join((body if opening < 0 else body[:opening]).split())
    if not name or len(name) > _NAME_CHARACTERS_MAX:
        return None
    if not forced and (not name.isupper() or name.endswith(":") or not name[0].isalnum()):
        return None
    extensions = () if opening < 0 else _extensions(body[opening:])
    if extensions is None:
        return None
    return Cue(name, extensions, dual, forced)


def _extensions(text: str) -> tuple[str, ...] | None:
    """Split "(V.O.) (CONT'D)"; None when anything stands outside the parentheses."""
    found: list[str] = []
    for piece in text.split(")"):
        if not piece.strip():
            continue
        before, opening, inside = piece.partition("(")
        if before.strip() or not opening:
            return None
        found.append(" ".join(inside.split()))
    return tuple(extension for extension in found if extension)
