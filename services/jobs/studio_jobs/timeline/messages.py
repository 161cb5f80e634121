"""The timeline as the contract says it, and the edits that a request asks for: pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs import convert
from studio_jobs.edits.documents import Document, Documents
from studio_jobs.scene_tasks import least_ms
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot
from studio_jobs.timeline.arrangement import Stray, StrayEdit, Take, ordered_takes, strays_of
from studio_jobs.timeline.documents import (
    LOCK_KIND,
    MEDIA_KIND,
    SCENE_KIND,
    SHOT_KIND,
    TITLES_KIND,
    TITLES_SUBJECT,
    timeline_of,
)
from studio_jobs.timeline.edits import Transition
from studio_jobs.timeline.written import written_transition
from studio_platform.errors import FieldViolation, InvalidInput

SHOT_FIELDS = ("head_trim_ms", "tail_trim_ms", "hold_ms", "transition", "lines", "effects")
SCENE_FIELDS = ("music", "effects")
TITLE_FIELDS = ("title", "credit", "author", "end_title")

MessageT = TypeVar("MessageT", bound=Message)


@dataclass(frozen=True, slots=True)
class Board:
    """A project's newest breakdown with its documents, and how long shots were in their last renders, ms."""

    project_id: UUID
    revision: int
    breakdown: Breakdown
    documents: Documents
    lengths_ms: Mapping[str, int]

    def shot(self, shot_id: str) -> tuple[Scene, Shot] | None:
        """A shot with the scene that it was written in."""
        for scene in self.breakdown.scenes:
            for shot in scene.shots:
                if shot.shot_id == shot_id:
                    return scene, shot
        return None

    def label(self, shot_id: str) -> str:
        """What people call a shot; the id of one that is gone."""
        found = self.shot(shot_id)
        return found[0].label(found[1]) if found else shot_id

    def length_ms(self, shot: Shot) -> int:
        """How long a shot is before edits; 0 when nothing tells."""
        lock = self.documents.get(LOCK_KIND, shot.shot_id)
        if lock.content:
            return timeline_pb2.ShotLock.FromString(lock.content).clip.length_ms
        return self.lengths_ms.get(shot.shot_id, 0) if shot.lines else least_ms(shot)


def parse_name(name: str, collection: str, field: str) -> tuple[UUID, str]:
    """Project and id of "projects/{uuid}/timeline/{collection}/{id}". Raises InvalidInput."""
    match = re.fullmatch(rf"projects/([0-9a-f-]{{36}})/timeline/{collection}/([0-9A-Za-z-]{{1,100}})", name)
    if match is None:
        raise convert.bad_name(field, f"projects/{{uuid}}/timeline/{collection}/{{id}}")
    return convert.parse_name(f"projects/{match[1]}", "projects", field), match[2]


def parse_titles_name(name: str) -> UUID:
    """Project of "projects/{uuid}/timeline/titles". Raises InvalidInput."""
    if not name.endswith("/timeline/titles"):
        raise convert.bad_name("titles.name", "projects/{uuid}/timeline/titles")
    return convert.parse_name(name.removesuffix("/timeline/titles"), "projects", "titles.name")


def timeline(board: Board) -> timeline_pb2.Timeline:
    """The whole timeline."""
    edits = timeline_of(board.documents)
    ordered = ordered_takes(board.breakdown, edits)
    return timeline_pb2.Timeline(
        project=convert.project_name(board.project_id),
        revision=convert.revision_name(board.project_id, board.revision),
        titles=titles(board.project_id, board.documents.get(TITLES_KIND, TITLES_SUBJECT)),
        scenes=[
            _scene_with_shots(board, scene, takes)
            for scene, takes in zip(board.breakdown.scenes, ordered, strict=True)
        ],
        replacements=[
            timeline_pb2.Replacement.FromString(document.content)
            for _, document in sorted(board.documents.of_kind(MEDIA_KIND).items())
        ],
        strays=[_stray(board.project_id, stray) for stray in strays_of(board.breakdown, edits)],
    )


