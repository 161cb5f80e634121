"""film timeline, trim, transition, move, level and title: a film's timeline listed and edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from filmstudio.cli.exits import Exit
from filmstudio.cli.project_names import named_project
from filmstudio.cli.replacements import replacements
from filmstudio.cli.tables import Column, Section, print_json, print_sections
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.timeline.v1 import timeline_pb2

COLUMNS = (
    Column("SHOT"),
    Column("LENGTH", right=True),
    Column("LINES"),
    Column("EDITED", yields=True),
    Column("WHAT", yields=True),
)
STRAY_WORDS = {
    timeline_pb2.STRAY_REASON_SHOT_GONE: "the screenplay has the shot no more",
    timeline_pb2.STRAY_REASON_SCENE_GONE: "the screenplay has the scene no more",
    timeline_pb2.STRAY_REASON_ANCHOR_GONE: "the shot beside which it was put is gone",
    timeline_pb2.STRAY_REASON_LINE_GONE: "the shot has the line no more",
    timeline_pb2.STRAY_REASON_EFFECT_GONE: "the shot has the sound no more",
    timeline_pb2.STRAY_REASON_NOTHING_FOLLOWS: "no shot follows to fade into",
    timeline_pb2.STRAY_REASON_CHARACTER_GONE: "the screenplay has the character no more",
}


@dataclass(frozen=True, slots=True)
class Where:
    """A shot's new place; without either shot where it was written."""

    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """A line or a single sound of a shot, or a stem of a scene; `of` is the shot or the scene.

    The stem of a shot is its "still" or its "clip", that of a character their "portrait".
    """

    of: str
    line: int = 0
    effect: str = ""
    stem: str = ""


