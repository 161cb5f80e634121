"""From the plan of a finished film, with what its inputs came to, to its cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from filmstudio.generation.v1 import artifact_pb2, task_pb2
from studio_jobs import convert
from studio_jobs.cutlists.cut import Blend, Cut, Lines, Scene, Shot, Speech, Stem
from studio_jobs.domain.timing import frames_of, resolve
from studio_jobs.downloads import SUFFIXES
from studio_jobs.store import rows

FILM_PATH = "film.mp4"
MEDIA_FOLDER = "media"
STEMS = ("dialogue", "music", "effects")


@dataclass(frozen=True, slots=True)
class _Input:
    """What a role of a task is: who made it, for which lines, and how long it came out."""

    task: int
    name: str
    lines: Lines
    length_ms: int
    suffix: str


@dataclass(frozen=True, slots=True)
class _Task:
    """A row of the statement `cut_tasks`, with its spec's lengths resolved."""

    number: int
    name: str
    spec: task_pb2.TaskSpec
    inputs: Mapping[str, _Input]


def cut_of(job: rows.Job, found: Sequence[rows.Record], film_frames: int) -> Cut:
    """The cut of a film of so many frames, by the rows of `cut_tasks`, of which one is the film's."""
    tasks = {row["number"]: _task(row) for row in found}
    film = next(task for task in tasks.values() if task.spec.WhichOneof("work") == "film")
    spec = film.spec.film
    numbering = _Numbering()
    scenes = [
        _scene(tasks[film.inputs[segment.role].task], segment, numbering, number)
        for number, segment in enumerate(spec.segments, start=1)
    ]
    cut = Cut(
        title=spec.title,
        job=convert.job_name(job.job_id),
        revision=convert.revision_name(job.project_id, job.revision),
        film_path=FILM_PATH,
        width_px=spec.size.width_px,
        height_px=spec.size.height_px,
        rate_hz=Fraction(spec.rate.numerator, spec.rate.denominator),
        opening_frames=spec.title_card_frames,
        closing_frames=0,
        scenes=scenes,
    )
    # How many cards of credits there are is the composer's to know.
    return replace(cut, closing_frames=max(0, film_frames - cut.length_frames))


class _Numbering:
    """Numbers files in the film's order, so that a folder lists them in it."""

    def __init__(self) -> None:
        self._shots = 0

    def shot(self, of: _Input) -> str:
        """The path of a shot's file."""
        self._shots += 1
        words = of.name.rpartition(" ")[0]
        return f"{MEDIA_FOLDER}/{self._shots:04}-{_plain(words)}{of.suffix}"


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _task(row: rows.Record) -> _Task:
    inputs = {
        role: _Input(number, name, Lines(first, last), length_ms, _suffix(manifest))
        for role, number, name, first, last, length_ms, manifest in zip(
            *(row[column] or [] for column in _COLUMNS), strict=True
        )
    }
    lengths = {role: it.length_ms for role, it in inputs.items()}
    spec = resolve(task_pb2.TaskSpec.FromString(row["spec"]), lengths)
    return _Task(row["number"], row["display_name"], spec, inputs)


_COLUMNS = ("roles", "producers", "names", "firsts", "lasts", "lengths_ms", "manifests")


def _suffix(manifest: bytes | None) -> str:
    """Of the first file, which is what the task is about."""
    parts = artifact_pb2.Manifest.FromString(manifest).parts if manifest else ()
    return SUFFIXES.get(parts[0].media_type, "") if parts else ""


def _scene(cut: _Task, segment: task_pb2.FilmSegment, numbering: _Numbering, number: int) -> Scene:
    spec = cut.spec.segment
    levels = {
        "music": (segment.music_muted, segment.music_gain_millibels),
        "effects": (segment.effects_muted, segment.effects_gain_millibels),
    }
    stems = [
        Stem(kind, f"{MEDIA_FOLDER}/{number:04}-sound-{kind}.flac", *levels.get(kind, (False, 0)))
        for kind in STEMS
    ]
    shots = [_shot(cut, shot, spec.rate, numbering) for shot in spec.shots]
    fades = spec.fade_in_frames, spec.fade_out_frames
    return Scene(
        segment.heading,
        cut.number,
        shots,
        stems,
        segment.crossfade_frames,
        *fades,
        _BLENDS[segment.blend],
        spec.fade_in_white,
        spec.fade_out_white,
    )


_BLENDS = {
    task_pb2.BLEND_UNSPECIFIED: Blend.DISSOLVE,
    task_pb2.BLEND_WIPE: Blend.WIPE,
    task_pb2.BLEND_IRIS: Blend.IRIS,
}


def _shot(cut: _Task, shot: task_pb2.SegmentShot, rate: task_pb2.Rate, numbering: _Numbering) -> Shot:
    shown = cut.inputs[shot.clip_role or shot.still_role]
    return Shot(
        shot_id=shot.shot_id,
        name=shown.name.rpartition(" ")[0],
        path=numbering.shot(shown),
        task=shown.task,
        length_frames=shot.length_frames,
        head_frames=shot.head_trim_frames,
        tail_frames=shot.tail_trim_frames,
        hold_frames=shot.hold_frames,
        crossfade_frames=shot.crossfade_frames,
        dip_frames=shot.dip_frames,
        lines=shown.lines,
        speeches=[_speech(cut.inputs[cue.role], cue, rate) for cue in shot.cues if not cue.muted],
        blend=_BLENDS[shot.blend],
        dip_to_white=shot.dip_to_white,
        dip_from_cut=shot.dip_from_cut,
    )


def _speech(said: _Input, cue: task_pb2.SpeechCue, rate: task_pb2.Rate) -> Speech:
    frames = frames_of(said.length_ms, rate)
    return Speech(cue.character, cue.text, cue.start_frame, frames, said.lines)
