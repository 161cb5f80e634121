"""A cut as OpenTimelineIO's JSON, in the schemas that its release 0.16 and later read.

What a reader takes for unset is left out: a film of thousands of shots has to fit into a message. Written by
hand, for the library has no wheel for every Python that a studio runs on; its own reader is in the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from studio_jobs.cutlists.cut import Cut, Shot
from studio_jobs.cutlists.tracks import Joint, JointKind, Piece, Track, picture_track, stem_tracks

CONTENT_MAX_BYTES = 3_584 * 1024
"""What fits into a message with the files' names."""

START_HOURS = 1
"""Where editing programs start a timeline."""

_KIND = "film_studio"
"""The key of our own metadata."""


def otio_of(cut: Cut, content_max_bytes: int = CONTENT_MAX_BYTES) -> str:
    """The timeline as text; without markers of speeches where they would make it longer than that."""
    content = _written(cut)
    if len(content.encode()) <= content_max_bytes:
        return content
    silent = [replace(it, shots=[replace(shot, speeches=()) for shot in it.shots]) for it in cut.scenes]
    return _written(replace(cut, scenes=silent))


def _written(cut: Cut) -> str:
    times = _Times(cut.rate_hz)
    picture = _track("Picture", "Video", picture_track(cut), times)
    sounds = [_track(kind.capitalize(), "Audio", track, times) for kind, track in stem_tracks(cut).items()]
    stack = _named("Stack.1", "tracks", children=[picture, *sounds], markers=_scene_markers(cut, times))
    timeline = _named(
        "Timeline.1",
        cut.title,
        {"job": cut.job, "revision": cut.revision, "size": [cut.width_px, cut.height_px]},
        global_start_time=times.at(times.frames_an_hour * START_HOURS),
        tracks=stack,
    )
    return json.dumps(timeline, ensure_ascii=False, separators=(",", ":"))


class _Times:
    """Frames as times of a rate."""

    def __init__(self, rate_hz: Fraction) -> None:
        self._rate = rate_hz.numerator if rate_hz.denominator == 1 else float(rate_hz)
        self.frames_an_hour = round(rate_hz) * 3600

    def at(self, frame: int) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": self._rate, "value": frame}

    def span(self, first: int, length: int) -> dict[str, Any]:
        return {"OTIO_SCHEMA": "TimeRange.1", "start_time": self.at(first), "duration": self.at(length)}


def _named(
    schema: str, name: str, metadata: Mapping[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    own = {"metadata": {_KIND: metadata}} if metadata else {}
    return {"OTIO_SCHEMA": schema, "name": name, **own, **fields}


def _track(name: str, kind: str, items: Track, times: _Times) -> dict[str, Any]:
    children = [_piece(it, times) if isinstance(it, Piece) else _joint(it, times) for it in items]
    return _named("Track.1", name, kind=kind, children=children)


_JOINT_NAMES = {
    JointKind.CROSSFADE: "Cross Dissolve",
    JointKind.WIPE: "Wipe",
    JointKind.IRIS: "Iris",
    JointKind.DIP: "Dip to Black",
    JointKind.DIP_TO_WHITE: "Dip to White",
}


def _joint(joint: Joint, times: _Times) -> dict[str, Any]:
    return _named(
        "Transition.1",
        _JOINT_NAMES[joint.kind],
        transition_type="SMPTE_Dissolve" if joint.kind is JointKind.CROSSFADE else "Custom_Transition",
        in_offset=times.at(joint.before_frames),
        out_offset=times.at(joint.after_frames),
    )


def _piece(piece: Piece, times: _Times) -> dict[str, Any]:
    shown = times.span(piece.source_frame, piece.length_frames)
    if not piece.path:
        return _named("Gap.1", "", source_range=shown)
    file = _named(
        "ExternalReference.1",
        "",
        target_url=piece.path,
        available_range=times.span(0, piece.available_frames),
    )
    fields: dict[str, Any] = {"source_range": shown, "media_references": {"DEFAULT_MEDIA": file}}
    if piece.is_frozen:
        fields["effects"] = [_named("FreezeFrame.1", "Hold", effect_name="FreezeFrame", time_scalar=0)]
    if piece.shot:
        fields["markers"] = list(_shot_markers(piece, piece.shot, times))
    if piece.stem:
        fields["enabled"] = not piece.stem.muted
    return _named("Clip.2", piece.name, _about(piece), **fields, active_media_reference_key="DEFAULT_MEDIA")


def _about(piece: Piece) -> dict[str, Any]:
    """What we know of a clip and the schema has no place for."""
    if piece.shot:
        return {"shot_id": piece.shot.shot_id}
    if piece.stem and piece.stem.gain_millibels:
        return {"gain_db": piece.stem.gain_millibels / 100}
    return {}


def _shot_markers(piece: Piece, shot: Shot, times: _Times) -> Iterable[dict[str, Any]]:
    """One where the shot begins with its lines of the screenplay, and one for each speech that is heard."""
    if shot.lines.first:
        named = f"{shot.name}, {shot.lines}"
        yield _marker(
            named, "GREEN", times.span(piece.source_frame, 1), _lines_of(shot.lines.first, shot.lines.last)
        )
    last_frame = piece.source_frame + piece.length_frames
    for speech in shot.speeches:
        first = max(speech.start_frame, piece.source_frame)
        ending = min(speech.start_frame + speech.length_frames, last_frame)
        if first < ending:
            about = _lines_of(speech.lines.first, speech.lines.last)
            said = times.span(first, ending - first)
            yield _marker(f"{speech.character}: {speech.text}", "CYAN", said, about)


def _lines_of(first: int, last: int) -> dict[str, Any]:
    return {"line_first": first, "line_last": last}


def _marker(
    name: str, color: str, span: Mapping[str, Any], metadata: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return _named("Marker.2", name, metadata, color=color, marked_range=span)


def _scene_markers(cut: Cut, times: _Times) -> list[dict[str, Any]]:
    return [
        _marker(scene.heading, "BLUE", times.span(start, scene.length_frames))
        for scene, start in zip(cut.scenes, cut.starts, strict=False)
    ]