def _scene_with_shots(board: Board, scene: Scene, takes: Sequence[Take]) -> timeline_pb2.TimelineScene:
    message = scene_message(board.project_id, scene, board.documents.get(SCENE_KIND, scene.scene_id))
    for take in takes:
        document = board.documents.get(SHOT_KIND, take.shot_id)
        message.shots.append(shot_message(board, take.scene, take.shot, document))
    return message


def bare_shot(project_id: UUID, document: Document) -> timeline_pb2.TimelineShot:
    """A document of a shot that may be gone."""
    return timeline_pb2.TimelineShot(
        name=f"projects/{project_id}/timeline/shots/{document.subject}",
        edit=timeline_pb2.ShotEdit.FromString(document.content),
        etag=str(document.sequence),
    )


def shot_message(board: Board, scene: Scene, shot: Shot, document: Document) -> timeline_pb2.TimelineShot:
    """A shot with its document."""
    message = bare_shot(board.project_id, document)
    told = timeline_pb2.TimelineShot(
        display_name=scene.label(shot),
        lines=[f"{line.character}: {line.text}" for line in shot.lines],
        effects=[cue.kind.value for cue in shot.effects],
        action=shot.action,
        length_ms=board.length_ms(shot),
        line_first=shot.span.line_first,
        line_last=shot.span.line_last,
    )
    message.MergeFrom(told)
    written = _written(board, shot)
    if written is not None:
        message.written_transition.kind = timeline_pb2.TransitionKind.ValueType(int(written.kind))
        message.written_transition.length_ms = written.length_ms
    lock = board.documents.get(LOCK_KIND, shot.shot_id)
    if lock.content:
        message.lock.ParseFromString(lock.content)
        message.lines[:] = [f"{line.character}: {line.text}" for line in message.lock.lines]
    return message


def _written(board: Board, shot: Shot) -> Transition | None:
    """The joint after a shot that the screenplay asks for, where the shot stands now."""
    if shot.joint is None:
        return None
    edits = timeline_of(board.documents)
    takes = [take for scene in ordered_takes(board.breakdown, edits) for take in scene]
    shots = [take.shot for take in takes]
    at = shots.index(shot)
    return written_transition(shot, shots[at + 1] if at + 1 < len(shots) else None, edits)


def scene_message(project_id: UUID, scene: Scene | None, document: Document) -> timeline_pb2.TimelineScene:
    """A scene, or one that is gone, with its document, without its shots."""
    return timeline_pb2.TimelineScene(
        name=f"projects/{project_id}/timeline/scenes/{document.subject}",
        number=scene.number if scene else "",
        heading=scene.heading if scene else "",
        edit=timeline_pb2.SceneEdit.FromString(document.content),
        etag=str(document.sequence),
    )


def titles(project_id: UUID, document: Document) -> timeline_pb2.Titles:
    """The cards with their document."""
    message = timeline_pb2.Titles.FromString(document.content)
    message.name = f"projects/{project_id}/timeline/titles"
    message.etag = str(document.sequence)
    return message


def _stray(project_id: UUID, stray: StrayEdit) -> timeline_pb2.StrayEdit:
    collection = "timeline/scenes" if stray.subject.startswith("scene-") else "timeline/shots"
    if stray.why is Stray.CHARACTER_GONE:
        collection = "castMembers"
    return timeline_pb2.StrayEdit(
        reason=timeline_pb2.StrayReason.ValueType(int(stray.why)),
        name=f"projects/{project_id}/{collection}/{stray.subject}",
        detail=stray.detail,
    )


