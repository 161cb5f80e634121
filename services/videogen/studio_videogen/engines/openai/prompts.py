"""What a provider is told of a clip: the shot's words, and how the camera moves."""

from __future__ import annotations

from collections.abc import Mapping

from studio_videogen.orders import ClipOrder, Move

PROMPT_MAX_CHARACTERS = 8_000
SLIGHT_PERMILLE = 700
STRONG_PERMILLE = 1_300

_WORDS: Mapping[Move, str] = {
    Move.HOLD: "The camera stands still.",
    Move.PAN_LEFT: "The camera pans {how}to the left.",
    Move.PAN_RIGHT: "The camera pans {how}to the right.",
    Move.TILT_UP: "The camera tilts {how}up.",
    Move.TILT_DOWN: "The camera tilts {how}down.",
    Move.PUSH_IN: "The camera moves {how}towards its subject.",
    Move.PULL_OUT: "The camera moves {how}back from its subject.",
    Move.HANDHELD: "The camera is held in the hand.",
}


def prompt_of(order: ClipOrder) -> str:
    """The words for a provider."""
    how = ""
    if order.strength_permille < SLIGHT_PERMILLE:
        how = "slightly "
    elif order.strength_permille > STRONG_PERMILLE:
        how = "far "
    camera = _WORDS[order.move].format(how=how)
    words = order.prompt[: PROMPT_MAX_CHARACTERS - len(camera) - 1]
    return f"{words} {camera}".lstrip()
