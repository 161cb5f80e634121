"""A film as WebM and as MP4 with AV1: the same pictures and sound, as players and Chromium read them."""

from __future__ import annotations

import io
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.async_api import async_playwright

from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.orders import FilmForm
from studio_platform.engine import Product
from tests.unit.composer.material import WatchedRun, content, film_order, segment_order

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CODECS = {
    FilmForm.MP4: ("h264", "aac"),
    FilmForm.MP4_AV1: ("av1", "aac"),
    FilmForm.WEBM: ("vp9", "opus"),
}
FORMS = [FilmForm.WEBM, FilmForm.MP4_AV1]
JOINTS = (36, 66, 96, 120, 150, 180, 204)
"""The frames at which a card, a shot or a scene begins."""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[FilmForm, Product]:
    """One film in each form."""
    folder = tmp_path_factory.mktemp("forms")
    lengths = (30, 30, 24)
    orders = [
        segment_order(folder / "one", lengths=lengths, fade_in=12),
        segment_order(folder / "two", lengths=lengths, seed=5),
    ]
    products = SegmentEngine(folder).run(orders, [WatchedRun(), WatchedRun()])
    segments = dict(zip(("INT. CAFÉ - NIGHT", "EXT. STREET - DAY"), products, strict=True))
    made = FilmEngine(folder).run(
        [film_order(folder, segments, form=form) for form in CODECS], [WatchedRun() for _ in CODECS]
    )
    return dict(zip(CODECS, made, strict=True))


def opened(film: Product) -> Any:
    return av.open(io.BytesIO(content(film, "film")))


def pictures(film: Product) -> np.ndarray[Any, Any]:
    with opened(film) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)])


def kept_packets(film: Product) -> list[tuple[str, int, bytes]]:
    """What is heard and read, track by track; samples without words are left out."""
    with opened(film) as container:
        streams = (container.streams.audio[0], container.streams.subtitles[0])
        found = [(it.stream.type, it.pts, bytes(it)) for it in container.demux(*streams) if it.size > 2]
    return sorted(found, key=lambda packet: packet[:2])


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_its_codecs_and_the_films_length_chapters_and_names(
    films: dict[FilmForm, Product], form: FilmForm
) -> None:
    with opened(films[form]) as film, opened(films[FilmForm.MP4]) as first:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec.canonical_name, audio.codec.canonical_name) == CODECS[form]
        chapters = [(it["metadata"]["title"], it["start"] * it["time_base"]) for it in film.chapters()]
        assert chapters == [
            (it["metadata"]["title"], it["start"] * it["time_base"]) for it in first.chapters()
        ]
        assert film.metadata["title"] == first.metadata["title"]
        assert abs(Fraction(film.duration - first.duration, av.time_base)) <= Fraction(1, 24)
        assert audio.metadata["language"] == "eng"


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_the_films_pictures(films: dict[FilmForm, Product], form: FilmForm) -> None:
    first, formed = (pictures(films[it]).astype(np.float64) for it in (FilmForm.MP4, form))

    assert formed.shape == first.shape
    noise = np.mean((formed - first) ** 2, axis=(1, 2))
    assert 10 * np.log10(255**2 / noise.max()) > 30


@pytest.mark.parametrize("form", FORMS)
def test_the_report_and_the_media_type_name_the_form(films: dict[FilmForm, Product], form: FilmForm) -> None:
    part = next(part for part in films[form].parts if part.role == "film")

    assert part.media_type == ("video/webm" if form is FilmForm.WEBM else "video/mp4")
    assert f'"form": "{form.value}"'.encode() in content(films[form], "report")
    assert b'"form"' not in content(films[FilmForm.MP4], "report")