def asked_fields(edit: Message, mask: FieldMask, editable: Sequence[str], prefix: str) -> frozenset[str]:
    """The fields that an update means: those of the mask, or without one those that are set.

    Raises InvalidInput for a mask that names another field.
    """
    if list(mask.paths) == ["*"]:
        return frozenset(editable)
    allowed = {prefix + field: field for field in editable}
    unknown = sorted(set(mask.paths) - allowed.keys())
    if unknown:
        text = f"may hold {', '.join(allowed)} only, not {', '.join(unknown)}"
        raise InvalidInput(
            "UPDATE_MASK_INVALID", f"update_mask {text}", violations=(FieldViolation("update_mask", text),)
        )
    named = {allowed[path] for path in mask.paths}
    return frozenset(named or (field.name for field, _ in edit.ListFields() if field.name in editable))


def edited(before: MessageT, wanted: MessageT, fields: Collection[str]) -> MessageT:
    """The message with those fields as wanted; messages that say nothing are left out."""
    after, taken = type(before)(), type(before)()
    after.CopyFrom(before)
    taken.CopyFrom(wanted)
    for field in before.DESCRIPTOR.fields:
        (after if field.name in fields else taken).ClearField(field.name)
    after.MergeFrom(taken)
    for field, value in after.ListFields():
        if field.message_type is not None and not field.is_repeated and not value.ListFields():
            after.ClearField(field.name)
    return after


def without_idle_levels(edit: timeline_pb2.ShotEdit) -> timeline_pb2.ShotEdit:
    """The edit without levels that say nothing. Raises InvalidInput for a line or sound named twice."""
    lines = {entry.line: entry for entry in edit.lines}
    effects = {entry.kind: entry for entry in edit.effects}
    for field, found, there in (("lines", lines, edit.lines), ("effects", effects, edit.effects)):
        if len(found) != len(there):
            raise _bad(f"shot.edit.{field}", "names one of them twice")
    tidy = timeline_pb2.ShotEdit()
    tidy.CopyFrom(edit)
    del tidy.lines[:], tidy.effects[:]
    tidy.lines.extend(lines[number] for number in sorted(lines) if lines[number].level.ListFields())
    tidy.effects.extend(effects[kind] for kind in sorted(effects) if effects[kind].level.ListFields())
    return tidy


def require_sound(board: Board, shot: Shot, edit: timeline_pb2.ShotEdit, fields: Collection[str]) -> None:
    """Raises InvalidInput for an edit that the shot can't have; of the fields, only those are looked at."""
    transition = edit.transition
    if "transition" in fields and (transition.kind >= timeline_pb2.TRANSITION_KIND_CROSSFADE) != bool(
        transition.length_ms
    ):
        raise _bad("shot.edit.transition", "needs a length, but for a cut, which has none")
    length_ms, trimmed_ms = board.length_ms(shot), edit.head_trim_ms + edit.tail_trim_ms
    if {"head_trim_ms", "tail_trim_ms"} & set(fields) and 0 < length_ms <= trimmed_ms:
        text = f"takes {trimmed_ms} ms in all, of a shot of {length_ms} ms"
        field = "head_trim_ms" if edit.head_trim_ms else "tail_trim_ms"
        raise _bad(f"shot.edit.{field}", text, "TRIM_TOO_LONG")
    if "lines" in fields and (wrong := [entry.line for entry in edit.lines if entry.line > len(shot.lines)]):
        raise _bad("shot.edit.lines", f"names line {wrong[0]} of a shot of {len(shot.lines)}")
    sounds = {cue.kind.value for cue in shot.effects}
    if "effects" in fields and (
        strange := [entry.kind for entry in edit.effects if entry.kind not in sounds]
    ):
        raise _bad(
            "shot.edit.effects", f"names {strange[0]}; the shot has {', '.join(sorted(sounds)) or 'none'}"
        )


def _bad(field: str, text: str, reason: str = "EDIT_INVALID") -> InvalidInput:
    return InvalidInput(reason, f"{field} {text}", violations=(FieldViolation(field, text),))
