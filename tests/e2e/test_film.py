"""From a screenplay to a film over all six processes, Postgres, NATS and S3."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import av
import pytest

from studio_jobs.domain.states import WAY
from tests.e2e.conftest import SIZE, Rendered, Studio

FRAME_SECONDS = 1 / 24

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def first(studio: Studio) -> Rendered:
    return studio.render(Path(__file__).resolve().parents[2] / "samples" / "one-minute.fountain")


def test_the_film_has_picture_sound_and_subtitles_of_equal_length(first: Rendered) -> None:
    with av.open(str(first.output), format="mp4") as film:
        lengths = {
            stream.type: float((stream.duration or 0) * (stream.time_base or 0))
            for stream in film.streams
            if stream.type in ("video", "audio", "subtitle")
        }

    assert first.code == 0, first.errors
    assert set(lengths) == {"video", "audio", "subtitle"}
    assert max(lengths.values()) - min(lengths.values()) <= FRAME_SECONDS


def test_the_chapters_are_the_scene_headings(first: Rendered, samples: Path) -> None:
    text = (samples / "one-minute.fountain").read_text()
    headings = [line for line in text.splitlines() if line.startswith(("INT.", "EXT."))]

    with av.open(str(first.output), format="mp4") as film:
        chapters = film.chapters()

    assert [chapter["metadata"]["title"] for chapter in chapters] == headings
    assert all(chapter["end"] > chapter["start"] for chapter in chapters)


def test_each_scene_has_stems_as_long_as_its_chapter(studio: Studio, first: Rendered, tmp_path: Path) -> None:
    fetched = studio.film("stems", first.job, "-o", str(tmp_path), "--json")

    paths = [Path(stem["path"]) for stem in json.loads(fetched.stdout)["stems"]]
    with av.open(str(first.output), format="mp4") as film:
        scenes = len(film.chapters())
    assert len(paths) == 3 * scenes
    for scene in (paths[at : at + 3] for at in range(0, len(paths), 3)):
        kinds = [path.stem.rpartition("-")[2] for path in scene]
        lengths = {av.open(str(path)).duration for path in scene}
        assert (kinds, len(lengths)) == (["dialogue", "music", "effects"], 1)


@pytest.fixture(scope="module")
def turned_over(studio: Studio, first: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a turnover of the film unpacks to."""
    folder = tmp_path_factory.mktemp("turnover")
    made = studio.film("turnover", first.job, "-o", str(folder / "cut.zip"), "--json")
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(folder / "cut.zip") as archive:
        archive.extractall(folder / "cut")
    return folder / "cut"


def test_a_turnover_holds_what_its_manifest_names(first: Rendered, turned_over: Path) -> None:
    manifest = json.loads((turned_over / "manifest.json").read_text())

    files = {it.relative_to(turned_over).as_posix() for it in turned_over.rglob("*") if it.is_file()}
    assert files == {*manifest["files"], "manifest.json"}
    assert (manifest["format"], manifest["job"]) == ("film-studio-turnover", first.job)
    assert {
        name: hashlib.sha256((turned_over / name).read_bytes()).hexdigest() for name in manifest["files"]
    } == {name: said["sha256"] for name, said in manifest["files"].items()}
    assert (turned_over / "film.mp4").read_bytes() == first.output.read_bytes()


@pytest.mark.parametrize("pattern", ["*.otio", "*.edl"])
def test_a_turnover_opens_in_the_librarys_reader_with_the_cuts_of_the_films_report(
    turned_over: Path, pattern: str
) -> None:
    otio = pytest.importorskip("opentimelineio", reason="it has no wheel for this Python")
    report = json.loads((turned_over / "report.json").read_text())
    (path,) = turned_over.glob(pattern)

    timeline = otio.adapters.read_from_file(str(path))

    picture = timeline.video_tracks()[0]
    starts = {int(picture.range_of_child(clip).start_time.value) for clip in picture.find_clips()}
    assert picture.duration().value == report["frames"]
    assert {scene["start_frame"] for scene in report["segments"]} < starts
    assert {0, report["segments"][-1]["start_frame"] + report["segments"][-1]["frames"]} < starts


def test_the_files_of_a_turnover_are_as_long_as_its_timeline_says(turned_over: Path) -> None:
    otio = pytest.importorskip("opentimelineio", reason="it has no wheel for this Python")
    (path,) = turned_over.glob("*.otio")

    timeline = otio.adapters.read_from_file(str(path))

    clips = list(timeline.find_clips())
    assert len({clip.media_reference.target_url for clip in clips}) > 20
    for clip in clips:
        with av.open(str(turned_over / clip.media_reference.target_url)) as file:
            length_seconds = (file.duration or 0) / av.time_base
        available = clip.media_reference.available_range.duration.to_seconds()
        assert length_seconds == pytest.approx(available, abs=FRAME_SECONDS)


def test_the_events_show_all_nine_states_in_order_without_a_gap(first: Rendered) -> None:
    assert first.states == [state.value for state in WAY]
    numbers = [int(event["sequence"]) for event in first.events]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(event["time"] for event in first.events)


def test_a_watcher_that_joins_late_sees_every_event(studio: Studio, first: Rendered) -> None:
    watched = studio.film("watch", first.job, "--json")

    events = [json.loads(line)["event"] for line in watched.stdout.splitlines()]
    assert events == first.events


def test_a_second_render_runs_no_generator_and_is_the_same_film(
    studio: Studio, first: Rendered, samples: Path
) -> None:
    second = studio.render(samples / "one-minute.fountain", "second.mp4")

    assert second.code == 0, second.errors
    assert second.states == [state.value for state in WAY]
    assert all(stage["cached"] == stage["total"] for stage in second.events[-1]["stages"])
    assert second.output.read_bytes() == first.output.read_bytes()


