"""Between the contract's messages and what the screenplay reader finds: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.convert import revision_name, timestamp
from studio_jobs.screenplay.alignment import SceneKey, ShotKey
from studio_jobs.screenplay.differences import Difference, LineChange, SceneChange, SceneText
from studio_jobs.screenplay.elements import Diagnostic, Screenplay
from studio_jobs.screenplay.headings import TimeOfDay
from studio_jobs.screenplay.lengths import length_of
from studio_jobs.screenplay.scenes import Breakdown, Line, Scene, Shot
from studio_jobs.store.identities import unpacked
from studio_jobs.store.rows import Revision, RevisionEntry
from studio_platform.errors import FieldViolation, InvalidInput


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read: its elements, its shots, and what it turned out to be written in."""

    screenplay: Screenplay
    breakdown: Breakdown
    format: screenplay_pb2.ScreenplayFormat.ValueType


def revision(row: Revision) -> screenplay_pb2.ScreenplayRevision:
    """The resource of a screenplay revision with its text, without diagnostics."""
    message = _revision_without_text(row, len(row.content))
    message.content = row.content
    return message


def identities(data: bytes | None) -> list[screenplay_pb2.SceneIdentity]:
    """What a revision's scenes and shots are known by; `data` as it is kept."""
    return [
        screenplay_pb2.SceneIdentity(
            scene_id=scene.scene_id,
            heading=scene.heading,
            shots=[
                screenplay_pb2.ShotIdentity(shot_id=shot.shot_id, speaker=shot.speaker, text=shot.text)
                for shot in scene.shots
            ],
        )
        for scene in (unpacked(data) if data else ())
    ]


def scene_keys(given: Sequence[screenplay_pb2.SceneIdentity]) -> tuple[SceneKey, ...]:
    """The inverse of `identities`. Raises InvalidInput for an id that stands twice."""
    _require_distinct([scene.scene_id for scene in given])
    _require_distinct([shot.shot_id for scene in given for shot in scene.shots])
    return tuple(
        SceneKey(
            scene.scene_id,
            scene.heading,
            tuple(ShotKey(shot.shot_id, shot.speaker, shot.text) for shot in scene.shots),
        )
        for scene in given
    )


def _require_distinct(ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        text = "must name each scene and each shot once"
        raise InvalidInput(
            "IDENTITIES_INVALID", f"identities {text}", violations=(FieldViolation("identities", text),)
        )


def revision_entry(row: RevisionEntry) -> screenplay_pb2.ScreenplayRevision:
    """The resource of a screenplay revision as lists have it."""
    return _revision_without_text(row, row.size_bytes)


def _revision_without_text(
    row: Revision | RevisionEntry, size_bytes: int
) -> screenplay_pb2.ScreenplayRevision:
    return screenplay_pb2.ScreenplayRevision(
        name=revision_name(row.project_id, row.number),
        format=screenplay_pb2.ScreenplayFormat.ValueType(row.format),
        sha256=row.sha256,
        create_time=timestamp(row.created_at),
        size_bytes=size_bytes,
    )


def diagnostic(remark: Diagnostic) -> screenplay_pb2.Diagnostic:
    """A reader's remark."""
    return screenplay_pb2.Diagnostic(
        line=remark.line,
        severity=screenplay_pb2.Severity.Value(f"SEVERITY_{remark.severity.value}"),
        text=remark.text,
        suggestion=remark.suggestion,
        column=remark.column,
        column_last=remark.column_last,
        code=remark.code,
    )


def parsed(reading: Reading, language: str) -> screenplay_pb2.ParseScreenplayResponse:
    """All that an editor is told of a text; `language` is the one asked for, or ""."""
    breakdown, length = reading.breakdown, length_of(reading.screenplay)
    scenes = outline(breakdown)
    return screenplay_pb2.ParseScreenplayResponse(
        title=breakdown.title,
        scenes=scenes,
        diagnostics=map(diagnostic, reading.screenplay.diagnostics),
        format=reading.format,
        language=language or breakdown.language,
        characters=breakdown.characters,
        word_count=length.words,
        page_eighths=length.page_eighths,
        estimated_ms=sum(scene.estimated_ms for scene in scenes),
    )


def outline(breakdown: Breakdown) -> list[screenplay_pb2.SceneOutline]:
    """The scenes and shots of a breakdown."""
    return list(map(_scene_outline, breakdown.scenes))


def _scene_outline(scene: Scene) -> screenplay_pb2.SceneOutline:
    return screenplay_pb2.SceneOutline(
        number=scene.number,
        heading=scene.heading,
        line_first=scene.span.line_first,
        line_last=scene.span.line_last,
        shots=map(_shot_outline, scene.shots),
        location=scene.location,
        time_of_day="" if scene.time_of_day is TimeOfDay.UNSPECIFIED else scene.time_of_day.value,
        place=scene.place.value,
        characters=_characters(scene.shots),
        estimated_ms=sum(shot.estimated_ms for shot in scene.shots),
    )


def _characters(shots: Iterable[Shot]) -> Iterable[str]:
    """Everybody in frame or heard, each once, in order."""
    return dict.fromkeys(
        name for shot in shots for name in (*shot.figures, *(line.character for line in shot.lines))
    )


def _shot_outline(shot: Shot) -> screenplay_pb2.ShotOutline:
    return screenplay_pb2.ShotOutline(
        shot_id=shot.shot_id,
        size=shot.size.value,
        line_first=shot.span.line_first,
        line_last=shot.span.line_last,
        action=shot.action,
        speaker=shot.speaker,
        estimated_ms=shot.estimated_ms,
        move=shot.move.value,
        characters=shot.figures,
        lines=map(_spoken, shot.lines),
        prompt=shot.prompt,
    )


def _spoken(line: Line) -> screenplay_pb2.SpokenLine:
    return screenplay_pb2.SpokenLine(
        character=line.character,
        text=line.text,
        parenthetical=line.parenthetical,
        line_first=line.span.line_first,
        line_last=line.span.line_last,
        dual=line.dual,
    )


def difference(found: Difference) -> screenplay_pb2.DiffScreenplayRevisionsResponse:
    """What became of each scene."""
    return screenplay_pb2.DiffScreenplayRevisionsResponse(
        changes=map(_scene_change, found.changes), title_page_changed=found.title_page_changed
    )


def _scene_change(change: SceneChange) -> screenplay_pb2.SceneChange:
    return screenplay_pb2.SceneChange(
        kind=screenplay_pb2.SceneChangeKind.Value(f"SCENE_CHANGE_KIND_{change.fate.value}"),
        base=_reference(change.base),
        target=_reference(change.target),
        line_changes=map(_line_change, change.lines),
    )


def _reference(scene: SceneText | None) -> screenplay_pb2.SceneReference | None:
    if scene is None:
        return None
    return screenplay_pb2.SceneReference(
        ordinal=scene.ordinal,
        number=scene.number,
        heading=scene.heading,
        line_first=scene.span.line_first,
        line_last=scene.span.line_last,
    )


def _line_change(change: LineChange) -> screenplay_pb2.LineChange:
    return screenplay_pb2.LineChange(
        base_line_first=change.base.line_first if change.base else 0,
        base_line_last=change.base.line_last if change.base else 0,
        target_line_first=change.target.line_first if change.target else 0,
        target_line_last=change.target.line_last if change.target else 0,
    )
