"""How long shots are: their speech decides, and everything that fills the same time follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from filmstudio.generation.v1 import task_pb2

SHARE_OVER = 3
"""A speech is heard over the next shot for this part of it at most."""

BREATH_FRAMES = 2
"""Between a speech in another language and what follows it."""


@dataclass(frozen=True, slots=True)
class ShotLength:
    """A shot's resolved length, and where each of its speeches starts, in frames after its start.

    Of the last speech `over_frames` are heard after the shot's end.
    """

    length_frames: int
    starts: Mapping[str, int]
    over_frames: int = 0


def frames_of(length_ms: int, rate: task_pb2.Rate) -> int:
    """The least whole number of frames that holds `length_ms`."""
    return -(-length_ms * rate.numerator // (1000 * rate.denominator))


def shot_length(timing: task_pb2.ShotTiming, speech_ms: Mapping[str, int]) -> ShotLength:
    """Lay the shot's speeches one after the other; `speech_ms` gives each role's length.

    A role named in `simultaneous_roles` starts with the one before it. A third of the last speech at most
    goes on over the next shot.
    Raises KeyError for a speech whose length is not given.
    """
    starts: dict[str, int] = {}
    start = end = timing.lead_frames
    for position, role in enumerate(timing.speech_roles):
        if position and role not in timing.simultaneous_roles:
            start = end + timing.gap_frames
        starts[role] = start
        end = max(end, start + frames_of(speech_ms[role], timing.rate))
    if not timing.speech_roles:
        return ShotLength(timing.min_frames, starts)
    over_frames = min(timing.over_frames, (end - start) // SHARE_OVER)
    spoken = end - over_frames if timing.over_frames else end + timing.tail_frames
    length_frames = max(timing.min_frames, spoken)
    return ShotLength(length_frames, starts, max(0, end - length_frames))


def resolve(spec: task_pb2.TaskSpec, speech_ms: Mapping[str, int]) -> task_pb2.TaskSpec:
    """The spec with lengths in frames in place of its timings; one without timings comes back equal."""
    resolved = task_pb2.TaskSpec()
    resolved.CopyFrom(spec)
    if not spec.timings:
        return resolved
    shots = [shot_length(timing, speech_ms) for timing in spec.timings]
    resolved.ClearField("timings")
    match spec.WhichOneof("work"):
        case "clip":
            resolved.clip.length_frames = shots[0].length_frames
            for speech in resolved.clip.speeches:
                speech.start_frame = shots[0].starts[speech.role]
        case "music":
            resolved.music.length_frames = sum(shot.length_frames for shot in shots)
        case "effects":
            _resolve_effects(resolved.effects, shots)
        case "segment":
            _resolve_segment(resolved.segment, shots)
        case "speech":
            _resolve_speech(resolved.speech, spec.timings[0], shots[0])
        case other:
            raise ValueError(f"a spec of {other} holds timings")
    return resolved


def _resolve_effects(effects: task_pb2.EffectsSpec, shots: Sequence[ShotLength]) -> None:
    effects.length_frames = sum(shot.length_frames for shot in shots)
    begins = [sum(shot.length_frames for shot in shots[:index]) for index in range(len(shots))]
    for cue in effects.cues:
        cue.start_frame = begins[cue.shot_index] + min(
            cue.offset_frames, shots[cue.shot_index].length_frames - 1
        )
        cue.ClearField("shot_index")
        cue.ClearField("offset_frames")


def _resolve_speech(speech: task_pb2.SpeechSpec, timing: task_pb2.ShotTiming, shot: ShotLength) -> None:
    """A speech in another language has the time until the next one of its shot, or until the shot's end."""
    own_frame = shot.starts[speech.window_role]
    shown_frames = shot.length_frames + shot.over_frames + speech.window_change_frames
    end_frame = min((start for start in shot.starts.values() if start > own_frame), default=shown_frames)
    frames = max(1, end_frame - BREATH_FRAMES - own_frame)
    speech.window_ms = frames * 1000 * timing.rate.denominator // timing.rate.numerator
    speech.ClearField("window_role")
    speech.ClearField("window_change_frames")


def _resolve_segment(segment: task_pb2.SegmentSpec, shots: Sequence[ShotLength]) -> None:
    starts = _starts_in_effects(segment, shots)
    # A scene with edits has timings of others' shots after those of its own.
    for index, shot in enumerate(segment.shots):
        length = shots[index]
        shot.length_frames = length.length_frames
        shot.effects_start_frame = starts.get(index, 0)
        shot.over_frames = length.over_frames
        for cue in shot.cues:
            cue.start_frame = length.starts[cue.role]
    segment.ClearField("effects_orders")


def _starts_in_effects(segment: task_pb2.SegmentSpec, shots: Sequence[ShotLength]) -> dict[int, int]:
    """Where each timing's shot starts in its effects; empty for a scene without edits."""
    starts: dict[int, int] = {}
    for order in segment.effects_orders:
        lengths = [shots[index].length_frames for index in order.timings]
        starts |= zip(order.timings, accumulate(lengths, initial=0), strict=False)
    return starts