def test_webm_has_the_films_captions_as_a_track_of_webvtt(films: dict[FilmForm, Product]) -> None:
    with opened(films[FilmForm.WEBM]) as film:
        track = film.streams.subtitles[0]
        cues = [(it.pts, bytes(it).decode()) for it in film.demux(track) if it.size]
        assert (track.codec_context.name, track.metadata["language"]) == ("webvtt", "eng")

    written = content(films[FilmForm.WEBM], "subtitles-vtt").decode()
    times = re.findall(r"^\d+:(\d+):(\d+)\.(\d+) -->", written, re.MULTILINE)
    assert [at_ms for at_ms, _ in cues] == [
        int(minute) * 60_000 + int(second) * 1_000 + int(ms) for minute, second, ms in times
    ]
    assert all(words in written for _, words in cues)
    assert cues


@pytest.mark.parametrize("form", CODECS)
def test_every_picture_around_each_joint_decodes_in_its_time_after_a_seek(
    films: dict[FilmForm, Product], form: FilmForm
) -> None:
    for joint in JOINTS:
        with opened(films[form]) as film:
            track = film.streams.video[0]
            first = joint - 3
            film.seek(int(Fraction(first, 24) / track.time_base), stream=track)
            at = [round(it.pts * track.time_base * 24) for it in film.decode(track) if it.pts is not None]
        around = [number for number in at if first <= number < joint + 3]
        assert around == list(range(first, joint + 3))


def test_av1_keeps_the_films_sound_and_captions_packet_by_packet(films: dict[FilmForm, Product]) -> None:
    first, formed = (kept_packets(films[form]) for form in (FilmForm.MP4, FilmForm.MP4_AV1))

    assert formed == first
    assert {kind for kind, *_ in first} == {"audio", "subtitle"}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: apt-get install chromium")
async def test_chromium_plays_each_form_to_its_end_without_a_corrupt_picture(
    films: dict[FilmForm, Product], tmp_path: Path
) -> None:
    tags = []
    for form, film in films.items():
        name = f"{form.value}.{'webm' if form is FilmForm.WEBM else 'mp4'}"
        (tmp_path / name).write_bytes(content(film, "film"))
        tags.append(f"<video muted src='{name}'></video>")
    (tmp_path / "page.html").write_text("".join(tags))

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=BROWSER, args=["--autoplay-policy=no-user-gesture-required"]
        )
        try:
            page = await browser.new_page()
            await page.goto((tmp_path / "page.html").as_uri())
            all_played = await page.evaluate(PLAY)
            all_stepped = await page.evaluate(STEP, AROUND)
        finally:
            await browser.close()

    # What is dropped in playing tells of the machine; that each picture shows when asked for, of the file.
    assert all_stepped == [AROUND] * len(films)
    assert len(all_played) == len(films)
    for played in all_played:
        assert (played["error"], played["ended"], played["corrupted"]) == (None, True, 0)
        assert played["times"] == sorted(played["times"])
        assert abs(played["duration"] - played["times"][-1]) < 0.5


PLAY = """() => Promise.all([...document.querySelectorAll('video')].map(video => new Promise(done => {
    const times = [];
    const told = ended => done({
        ended, times, duration: video.duration, error: video.error && video.error.message,
        corrupted: video.getVideoPlaybackQuality().corruptedVideoFrames,
    });
    const see = (_, frame) => { times.push(frame.mediaTime); video.requestVideoFrameCallback(see); };
    video.requestVideoFrameCallback(see);
    video.onended = () => told(true);
    video.onerror = () => told(false);
    video.playbackRate = 4;
    video.play();
})))"""

AROUND = [frame for joint in JOINTS[:4] for frame in range(joint - 2, joint + 2)]
STEP = """frames => Promise.all([...document.querySelectorAll('video')].map(async video => {
    video.pause();
    const shown = [];
    for (const frame of frames) {
        const seen = new Promise(done => video.requestVideoFrameCallback((_, it) => done(it.mediaTime)));
        video.currentTime = (frame + 0.5) / 24;
        shown.push(Math.round(await seen * 24));
    }
    return shown;
}))"""
