"""The table read engine: sound alone, with chapters, texts and lyrics."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import pysubs2
import pytest

from studio_composer.captions import Cue
from studio_composer.engines.reading import ReadingEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.film_file import Chapter
from studio_composer.loudness import measured
from studio_composer.orders import FilmSegment, ReadingOrder, SegmentOrder
from studio_composer.reading_file import lyrics
from studio_media.sound import decode
from studio_platform.engine import EngineFailure, Product, RunCancelled
from tests.unit.composer.material import RATE, WatchedRun, content, finished, segment_order

PAUSE_FRAMES = 12


def sound_alone(order: SegmentOrder) -> SegmentOrder:
    """The same scene without its clips."""
    shots = tuple(replace(shot, clip_role="") for shot in order.shots)
    return replace(order, width_px=0, height_px=0, shots=shots)


def scene(folder: Path, **changes: object) -> Product:
    order = sound_alone(segment_order(folder, **changes))  # type: ignore[arg-type]  # fields by name
    [product] = SegmentEngine().run([order], [WatchedRun()])
    return product


def reading_order(folder: Path, scenes: dict[str, Product]) -> ReadingOrder:
    segments, inputs = finished(folder, scenes)
    return ReadingOrder(
        "The Last Tram", RATE, 1, segments, "Ada Lind", scene_pause_frames=PAUSE_FRAMES, inputs=inputs
    )


@pytest.fixture
def read(tmp_path: Path) -> Product:
    scenes = {
        "INT. TRAM - NIGHT": scene(tmp_path / "a"),
        "EXT. DEPOT - DAY": scene(tmp_path / "b", text="Où est Ольга?", seed=5),
    }
    [product] = ReadingEngine(tmp_path).run([reading_order(tmp_path, scenes)], [WatchedRun()])
    return product


def test_a_scene_of_sound_alone_has_stems_and_no_picture(tmp_path: Path) -> None:
    product = scene(tmp_path)

    assert [part.role for part in product.parts] == ["dialogue", "music", "effects", "levels", "cues"]
    assert product.frames == 84


def test_a_table_read_lasts_as_long_as_its_scenes_and_the_pauses_between(read: Product) -> None:
    assert read.frames == 84 + PAUSE_FRAMES + 84
    assert read.length_ms == 7_500


def test_the_file_is_an_m4a_with_a_chapter_a_scene(read: Product, tmp_path: Path) -> None:
    path = tmp_path / "read.m4a"
    path.write_bytes(content(read, "audio"))

    with av.open(str(path)) as file:
        chapters = [(c["start"] * (c["time_base"] or 1), c["metadata"]["title"]) for c in file.chapters()]
        kinds = [stream.type for stream in file.streams]
        tags = dict(file.metadata)

    assert tags["major_brand"] == "M4A "
    assert (tags["title"], tags["artist"]) == ("The Last Tram", "Ada Lind")
    assert tags["lyrics"] == "MARA: It was raining.\nMARA: Où est Ольга?"
    assert chapters == [(0, "INT. TRAM - NIGHT"), (4, "EXT. DEPOT - DAY")]
    assert "video" not in kinds
    assert kinds.count("subtitle") == 1


def test_what_is_heard_has_the_ordered_loudness(read: Product, tmp_path: Path) -> None:
    path = tmp_path / "read.m4a"
    path.write_bytes(content(read, "audio"))

    loudness = measured([decode(path, channels=2, sound_format="mov")])

    assert abs(loudness.integrated_lufs + 16) < 0.5
    assert loudness.true_peak_dbtp < -1


def test_subtitles_stand_where_the_lines_are_said(read: Product) -> None:
    lines = pysubs2.SSAFile.from_string(content(read, "subtitles-srt").decode(), format_="srt")

    assert [(line.start, line.plaintext) for line in lines] == [
        (250, "It was raining."),
        (4_250, "Où est Ольга?"),
    ]


def test_lyrics_have_a_time_a_line_and_no_bracket_of_a_text_is_taken_for_one() -> None:
    chapters = [Chapter(0, 4_000, "INT. TRAM - NIGHT")]

    text = lyrics([Cue(61_230, 62_000, "MARA", "[sighs]\nNo.")], chapters, "Tram [2]", "")

    assert text.splitlines() == [
        "[ti:Tram (2)]",
        "[00:00.00]— INT. TRAM - NIGHT",
        "[01:01.23]MARA: (sighs) No.",
    ]


def test_the_report_counts_lines_and_chapters(read: Product) -> None:
    report = json.loads(content(read, "report"))

    assert (report["lines"], len(report["chapters"]), report["length_ms"]) == (2, 2, 7_500)


def test_a_scene_without_sound_is_refused_for_good(tmp_path: Path) -> None:
    order = ReadingOrder("T", RATE, 1, (FilmSegment("segment-0", "INT. TRAM"),))

    with pytest.raises(EngineFailure, match="INPUT_MISSING") as failure:
        ReadingEngine(tmp_path).run([order], [WatchedRun()])

    assert failure.value.permanent


def test_a_cancel_ends_it_and_leaves_no_file(tmp_path: Path) -> None:
    order = reading_order(tmp_path, {"INT. TRAM": scene(tmp_path / "a")})
    scratch = tmp_path / "scratch"

    with pytest.raises(RunCancelled):
        ReadingEngine(scratch).run([order], [WatchedRun(checks=3)])

    assert not list(scratch.iterdir())
