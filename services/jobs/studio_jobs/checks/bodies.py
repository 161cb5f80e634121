"""The smallest order of each kind, and the little pictures and silences that some are made from."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from importlib import resources
from typing import assert_never
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_jobs.domain.states import TaskKind
from studio_platform.engine import Part
from studio_platform.manifests import Artifacts, artifact_digest
from studio_platform.objects import ObjectStore

LENGTH_FRAMES = 24
LENGTH_MS = 1000
SEED_BITS = 63

_RATE = task_pb2.Rate(numerator=24, denominator=1)
_SIZE = task_pb2.Size(width_px=128, height_px=72)
_HEADING = "INT. STUDIO - DAY"
_PROMPT = "a grey wall"
_VOICE = "bm_george"
_STILL, _CLIP, _SEGMENT, _MASTER, _LEVELS = "still", "clip", "segment", "master", "levels"
_GAINS = b'{"dialogue_db": 0, "effects_db": 0, "gain_db": 0, "music_db": 0, "target_lufs": -16}'


class CheckBodies:
    """Makes orders whose content key nobody has seen before, so that none is found in the cache."""

    def __init__(self, objects: ObjectStore, workspace_id: UUID) -> None:
        self._artifacts = Artifacts(objects)
        self._workspace_id = str(workspace_id)

    async def make(self, kind: TaskKind, engine: task_pb2.EngineRef) -> message_pb2.RunBody:
        """An order of this kind for this engine, its inputs stored. Raises StoreFull, StoreUnavailable."""
        spec = check_spec(kind)
        spec.engine.CopyFrom(engine)
        spec.seed = secrets.randbits(SEED_BITS)
        return message_pb2.RunBody(spec=spec, inputs=await self._inputs(kind))

    async def _inputs(self, kind: TaskKind) -> list[artifact_pb2.ResolvedInput]:
        match kind:
            case TaskKind.CLIP | TaskKind.SHEET:
                return [await self._input(_STILL, TaskKind.STILL, [_file("image", "image/png", "still.png")])]
            case TaskKind.SEGMENT:
                return [await self._input(_CLIP, TaskKind.CLIP, [_file("clip", "video/mp4", "clip.mp4")])]
            case TaskKind.FILM | TaskKind.READING:
                segment = await self._input(_SEGMENT, TaskKind.SEGMENT, _segment_parts())
                return [segment, await self._input(_MASTER, TaskKind.MASTER, _master_parts())]
            case TaskKind.LEVELS:
                return [await self._input(_SEGMENT, TaskKind.SEGMENT, _segment_parts())]
            case TaskKind.MASTER:
                segment = await self._input(_SEGMENT, TaskKind.SEGMENT, _segment_parts())
                gains = Part("gains", "application/json", data=_GAINS)
                return [segment, await self._input(_LEVELS, TaskKind.LEVELS, [gains])]
            case _:
                return []

    async def _input(self, role: str, kind: TaskKind, parts: Sequence[Part]) -> artifact_pb2.ResolvedInput:
        stored = await self._artifacts.store_parts(self._workspace_id, parts)
        moves = kind is not TaskKind.STILL
        manifest = artifact_pb2.Manifest(
            workspace_id=self._workspace_id,
            kind=task_pb2.TaskKind.ValueType(int(kind)),
            parts=stored,
            digest=artifact_digest(stored),
            length_ms=LENGTH_MS if moves else 0,
            frames=LENGTH_FRAMES if moves else 0,
        )
        return artifact_pb2.ResolvedInput(role=role, manifest=manifest)


def check_spec(kind: TaskKind) -> task_pb2.TaskSpec:
    """What a check asks for: one picture, or one second."""
    spec = task_pb2.TaskSpec(kind=task_pb2.TaskKind.ValueType(int(kind)))
    match kind:
        case TaskKind.STILL:
            spec.still.MergeFrom(task_pb2.StillSpec(size=_SIZE, heading=_HEADING, prompt=_PROMPT))
        case TaskKind.CLIP:
            clip = task_pb2.ClipSpec(size=_SIZE, rate=_RATE, length_frames=LENGTH_FRAMES, prompt=_PROMPT)
            clip.strength_permille = 1000
            spec.clip.MergeFrom(clip)
        case TaskKind.SPEECH:
            spec.speech.MergeFrom(task_pb2.SpeechSpec(text="One.", language="en", voice=_VOICE))
        case TaskKind.MUSIC:
            spec.music.MergeFrom(task_pb2.MusicSpec(length_frames=LENGTH_FRAMES, rate=_RATE))
        case TaskKind.EFFECTS:
            spec.effects.MergeFrom(
                task_pb2.EffectsSpec(length_frames=LENGTH_FRAMES, rate=_RATE, ambiences=["ROOM_TONE"])
            )
        case TaskKind.SEGMENT:
            shot = task_pb2.SegmentShot(shot_id="check", clip_role=_CLIP, length_frames=LENGTH_FRAMES)
            spec.segment.MergeFrom(task_pb2.SegmentSpec(size=_SIZE, rate=_RATE, shots=[shot]))
        case TaskKind.FILM:
            scene = task_pb2.FilmSegment(role=_SEGMENT, heading=_HEADING)
            scene.sound_role = _MASTER
            spec.film.MergeFrom(task_pb2.FilmSpec(title="Check", size=_SIZE, rate=_RATE, segments=[scene]))
        case TaskKind.READING:
            scene = task_pb2.FilmSegment(role=_SEGMENT, heading=_HEADING)
            scene.sound_role = _MASTER
            spec.reading.MergeFrom(task_pb2.ReadingSpec(title="Check", rate=_RATE, segments=[scene]))
        case TaskKind.SHEET:
            frame = task_pb2.SheetFrame(still_role=_STILL, ordinal=1, expected_ms=LENGTH_MS)
            sheet = task_pb2.SheetScene(number="1", heading=_HEADING, frames=[frame])
            spec.sheet.MergeFrom(task_pb2.SheetSpec(title="Check", scenes=[sheet]))
        case TaskKind.LEVELS:
            spec.levels.MergeFrom(
                task_pb2.LevelsSpec(segments=[task_pb2.FilmSegment(role=_SEGMENT)], rate=_RATE)
            )
        case TaskKind.MASTER:
            master = task_pb2.MasterSpec(
                segments=[task_pb2.FilmSegment(role=_SEGMENT)], levels_role=_LEVELS, rate=_RATE
            )
            spec.master.MergeFrom(master)
        case _:
            assert_never(kind)
    return spec


def _segment_parts() -> list[Part]:
    stems = [_file(stem, "audio/flac", "silence.flac") for stem in ("dialogue", "music", "effects")]
    return [
        _file("picture", "video/mp4", "clip.mp4"),
        *stems,
        Part("cues", "application/json", data=b"[]"),
        _file("levels", "application/octet-stream", "levels.npz"),
        _file("verdict", "application/json", "verdict.json"),
        _file("poster", "image/jpeg", "poster.jpg"),
    ]


def _master_parts() -> list[Part]:
    return [
        _file("sound", "audio/mp4", "sound.mp4"),
        _file("loudness", "application/json", "loudness.json"),
    ]


def _file(role: str, media_type: str, name: str) -> Part:
    data = resources.files("studio_jobs.checks").joinpath("inputs", name).read_bytes()
    return Part(role, media_type, data=data)
