"""How the camera moves in a shot, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio_jobs.screenplay.drafts import Draft
from studio_jobs.screenplay.headings import Place
from studio_jobs.screenplay.lexicon import MOVES, Move, words_of
from studio_jobs.screenplay.shot_sizes import ShotSize


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A move with its reason, a short clause for people."""

    move: Move
    reason: str


_MASTERS: Mapping[Place, Suggestion] = {
    Place.INT: Suggestion(Move.PAN_RIGHT, "an interior opens along the room"),
    Place.EXT: Suggestion(Move.TILT_DOWN, "an exterior opens from the sky"),
    Place.INT_EXT: Suggestion(Move.PAN_RIGHT, "a scene in and out opens along the room"),
}
# Of a run of shots of one size each second one has the other move, so that neighbours differ. No move depends
# on shots beyond its run: an edit makes the clips of few others anew.
_SIZES: Mapping[ShotSize, tuple[Suggestion, Suggestion]] = {
    ShotSize.WIDE: (
        Suggestion(Move.PAN_LEFT, "a wide shot is looked over"),
        Suggestion(Move.PULL_OUT, "a second wide shot opens up"),
    ),
    ShotSize.MEDIUM: (
        Suggestion(Move.HOLD, "people in frame move themselves"),
        Suggestion(Move.PAN_LEFT, "a second medium shot goes along with them"),
    ),
    ShotSize.CLOSE: (
        Suggestion(Move.PUSH_IN, "a close-up draws nearer"),
        Suggestion(Move.HOLD, "a second close-up rests"),
    ),
    ShotSize.INSERT: (
        Suggestion(Move.PULL_OUT, "a thing is left for its surroundings"),
        Suggestion(Move.PUSH_IN, "a second thing is looked into"),
    ),
    ShotSize.OVER_SHOULDER: (
        Suggestion(Move.HOLD, "an answer is watched from the listener's place"),
        Suggestion(Move.PUSH_IN, "a second answer draws nearer"),
    ),
}


def suggested(drafts: Sequence[Draft], place: Place) -> list[Suggestion]:
    """Return a move for each draft of a scene: as asked, as the action says, or by place and size."""
    found: list[Suggestion] = []
    run = 0
    for index, draft in enumerate(drafts):
        run = run + 1 if index > 1 and drafts[index - 1].size is draft.size else 0
        found.append(_asked(draft) or (_MASTERS[place] if index == 0 else _SIZES[draft.size][run % 2]))
    return found


def _asked(draft: Draft) -> Suggestion | None:
    if draft.move is not None:
        return Suggestion(draft.move, "the camera line asks for it")
    if draft.lines:
        return None
    for word in words_of(draft.action):
        if word in MOVES:
            return Suggestion(MOVES[word], f'the action says "{word}"')
    return None
