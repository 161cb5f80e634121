"""What brought files replace: whether it is there, and whose consent it needs."""

from __future__ import annotations

from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.casting.entries import name_id
from studio_jobs.media.formats import MediaKind
from studio_jobs.timeline.messages import Board
from studio_platform.errors import FieldViolation, InvalidInput


def require_target(board: Board, target: timeline_pb2.MediaTarget) -> MediaKind:
    """What kind of file it takes. Raises InvalidInput for what the film does not have."""
    chosen = target.WhichOneof("target")
    if chosen is None:
        raise _bad("target", "must say what is replaced: still, clip, line, music or ambience")
    kind = MediaKind(chosen)
    if kind is MediaKind.PORTRAIT:
        if character_of(board, target.portrait) is None:
            raise _bad("target.portrait", "must be the id of a character of the film")
        return kind
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
    is_picture = kind in (MediaKind.STILL, MediaKind.CLIP, MediaKind.PORTRAIT)
    shows_somebody = is_picture and request.shows_people
    if (kind is MediaKind.LINE or shows_somebody) and not request.credit.consent.strip():
        whose = "voice" if kind is MediaKind.LINE else "face"
        raise _bad("credit.consent", f"must say that the person whose {whose} it is agreed, and how")


def target_words(board: Board, target: timeline_pb2.MediaTarget) -> str:
    """What a file replaces, in a few words."""
    kind = target.WhichOneof("target")
    if kind == "portrait":
        return f"portrait of {character_of(board, target.portrait) or target.portrait}"
    if kind in ("music", "ambience"):
        numbers = {scene.scene_id: scene.number for scene in board.breakdown.scenes}
        scene_id = target.music or target.ambience
        return f"scene {numbers.get(scene_id, scene_id)} {kind}"
    return f"shot {board.label(_shot_id(target))} {f'line {target.line.line}' if kind == 'line' else kind}"


def character_of(board: Board, member_id: str) -> str | None:
    """The name in cues of a member of the cast, None for one that the film has not."""
    shots = (shot for scene in board.breakdown.scenes for shot in scene.shots)
    return next((name for shot in shots for name in shot.people if name_id(name) == member_id), None)


def _shot_id(target: timeline_pb2.MediaTarget) -> str:
    return target.line.shot or target.clip or target.still


def _bad(field: str, text: str) -> InvalidInput:
    return InvalidInput("MEDIA_TARGET_INVALID", f"{field} {text}", violations=(FieldViolation(field, text),))
