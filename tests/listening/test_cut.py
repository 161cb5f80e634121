"""Where the stems of a turnover lie in its film."""

from __future__ import annotations

from typing import Any

from bench.listening.cut import Stem, dialogue_of


def span(start: int, frames: int) -> dict[str, Any]:
    return {"start_time": {"value": start, "rate": 24}, "duration": {"value": frames, "rate": 24}}


def clip(path: str, start: int, frames: int) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "source_range": span(start, frames),
        "media_references": {"DEFAULT_MEDIA": {"target_url": path}},
    }


def test_a_stem_begins_before_its_clip_by_what_of_it_is_heard_under_the_scene_before() -> None:
    gap = {"OTIO_SCHEMA": "Gap.1", "source_range": span(0, 72)}
    dissolve = {"OTIO_SCHEMA": "Transition.1"}
    children = [gap, clip("one.flac", 0, 48), dissolve, clip("two.flac", 12, 24)]
    timeline = {"tracks": {"children": [{"name": "Dialogue", "children": children}]}}

    assert dialogue_of(timeline) == (Stem("one.flac", 3.0), Stem("two.flac", 4.5))
