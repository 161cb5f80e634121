"""The joints that a screenplay asks for, as transitions that the film's shots have room for."""

from __future__ import annotations

from studio_jobs.scene_tasks import least_ms
from studio_jobs.screenplay.joints import Joint
from studio_jobs.screenplay.scenes import Shot
from studio_jobs.timeline.edits import SHARED_KINDS, TimelineEdits, Transition, TransitionKind

SHARED_MS = 1_000
"""How long both shots show where there is room; a dissolve is usually a second."""
FADE_MS = 1_000
BLACKOUT_MS = 500
SHARED_LEAST_MS = 80

_KINDS = {
    Joint.CUT: TransitionKind.CUT,
    Joint.DISSOLVE: TransitionKind.CROSSFADE,
    Joint.WIPE: TransitionKind.WIPE,
    Joint.IRIS: TransitionKind.IRIS,
    Joint.FADE: TransitionKind.DIP,
    Joint.WHITE: TransitionKind.DIP_TO_WHITE,
    Joint.BLACKOUT: TransitionKind.CUT_TO_BLACK,
}
_LENGTHS_MS = {TransitionKind.CUT: 0, TransitionKind.CUT_TO_BLACK: BLACKOUT_MS}
# Two joints of a shot, rounded to frames, stay within it.
_SHARE_PERCENT = 45


def written_transition(shot: Shot, following: Shot | None, edits: TimelineEdits) -> Transition | None:
    """The joint after a shot as its screenplay asks for it; None where it asks for none.

    A shared one is no longer than 45% of the shorter shot, by the least length that each will have, and a cut
    where nothing is left of it; after the film's last shot it is a fade.
    """
    if shot.joint is None:
        return None
    kind = _KINDS[shot.joint]
    if kind not in SHARED_KINDS:
        return Transition(kind, _LENGTHS_MS.get(kind, FADE_MS))
    if following is None:
        return Transition(TransitionKind.DIP, FADE_MS)
    length_ms = min(
        SHARED_MS, *(_shown_least_ms(it, edits) * _SHARE_PERCENT // 100 for it in (shot, following))
    )
    return Transition(kind, length_ms) if length_ms >= SHARED_LEAST_MS else Transition(TransitionKind.CUT)


def _shown_least_ms(shot: Shot, edits: TimelineEdits) -> int:
    edit, lock = edits.shot(shot.shot_id), edits.locks.get(shot.shot_id)
    least = least_ms(shot)
    if lock is not None:
        rate = lock.timing.rate
        least = lock.timing.min_frames * 1_000 * rate.denominator // rate.numerator
    return least - edit.head_trim_ms - edit.tail_trim_ms
