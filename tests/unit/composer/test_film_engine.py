"""The film engine: tracks, chapters, subtitles, sound and report of a small film."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from studio_composer.captions import Caption
from studio_composer.defects import FilmFault
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Piece, reference_for
from studio_composer.timeline import Scene, Timeline
from studio_composer.verification import TrackLengths, Written, decode_pictures, verify_film
from studio_media.picture import frames, packets
from studio_platform.engine import EngineFailure, Product, RunCancelled
from tests.unit.composer.material import HEIGHT_PX, WIDTH_PX, WatchedRun, content, film_order, segment_order

_HEADINGS = ("INT. CAFÉ «ŁÓDŹ» — NIGHT", "EXT. 東京 <b>STREET</b> - DAY")

_REFERENCE = reference_for(WIDTH_PX, HEIGHT_PX, 24, 1)


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Product]:
    folder = tmp_path_factory.mktemp("segments")
    orders = [
        segment_order(folder / "one", fade_in=12),
        segment_order(
            folder / "two", lengths=(30, 40, 26), fade_out=10, seed=5, text="Straße <i>frei</i> 東京."
        ),
    ]
    products = SegmentEngine(folder).run(orders, [WatchedRun(), WatchedRun()])
    return dict(zip(_HEADINGS, products, strict=True))


@pytest.fixture(scope="module")
def film(segments: dict[str, Product], tmp_path_factory: pytest.TempPathFactory) -> Product:
    folder = tmp_path_factory.mktemp("film")
    [product] = FilmEngine(folder).run([film_order(folder, segments)], [WatchedRun()])
    return product


@pytest.fixture
def opened(film: Product) -> Iterator[av.container.InputContainer]:
    with av.open(io.BytesIO(content(film, "film")), mode="r", format="mov") as container:
        yield container


def test_the_tracks_are_equally_long(opened: av.container.InputContainer) -> None:
    tracks = [opened.streams.video[0], opened.streams.audio[0], opened.streams.subtitles[0]]

    lengths = [track.duration * track.time_base for track in tracks if track.duration and track.time_base]

    assert len(lengths) == 3
    assert all(abs(length - 10) <= Fraction(1, 24) for length in lengths)


def test_the_chapters_are_the_headings(opened: av.container.InputContainer) -> None:
    chapters = opened.chapters()

    assert tuple(chapter["metadata"]["title"] for chapter in chapters) == _HEADINGS
    seconds = [
        (chapter["start"] * tick, chapter["end"] * tick)
        for chapter in chapters
        if (tick := chapter["time_base"]) is not None
    ]
    assert seconds == [(Fraction(0), Fraction(5)), (Fraction(5), Fraction(10))]


def test_the_subtitle_track_holds_the_plain_words(opened: av.container.InputContainer) -> None:
    track = opened.streams.subtitles[0]

    samples = [bytes(packet) for packet in opened.demux(track) if packet.dts is not None]

    texts = [sample[2:].decode() for sample in samples if len(sample) > 2]
    assert texts == ["It was raining.", "Straße <i>frei</i> 東京."]
    assert track.metadata["language"] == "eng"


def test_the_index_stands_before_the_media(film: Product) -> None:
    data = content(film, "film")

    assert data.index(b"moov") < data.index(b"mdat")


def test_the_title_is_in_the_file(opened: av.container.InputContainer) -> None:
    assert (opened.metadata["title"], opened.metadata["artist"]) == ("The Last Tram", "Ada Lind")


def test_segments_pass_into_the_film_bit_by_bit(segments: dict[str, Product], film: Product) -> None:
    with av.open(io.BytesIO(content(film, "film")), mode="r", format="mov") as container:
        whole = [frame.to_ndarray() for frame in container.decode(video=0)]

    start = 36
    for product in segments.values():
        for picture in frames(content(product, "picture")):
            assert np.array_equal(whole[start][:HEIGHT_PX, :WIDTH_PX], picture.y)
            start += 1
    assert (start, len(whole)) == (216, 240)


def test_the_cards_come_from_black_and_show_letters(film: Product) -> None:
    with av.open(io.BytesIO(content(film, "film")), mode="r", format="mov") as container:
        luma = [frame.to_ndarray()[:HEIGHT_PX] for frame in container.decode(video=0)]

    assert luma[0].max() <= 24
    assert luma[20].max() > 120
    assert luma[-1].max() <= 24


def test_the_report_tells_loudness_and_lengths(film: Product) -> None:
    report = json.loads(content(film, "report"))

    assert report["loudness_lufs"] == pytest.approx(-16.0, abs=0.5)
    assert report["true_peak_dbtp"] < -1.0
    assert [segment["frames"] for segment in report["segments"]] == [84, 96]
    assert report["tracks_ms"] == {"video": 10_000, "audio": 10_000, "text": 10_000}
    assert (film.frames, film.length_ms) == (240, 10_000)


def test_the_poster_is_a_lit_frame_of_a_scene(film: Product) -> None:
    poster = Image.open(io.BytesIO(content(film, "poster")))

    assert poster.size == (WIDTH_PX, HEIGHT_PX)
    assert np.asarray(poster).mean() > 40
    assert 36 <= json.loads(content(film, "report"))["poster_frame"] < 216


def test_the_track_of_thumbnails_covers_the_film_with_windows_of_its_sheet(film: Product) -> None:
    sheet = Image.open(io.BytesIO(content(film, "thumbnails")))
    cues = content(film, "thumbnails-vtt").decode().split("\n\n")[1:]

    times = [cue.splitlines()[0].split(" --> ") for cue in cues]
    assert [times[0][0], times[-1][1]] == ["00:00:00.000", "00:00:10.000"]
    assert [end for _, end in times[:-1]] == [start for start, _ in times[1:]]
    windows = [tuple(int(side) for side in cue.strip().rpartition("#xywh=")[2].split(",")) for cue in cues]
    assert len(set(windows)) == len(windows) == 5
    for left, top, width, height in windows:
        assert (width, height) == (160, 90)
        assert left + width <= sheet.width
        assert top + height <= sheet.height


def test_no_thumbnail_of_a_scene_that_opens_from_black_is_black(film: Product) -> None:
    sheet = np.asarray(Image.open(io.BytesIO(content(film, "thumbnails"))).convert("L"), np.float64)

    means = [sheet[:90, number * 160 : (number + 1) * 160].mean() for number in range(1, 4)]
    assert min(means) > 40


def luma_of(frame: av.VideoFrame) -> np.ndarray[Any, Any]:
    """A picture in the size of a thumbnail."""
    grey = Image.fromarray(frame.to_ndarray(format="gray"))
    return np.asarray(grey.resize((160, 90), Image.Resampling.BOX), np.float64)


def test_a_thumbnail_shows_its_own_time(film: Product) -> None:
    sheet = np.asarray(Image.open(io.BytesIO(content(film, "thumbnails"))).convert("L"), np.float64)
    with av.open(io.BytesIO(content(film, "film")), mode="r", format="mov") as container:
        whole = [luma_of(frame) for frame in container.decode(video=0)]

    for number in range(5):
        thumbnail = sheet[:90, number * 160 : (number + 1) * 160]
        nearest = int(np.argmin([np.abs(picture - thumbnail).mean() for picture in whole]))
        assert nearest // 48 == number


def test_the_preview_moves_and_shows_scenes_alone(film: Product) -> None:
    preview = Image.open(io.BytesIO(content(film, "preview")))

    count = int(getattr(preview, "n_frames", 1))
    pictures = []
    for number in range(count):
        preview.seek(number)
        pictures.append(np.asarray(preview.convert("L"), np.float64))
    assert (preview.format, preview.size, preview.info["loop"]) == ("WEBP", (320, 180), 0)
    assert 20 <= count <= 36
    assert all(np.abs(one - two).mean() > 0 for one, two in pairwise(pictures))


def test_the_same_order_gives_the_same_bytes(segments: dict[str, Product], tmp_path: Path) -> None:
    order = film_order(tmp_path, segments)

    one, two = FilmEngine(tmp_path).run([order, order], [WatchedRun(), WatchedRun()])

    for part in one.parts:
        assert content(one, part.role) == content(two, part.role)


def test_a_film_without_cards_or_words_is_still_whole(tmp_path: Path) -> None:
    [scene] = SegmentEngine(tmp_path).run([segment_order(tmp_path / "in", text=" ")], [WatchedRun()])
    order = film_order(tmp_path, {"INT. ROOM": scene}, title_card_frames=0, end_card_frames=0)

    [product] = FilmEngine(tmp_path).run([order], [WatchedRun()])

    assert product.frames == 84
    assert json.loads(content(product, "report"))["captions"] == 0


def test_a_missing_segment_is_named(tmp_path: Path, segments: dict[str, Product]) -> None:
    order = film_order(tmp_path, segments)
    del order.inputs["segment-1"]  # type: ignore[attr-defined]  # the mapping is a dict here

    with pytest.raises(EngineFailure, match=r"INPUT_MISSING.*東京"):
        FilmEngine(tmp_path / "scratch").run([order], [WatchedRun()])


def test_a_cancel_stops_the_film_and_leaves_nothing_behind(
    segments: dict[str, Product], tmp_path: Path
) -> None:
    order = film_order(tmp_path, segments)

    with pytest.raises(RunCancelled):
        FilmEngine(tmp_path / "scratch").run([order], [WatchedRun(checks=80)])

    assert not list((tmp_path / "scratch").iterdir())


@pytest.fixture
def written(film: Product, tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(content(film, "film"))
    return path


def _timeline(film: Path, length_frames: int = 240) -> Timeline:
    lengths = (84, 96)
    scenes = [
        Scene(heading, "", Piece(film, start, start + length), start, encoded_again=False)
        for heading, start, length in zip(_HEADINGS, (36, 120), lengths, strict=True)
    ]
    return Timeline(tuple(scenes), length_frames, Fraction(24))


def _trail(film: Path, timeline: Timeline) -> str:
    return decode_pictures(packets(film), _REFERENCE, timeline, PosterChoice(), Shelf(), lambda: None).trail


def _written(film: Path, trail: str) -> Written:
    """The film as its own source of sound, with the captions that were composed."""
    return Written(trail, _captions(film), film)


def _captions(film: Path) -> tuple[Caption, ...]:
    with av.open(str(film), mode="r", format="mov") as container:
        texts = [
            (packet.pts, packet.duration, bytes(packet)[2:].decode())
            for packet in container.demux(container.streams.subtitles[0])
            if packet.pts is not None and packet.size > 2
        ]
    return tuple(Caption(start, start + (length or 0), (text,)) for start, length, text in texts)


def test_a_film_holds_the_pictures_that_were_decoded(written: Path) -> None:
    timeline = _timeline(written)

    lengths = verify_film(
        written, timeline, _REFERENCE, _written(written, _trail(written, timeline)), lambda: None
    )

    assert lengths == TrackLengths(Fraction(10), Fraction(10), Fraction(10))


def test_fewer_pictures_than_due_are_refused(written: Path) -> None:
    with pytest.raises(FilmFault, match="240 pictures where 241 are due"):
        _trail(written, _timeline(written, length_frames=241))


def test_a_film_with_one_changed_byte_in_a_picture_is_refused(written: Path) -> None:
    timeline = _timeline(written)
    trail = _trail(written, timeline)
    last = bytes(list(packets(written))[-1])
    data = written.read_bytes()
    place = data.rindex(last) + len(last) - 1

    written.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])

    with pytest.raises(FilmFault, match="other pictures"):
        verify_film(written, timeline, _REFERENCE, _written(written, trail), lambda: None)


def test_pictures_with_a_gap_in_time_are_refused(written: Path) -> None:
    kept = [packet for number, packet in enumerate(packets(written)) if number != 50]

    with pytest.raises(FilmFault, match=r"no picture shows at 00:00:02\.\d+ \(frame"):
        decode_pictures(kept, _REFERENCE, _timeline(written), PosterChoice(), Shelf(), lambda: None)


def test_a_scene_that_cannot_be_decoded_fails_the_film(segments: dict[str, Product], tmp_path: Path) -> None:
    order = film_order(tmp_path, segments)
    picture = order.inputs["segment-0"].parts["picture"]
    broken = next(bytes(packet) for packet in packets(picture) if packet.is_keyframe and packet.pts)
    data = picture.read_bytes()
    header = data.index(broken) + 5

    picture.write_bytes(data[:header] + b"\xff" * 7 + data[header + 7 :])

    with pytest.raises(EngineFailure, match="COMPOSE_VERIFICATION_FAILED"):
        FilmEngine(tmp_path / "scratch").run([order], [WatchedRun()])
