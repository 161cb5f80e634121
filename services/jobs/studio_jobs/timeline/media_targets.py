"""What brought files replace: whether it is there, and whose consent it needs."""

from __future__ import annotations

from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.media.formats import MediaKind
from studio_jobs.timeline.messages import Board
from studio_platform.errors import FieldViolation, InvalidInput


def require_target(board: Board, target: timeline_pb2.MediaTarget) -> MediaKind:
    """What kind of file it takes. Raises InvalidInput for what the film does not have."""
    chosen = target.WhichOneof("target")
    if chosen is None:
        raise _bad("target", "must say what is replaced: still, clip, line, music or ambience")
    kind = MediaKind(chosen)
    if kind in (MediaKind.MUSIC, MediaKind.AMBIENCE):
        scene_ids = {scene.scene_id for scene in board.breakdown.scenes}
        if (target.music or target.ambience) not in scene_ids:
            raise _bad(f"target.{kind}", "must be the id of a scene of the film")
        return kind
    found = board.shot(_shot_id(target))
    if found is None:
        raise _bad(f"target.{kind}", "must be the id of a shot of the film")
    if kind is MediaKind.LINE and target.line.line > len(found[1].lines):
        raise _bad("target.line.line", f"is {target.line.line}; the shot has {len(found[1].lines)} lines")
    return kind


def require_consent(kind: MediaKind, request: timeline_pb2.ReplaceMediaRequest) -> None:
    """Raises InvalidInput for a voice, or a face, without a statement that its owner agreed."""
    shows_somebody = kind in (MediaKind.STILL, MediaKind.CLIP) and request.shows_people
    if (kind is MediaKind.LINE or shows_somebody) and not request.credit.consent.strip():
        whose = "voice" if kind is MediaKind.LINE else "face"
        raise _bad("credit.consent", f"must say that the person whose {whose} it is agreed, and how")


def target_words(board: Board, target: timeline_pb2.MediaTarget) -> str:
    """What a file replaces, in a few words."""
    kind = target.WhichOneof("target")
    if kind in ("music", "ambience"):
        numbers = {scene.scene_id: scene.number for scene in board.breakdown.scenes}
        scene_id = target.music or target.ambience
        return f"scene {numbers.get(scene_id, scene_id)} {kind}"
    return f"shot {board.label(_shot_id(target))} {f'line {target.line.line}' if kind == 'line' else kind}"


def _shot_id(target: timeline_pb2.MediaTarget) -> str:
    return target.line.shot or target.clip or target.still


def _bad(field: str, text: str) -> InvalidInput:
    return InvalidInput("MEDIA_TARGET_INVALID", f"{field} {text}", violations=(FieldViolation(field, text),))
