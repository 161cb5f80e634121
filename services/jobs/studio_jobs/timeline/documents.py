"""Timeline edits as documents of the log of edits, and the edits of all documents together."""

from __future__ import annotations

from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.edits.documents import Documents
from studio_jobs.edits.kinds import DocumentKind
from studio_jobs.timeline.edits import (
    Level,
    Place,
    SceneEdit,
    ShotEdit,
    TimelineEdits,
    Titles,
    Transition,
    TransitionKind,
)
from studio_jobs.timeline.locks import Brought, credit_of, kept_of, lock_of

SHOT_KIND = "timeline_shot"
SCENE_KIND = "timeline_scene"
LOCK_KIND = "shot_lock"
MEDIA_KIND = "brought_media"
TITLES_KIND = "titles"
TITLES_SUBJECT = "film"


class ShotKind(DocumentKind):
    """A timeline.v1.ShotEdit; the subject is the shot's id."""

    name = SHOT_KIND


class SceneKind(DocumentKind):
    """A timeline.v1.SceneEdit; the subject is the scene's id."""

    name = SCENE_KIND


class TitlesKind(DocumentKind):
    """A timeline.v1.Titles without name and etag; there is one subject."""

    name = TITLES_KIND


class LockKind(DocumentKind):
    """A timeline.v1.ShotLock; the subject is the shot's id."""

    name = LOCK_KIND


class MediaKindOfLog(DocumentKind):
    """A timeline.v1.Replacement; the subject is that of `media_subject`."""

    name = MEDIA_KIND


def media_subject(target: timeline_pb2.MediaTarget) -> str:
    """The subject of what a file replaces: the id of a shot, scene or character, a slash, and what of it."""
    match target.WhichOneof("target"):
        case "still":
            return f"{target.still}/still"
        case "clip":
            return f"{target.clip}/clip"
        case "line":
            return f"{target.line.shot}/line-{target.line.line}"
        case "ambience":
            return f"{target.ambience}/ambience"
        case "portrait":
            return f"{target.portrait}/portrait"
        case _:
            return f"{target.music}/music"


def timeline_of(documents: Documents) -> TimelineEdits:
    """The edits of a project's timeline."""
    shots = {
        subject: timeline_pb2.ShotEdit.FromString(document.content)
        for subject, document in documents.of_kind(SHOT_KIND).items()
    }
    scenes = {
        subject: timeline_pb2.SceneEdit.FromString(document.content)
        for subject, document in documents.of_kind(SCENE_KIND).items()
    }
    titles = timeline_pb2.Titles.FromString(documents.get(TITLES_KIND, TITLES_SUBJECT).content)
    return TimelineEdits(
        shots={subject: shot_edit(edit) for subject, edit in shots.items()},
        scenes={subject: scene_edit(edit) for subject, edit in scenes.items()},
        places=tuple(_place(subject, edit) for subject, edit in shots.items() if edit.HasField("placement")),
        titles=Titles(titles.title, titles.credit, titles.author, titles.end_title),
        locks={
            subject: lock_of(timeline_pb2.ShotLock.FromString(document.content))
            for subject, document in documents.of_kind(LOCK_KIND).items()
        },
        brought={
            subject: _brought(timeline_pb2.Replacement.FromString(document.content))
            for subject, document in documents.of_kind(MEDIA_KIND).items()
        },
    )


def _brought(replacement: timeline_pb2.Replacement) -> Brought:
    return Brought(kept_of(replacement.artifact), credit_of(replacement), replacement.size)


def shot_edit(message: timeline_pb2.ShotEdit) -> ShotEdit:
    """What was edited of a shot, but where it was moved to."""
    return ShotEdit(
        message.head_trim_ms,
        message.tail_trim_ms,
        message.hold_ms,
        _transition(message.transition),
        {entry.line: _level(entry.level) for entry in message.lines},
        {entry.kind: _level(entry.level) for entry in message.effects},
    )


def scene_edit(message: timeline_pb2.SceneEdit) -> SceneEdit:
    """What was edited of a scene."""
    return SceneEdit(_level(message.music), _level(message.effects))


def _transition(message: timeline_pb2.Transition) -> Transition | None:
    return Transition(TransitionKind(message.kind), message.length_ms) if message.kind else None


def _level(message: timeline_pb2.Level) -> Level:
    return Level(message.gain_millibels, message.muted)


def _place(shot_id: str, edit: timeline_pb2.ShotEdit) -> Place:
    placement = edit.placement
    return Place(shot_id, placement.anchor, placement.before, placement.number)
