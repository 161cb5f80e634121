"""A shot's prompt for a video model: what is seen and done, and how the camera moves."""

from __future__ import annotations

from collections.abc import Mapping

from studio_videogen.orders import ClipOrder, Move

_MOVES: Mapping[Move, str] = {
    Move.HOLD: "The camera does not move.",
    Move.PAN_LEFT: "The camera pans {pace} to the left.",
    Move.PAN_RIGHT: "The camera pans {pace} to the right.",
    Move.TILT_UP: "The camera tilts {pace} up.",
    Move.TILT_DOWN: "The camera tilts {pace} down.",
    Move.PUSH_IN: "The camera moves {pace} closer.",
    Move.PULL_OUT: "The camera moves {pace} back.",
    Move.HANDHELD: "Handheld camera, swaying {pace}.",
}
_FAST_PERMILLE = 1500
_TALKS = "The one in frame is talking."


def prompt_of(order: ClipOrder) -> str:
    """The order's own prompt, then speech, then the camera, which models read best at the end."""
    move = _MOVES[order.move if order.strength_permille else Move.HOLD]
    pace = "quickly" if order.strength_permille >= _FAST_PERMILLE else "slowly"
    sentences = (order.prompt.strip(), _TALKS if order.speeches else "", move.format(pace=pace))
    return " ".join(filter(None, sentences))
