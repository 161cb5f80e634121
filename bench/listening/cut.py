"""What is said in a film and when: read from the OpenTimelineIO of its turnover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SPEECH_COLOR = "CYAN"


@dataclass(frozen=True, slots=True)
class Line:
    """A speech: who says what from when to when in the film, and its lines of the screenplay."""

    character: str
    text: str
    start_seconds: float
    end_seconds: float
    line_first: int
    line_last: int


@dataclass(frozen=True, slots=True)
class Stem:
    """A file of sound and where in the film it begins; `path` is within the turnover.

    Before a dissolve's middle a file is heard under the scene before: it begins earlier than its clip.
    """

    path: str
    start_seconds: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene by its heading, and from when to when it is seen."""

    heading: str
    start_seconds: float
    end_seconds: float


def lines_of(timeline: Mapping[str, Any]) -> tuple[Line, ...]:
    """The speeches in the film's order. Raises KeyError for JSON that is no timeline."""
    found = [
        _line(marker, start_frame - _frames(clip["source_range"], "start_time"))
        for clip, start_frame in _placed(_tracks(timeline)[0])
        for marker in clip.get("markers", [])
        if marker["color"] == _SPEECH_COLOR
    ]
    return tuple(sorted(found, key=lambda line: line.start_seconds))


def dialogue_of(timeline: Mapping[str, Any]) -> tuple[Stem, ...]:
    """The stems of speech. Raises KeyError for JSON that is no timeline."""
    track = next(track for track in _tracks(timeline) if track["name"] == "Dialogue")
    return tuple(
        Stem(
            _path(clip),
            (start_frame - _frames(clip["source_range"], "start_time")) / _rate(clip["source_range"]),
        )
        for clip, start_frame in _placed(track)
        if clip["OTIO_SCHEMA"].startswith("Clip")
    )


def scenes_of(timeline: Mapping[str, Any]) -> tuple[Scene, ...]:
    """The scenes in order. Raises KeyError for JSON that is no timeline."""
    return tuple(
        Scene(marker["name"], start, start + _seconds(marker["marked_range"], "duration"))
        for marker in timeline["tracks"]["markers"]
        for start in [_seconds(marker["marked_range"], "start_time")]
    )


def _tracks(timeline: Mapping[str, Any]) -> list[dict[str, Any]]:
    tracks: list[dict[str, Any]] = timeline["tracks"]["children"]
    return tracks


def _placed(track: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], float]]:
    """What lies on a track one after the other, each with the frame of the film at which it begins."""
    frame = 0.0
    for child in track["children"]:
        if child["OTIO_SCHEMA"].startswith("Transition"):
            continue
        yield child, frame
        frame += _frames(child["source_range"], "duration")


def _line(marker: Mapping[str, Any], first_frame: float) -> Line:
    character, _, text = marker["name"].partition(": ")
    said = marker["marked_range"]
    start = (first_frame + _frames(said, "start_time")) / _rate(said)
    about = marker["metadata"]["film_studio"]
    return Line(
        character,
        text,
        start,
        start + _seconds(said, "duration"),
        about["line_first"],
        about["line_last"],
    )


def _path(clip: Mapping[str, Any]) -> str:
    return str(clip["media_references"]["DEFAULT_MEDIA"]["target_url"])


def _rate(span: Mapping[str, Any]) -> float:
    return float(span["duration"]["rate"])


def _frames(span: Mapping[str, Any], end: str) -> float:
    return float(span[end]["value"])


def _seconds(span: Mapping[str, Any], end: str) -> float:
    return _frames(span, end) / _rate(span)