def test_a_changed_line_makes_only_what_depends_on_it(
    studio: Studio, first: Rendered, samples: Path, tmp_path: Path
) -> None:
    text = (samples / "one-minute.fountain").read_text()
    spoken = next(
        line
        for before, line in zip(text.splitlines(), text.splitlines()[1:], strict=False)
        if before.isupper() and line
    )
    changed = tmp_path / "changed.fountain"
    changed.write_text(text.replace(spoken, spoken + " Really.", 1))

    edited = studio.render(changed, "edited.mp4")

    assert edited.code == 0, edited.errors
    made = {stage["stage"]: stage["done"] - stage.get("cached", 0) for stage in edited.events[-1]["stages"]}
    assert made["STAGE_IMAGES"] <= 1
    assert made["STAGE_VIDEO"] == 1
    assert made["STAGE_COMPOSITION"] == 4
    assert first.code == 0


def test_a_plan_says_what_is_there_and_what_a_changed_line_makes(
    studio: Studio, first: Rendered, samples: Path, tmp_path: Path
) -> None:
    script = samples / "one-minute.fountain"
    edited = tmp_path / "planned.fountain"
    edited.write_text(script.read_text().replace("Eleven years.", "Twelve years."))

    assert studio.render(script, "again.mp4").code == 0
    same = planned(studio, script)
    other = planned(studio, edited)

    assert first.code == 0
    assert same["total"]["cached"] == same["total"]["tasks"]
    assert same["diff"].get("shots", []) == []
    (shot,) = other["diff"]["shots"]
    assert [cause["cause"] for cause in shot["causes"]] == ["CHANGE_CAUSE_SCRIPT"]
    assert other["total"]["runs"] == 1


def planned(studio: Studio, script: Path) -> dict[str, Any]:
    """The plan of a screenplay, as `film plan --json` prints it."""
    asked = studio.film("plan", str(script), "--size", SIZE, "--no-narrate", "--json")
    assert asked.returncode == 0, asked.stderr
    plan: dict[str, Any] = json.loads(asked.stdout)
    return plan


def test_scenes_are_rendered_alone_from_what_the_film_was_made_of(
    studio: Studio, first: Rendered, samples: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scenes.mp4"

    made = studio.film(
        *("render", str(samples / "one-minute.fountain"), "-o", str(output), "--size", SIZE),
        *("--scenes", "2-3", "--also", "webm", "--no-narrate"),
    )

    assert made.returncode == 0, made.stderr
    with av.open(str(tmp_path / "scenes-webm.webm"), format="matroska") as webm:
        assert {stream.codec.canonical_name for stream in webm.streams} == {"vp9", "opus", "webvtt"}
        webm_chapters, webm_length_us = webm.chapters(), webm.duration or 0
    with av.open(str(output), format="mp4") as part, av.open(str(first.output), format="mp4") as film:
        chapters, length_us, film_length_us = part.chapters(), part.duration or 0, film.duration or 0
    assert [chapter["metadata"]["title"] for chapter in chapters] == [
        line
        for line in (samples / "one-minute.fountain").read_text().splitlines()
        if line.startswith(("INT.", "EXT."))
    ][1:]
    assert 0 < length_us < film_length_us
    assert [it["metadata"] for it in webm_chapters] == [it["metadata"] for it in chapters]
    assert abs(webm_length_us - length_us) <= FRAME_SECONDS * av.time_base


def test_an_output_in_portrait_is_the_same_film_from_the_same_clips(
    studio: Studio, first: Rendered, samples: Path, tmp_path: Path
) -> None:
    script, output = str(samples / "one-minute.fountain"), tmp_path / "wide.mp4"
    again, poster, preview = (tmp_path / name for name in ("again.mp4", "poster.jpg", "preview.webp"))

    made = studio.film(
        *("render", script, "-o", str(output), "--size", SIZE, "--no-narrate", "--also", "9:16", "--json")
    )
    updates = [json.loads(line) for line in made.stdout.splitlines()]
    job = updates[-1]["film"]["job"]
    fetched = [
        studio.film("download", job, "--also", "9:16", *more)
        for more in (
            ["-o", str(again)],
            ["--asset", "poster", "-o", str(poster)],
            ["--asset", "preview", "-o", str(preview)],
        )
    ]

    assert (made.returncode, [it.returncode for it in fetched]) == (0, [0, 0, 0]), made.stderr
    tall = output.with_name("wide-9x16.mp4")
    stages = [update["event"] for update in updates if "event" in update][-1]["stages"]
    not_composed = [stage for stage in stages if stage["stage"] != "STAGE_COMPOSITION"]
    assert all(stage["cached"] == stage["total"] for stage in not_composed)
    assert output.read_bytes() == first.output.read_bytes()
    assert again.read_bytes() == tall.read_bytes()
    with av.open(str(output), format="mp4") as wide, av.open(str(tall), format="mp4") as portrait:
        sizes = [(it.streams.video[0].width, it.streams.video[0].height) for it in (wide, portrait)]
        counts = [it.streams.video[0].frames for it in (wide, portrait)]
        assert wide.chapters() == portrait.chapters()
    assert sizes[1] == (min(sizes[0]), round(min(sizes[0]) * 16 / 9 / 2) * 2)
    assert counts[0] == counts[1]
    assert poster.read_bytes()[:2] == b"\xff\xd8"
    assert preview.read_bytes()[8:12] == b"WEBP"