async def list_timeline(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """The shots of a project in the film's order. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    if as_json:
        print_json([timeline])
        return Exit.OK
    print_sections(COLUMNS, [_section(timeline, scene) for scene in timeline.scenes if scene.shots])
    characters = await _characters(studio, timeline)
    for line in (*_titles(timeline.titles), *replacements(timeline, characters), *_strays(timeline)):
        print(line)
    return Exit.OK


async def _characters(studio: FilmStudio, timeline: timeline_pb2.Timeline) -> dict[str, str]:
    """The characters by the ids of cast members, asked for where a portrait was brought."""
    if not any(replacement.target.portrait for replacement in timeline.replacements):
        return {}
    members = await studio.cast_members(timeline.project)
    return {member.name.rsplit("/", 1)[-1]: member.character for member in members}


async def edit_shot(
    studio: FilmStudio, project: str, shot: str, fields: Mapping[str, Any], *, as_json: bool
) -> Exit:
    """Edit these fields of a shot. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    found = shot_of(timeline, shot)
    wanted = timeline_pb2.TimelineShot(name=found.name, edit=timeline_pb2.ShotEdit(**fields), etag=found.etag)
    edited = await studio.timelines.update_shot(wanted, [f"edit.{name}" for name in fields])
    return _printed(timeline, edited, as_json=as_json)


async def move_shot(studio: FilmStudio, project: str, shot: str, where: Where, *, as_json: bool) -> Exit:
    """Move a shot. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    request = timeline_pb2.MoveTimelineShotRequest(name=shot_of(timeline, shot).name)
    if where.after:
        request.after = id_of(shot_of(timeline, where.after))
    elif where.before:
        request.before = id_of(shot_of(timeline, where.before))
    await studio.timelines.move(request)
    return await list_timeline(studio, timeline.project, as_json=as_json)


async def lock_shot(studio: FilmStudio, project: str, shot: str, *, locked: bool, as_json: bool) -> Exit:
    """Lock or unlock a shot. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    name = shot_of(timeline, shot).name
    edited = await (studio.timelines.lock(name) if locked else studio.timelines.unlock(name))
    return _printed(timeline, edited, as_json=as_json)


async def set_level(
    studio: FilmStudio,
    project: str,
    sound: Sound,
    gain_db: float | None,
    muted: bool | None,
    *,
    as_json: bool,
) -> Exit:
    """Set how loud a sound is; what is None stays. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    if sound.stem:
        return await _set_stem(studio, timeline, sound, gain_db, muted, as_json=as_json)
    found = shot_of(timeline, sound.of)
    edit = timeline_pb2.ShotEdit()
    edit.CopyFrom(found.edit)
    if sound.line:
        field, levels = "lines", {entry.line: entry.level for entry in edit.lines}
        level = levels[sound.line] if sound.line in levels else edit.lines.add(line=sound.line).level
    else:
        field, sounds = "effects", {entry.kind: entry.level for entry in edit.effects}
        level = sounds[sound.effect] if sound.effect in sounds else edit.effects.add(kind=sound.effect).level
    _set(level, gain_db, muted)
    level.SetInParent()
    wanted = timeline_pb2.TimelineShot(name=found.name, edit=edit, etag=found.etag)
    return _printed(timeline, await studio.timelines.update_shot(wanted, [f"edit.{field}"]), as_json=as_json)


async def _set_stem(
    studio: FilmStudio,
    timeline: timeline_pb2.Timeline,
    sound: Sound,
    gain_db: float | None,
    muted: bool | None,
    *,
    as_json: bool,
) -> Exit:
    scene = scene_of(timeline, sound.of)
    edit = timeline_pb2.SceneEdit()
    edit.CopyFrom(scene.edit)
    _set(getattr(edit, sound.stem), gain_db, muted)
    wanted = timeline_pb2.TimelineScene(name=scene.name, edit=edit, etag=scene.etag)
    edited = await studio.timelines.update_scene(wanted, [f"edit.{sound.stem}"])
    if as_json:
        print_json([edited])
    else:
        print(f"scene {scene.number}: {', '.join(_scene_words(edited.edit)) or 'as the mix has it'}")
    return Exit.OK


def scene_of(timeline: timeline_pb2.Timeline, number: str) -> timeline_pb2.TimelineScene:
    """The scene of a number. Raises RefusedError."""
    scenes = {scene.number: scene for scene in timeline.scenes}
    if number not in scenes:
        raise RefusedError(f"no scene has the number {number}; there are {', '.join(scenes)}")
    return scenes[number]


async def set_titles(studio: FilmStudio, project: str, fields: Mapping[str, str], *, as_json: bool) -> Exit:
    """Set these texts of the cards. Raises FilmStudioError."""
    name = f"{(await named_project(studio, project)).name}/timeline/titles"
    titles = await studio.timelines.update_titles(timeline_pb2.Titles(name=name, **fields), fields)
    if as_json:
        print_json([titles])
    else:
        print("\n".join(_titles(titles)) or "All cards are as the screenplay has them.")
    return Exit.OK


async def timeline_of(studio: FilmStudio, project: str) -> timeline_pb2.Timeline:
    """The timeline of a project. Raises FilmStudioError."""
    return await studio.timelines.of((await named_project(studio, project)).name)


def shot_of(timeline: timeline_pb2.Timeline, written: str) -> timeline_pb2.TimelineShot:
    """The shot of a label or an id. Raises RefusedError, also for a label of several."""
    shots = [shot for scene in timeline.scenes for shot in scene.shots]
    found = [shot for shot in shots if written in (shot.display_name, id_of(shot))]
    if len(found) > 1:
        raise RefusedError(f"{written} names several shots: {', '.join(map(id_of, found))}; give an id")
    if found:
        return found[0]
    lost = (stray.name for stray in timeline.strays if stray.name.endswith(f"/{written}"))
    if name := next(lost, ""):
        return timeline_pb2.TimelineShot(name=name)
    raise RefusedError(f"the film has no shot {written!r} (film timeline lists them)")


def id_of(shot: timeline_pb2.TimelineShot) -> str:
    """The shot's id."""
    return shot.name.rsplit("/", 1)[-1]


def _set(level: timeline_pb2.Level, gain_db: float | None, muted: bool | None) -> None:
    if gain_db is not None:
        level.gain_millibels = round(100 * gain_db)
    if muted is not None:
        level.muted = muted


def _printed(timeline: timeline_pb2.Timeline, shot: timeline_pb2.TimelineShot, *, as_json: bool) -> Exit:
    if as_json:
        print_json([shot])
    else:
        labels = labels_of(timeline)
        words = ", ".join(_words(shot, labels)) or "as the studio has it"
        print(f"shot {shot.display_name or id_of(shot)}: {words}")
    return Exit.OK


def labels_of(timeline: timeline_pb2.Timeline) -> dict[str, str]:
    """What people call the shots, by id."""
    return {id_of(shot): shot.display_name for scene in timeline.scenes for shot in scene.shots}


def _section(timeline: timeline_pb2.Timeline, scene: timeline_pb2.TimelineScene) -> Section:
    labels = labels_of(timeline)
    words = ", ".join(_scene_words(scene.edit))
    heading = f"{scene.number}  {scene.heading}{f' ({words})' if words else ''}"
    return Section(heading, [_row(shot, labels) for shot in scene.shots])


def _row(shot: timeline_pb2.TimelineShot, labels: Mapping[str, str]) -> Sequence[str]:
    lines = f"{shot.line_first}-{shot.line_last}" if shot.line_last else ""
    length = f"{shot.length_ms / 1000:.1f} s" if shot.length_ms else ""
    what = " / ".join(shot.lines) or shot.action or ", ".join(shot.effects).lower()
    return shot.display_name, length, lines, ", ".join(_words(shot, labels)), what


def _words(shot: timeline_pb2.TimelineShot, labels: Mapping[str, str]) -> Iterator[str]:
    edit = shot.edit
    if shot.HasField("lock"):
        yield "locked"
    for name, length_ms in (
        ("head", -edit.head_trim_ms),
        ("tail", -edit.tail_trim_ms),
        ("hold", edit.hold_ms),
    ):
        if length_ms:
            yield f"{name} {length_ms / 1000:+g} s"
    if edit.transition.kind:
        yield _joint_words(edit.transition)
    elif shot.written_transition.kind:
        yield f"{_joint_words(shot.written_transition)}, as written"
    if edit.HasField("placement"):
        side = "before" if edit.placement.before else "after"
        yield f"moved {side} {labels.get(edit.placement.anchor, edit.placement.anchor)}"
    for line in edit.lines:
        yield f"line {line.line} {_level_words(line.level)}"
    for effect in edit.effects:
        yield f"{effect.kind.lower()} {_level_words(effect.level)}"


def _joint_words(joint: timeline_pb2.Transition) -> str:
    kind = timeline_pb2.TransitionKind.Name(joint.kind).removeprefix("TRANSITION_KIND_")
    words = kind.lower().replace("_", " ")
    return f"{words} {joint.length_ms / 1000:g} s" if joint.length_ms else words


def _scene_words(edit: timeline_pb2.SceneEdit) -> Iterator[str]:
    for name, level in (("music", edit.music), ("effects", edit.effects)):
        if level.ListFields():
            yield f"{name} {_level_words(level)}"


def _level_words(level: timeline_pb2.Level) -> str:
    return "muted" if level.muted else f"{level.gain_millibels / 100:+g} dB"


def _titles(titles: timeline_pb2.Titles) -> Iterator[str]:
    for name, text in (
        ("title", titles.title),
        ("credit", titles.credit),
        ("author", titles.author),
        ("end", titles.end_title),
    ):
        if text:
            yield f"card {name}: {text}"


def _strays(timeline: timeline_pb2.Timeline) -> Iterator[str]:
    labels = labels_of(timeline)
    for stray in timeline.strays:
        subject = stray.name.rsplit("/", 1)[-1]
        detail = f" ({labels.get(stray.detail, stray.detail)})" if stray.detail else ""
        yield f"no effect: {labels.get(subject, subject)}{detail}: {STRAY_WORDS.get(stray.reason, '')}"
