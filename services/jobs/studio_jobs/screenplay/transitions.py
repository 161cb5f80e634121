"""Transitions between scenes, known by their words."""

from __future__ import annotations

from enum import StrEnum

_WITHOUT_TO = frozenset(
    {
        "FADE IN:",
        "FADE OUT.",
        "FADE OUT:",
        "FADE TO BLACK.",
        "FADE TO WHITE.",
        "DIP TO BLACK.",
        "DIP TO WHITE.",
        "CUT TO BLACK.",
        "SMASH TO BLACK.",
        "IRIS IN:",
        "IRIS IN.",
        "IRIS OUT.",
        "IRIS OUT:",
    }
)
_END = "THE END"
_STRUCK = frozenset({"SMASH", "SHOCK", "HARD", "JUMP", "FLASH", "BLACK"})
_SOFT = frozenset({"DISSOLVE", "FADE", "WIPE", "MATCH", "IRIS", "RIPPLE"})
_OPENING_WORDS = ("CUT", "FADE", "DISSOLVE", "SMASH CUT", "MATCH CUT", "JUMP CUT", "WIPE", "BACK")
_LOOK_CHARACTERS = 40


class Opening(StrEnum):
    """How the music of a scene begins, by the transition into it."""

    PLAIN = ""
    STING = "STING"
    SHIMMER = "SHIMMER"


def opening_after(text: str) -> Opening:
    """How the music of a scene begins after a transition of these words."""
    words = {word.strip(".:>") for word in text.upper().split()}
    if words & _SOFT:
        return Opening.SHIMMER
    return Opening.STING if words & _STRUCK else Opening.PLAIN


def is_transition(text: str, *, blank_below: bool) -> bool:
    """Say whether a stripped line with a blank line above it is a transition.

    By Fountain's rule it is in capitals, ends with TO: and has a blank line below it too. `FADE IN:` and its
    like, which that rule leaves out, are transitions as well.
    """
    if text in _WITHOUT_TO:
        return True
    return blank_below and (text == _END or is_in_form(text))


def is_in_form(text: str) -> bool:
    """Say whether a line has the form of a transition, whatever stands around it."""
    return text.endswith("TO:") and text[0] != "@" and text.isupper()


def is_almost_transition(text: str) -> bool:
    """Say whether a line that is no transition was probably meant as one: `Cut to:`, `CUT TO BLACK`."""
    if len(text) > _LOOK_CHARACTERS:
        return False
    upper = text.upper()
    bare = upper.rstrip(" .:!")
    if not any(upper.startswith(word + " ") for word in _OPENING_WORDS):
        return False
    return (
        upper.endswith(" TO:") or (text == upper and f"{bare}." in _WITHOUT_TO) or f"{bare}:" in _WITHOUT_TO
    )
