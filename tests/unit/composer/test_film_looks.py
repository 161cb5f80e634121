"""How films look beyond their shots: styled captions, burned in or told to players, and a brand."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from filmstudio.generation.v1 import task_pb2
from studio_composer.burned_captions import caption_overlay
from studio_composer.captions import Cue, captions_from
from studio_composer.convert import film_order as order_of_spec
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.looks import Brand, CaptionStyle, Corner, Position
from studio_composer.typefaces import ROMAN, SANS, house_face
from studio_media.picture import Planes, planes_from_rgb, rgb_from_planes
from studio_platform.engine import EngineFailure, Input, Product
from tests.unit.composer.material import (
    HEIGHT_PX,
    WIDTH_PX,
    WatchedRun,
    content,
    film_order,
    given,
    segment_order,
)

GREEN, WHITE, INK = (0, 200, 0), (255, 255, 255), (16, 24, 32)
STYLE = CaptionStyle(
    text=WHITE, box=GREEN, box_opacity_percent=100, size_permille=100, line_max_characters=16, burned_in=True
)
TITLE_FRAMES, SCENE_FRAMES = 36, 84

Pictures = NDArray[np.uint8]


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Product]:
    """A scene that speaks from frame 6 on, and a silent one."""
    folder = tmp_path_factory.mktemp("segments")
    silent = segment_order(folder / "two", seed=5)
    orders = [
        segment_order(folder / "one"),
        replace(silent, shots=tuple(replace(shot, cues=()) for shot in silent.shots)),
    ]
    products = SegmentEngine(folder).run(orders, [WatchedRun(), WatchedRun()])
    return dict(zip(("INT. ROOM", "EXT. STREET"), products, strict=True))


def logo(folder: Path) -> Input:
    """A red square."""
    memory = io.BytesIO()
    Image.new("RGBA", (100, 100), (255, 0, 0, 255)).save(memory, "PNG")
    return given(folder, "brand-logo", "image", memory.getvalue())


def made(folder: Path, segments: Mapping[str, Product], *inputs: Input, **changes: object) -> Product:
    order = film_order(folder, segments)
    more = {it.role: it for it in inputs}
    order = replace(order, inputs={**order.inputs, **more}, **changes)  # type: ignore[arg-type]  # any field
    [product] = FilmEngine(folder).run([order], [WatchedRun()])
    return product


def pictures(product: Product) -> Pictures:
    """All frames, of shape (frames, height, width, 3)."""
    with av.open(io.BytesIO(content(product, "film")), mode="r", format="mov") as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])


def is_green(frames: Pictures) -> NDArray[np.bool_]:
    """Whether much of each frame's lower half is the box."""
    lower = frames[:, HEIGHT_PX // 2 :].astype(int)
    near = np.abs(lower - np.array(GREEN)).sum(axis=-1) < 90
    shares: NDArray[np.float64] = near.mean(axis=(1, 2))
    return shares > 0.05


def is_red(frames: Pictures, rows: slice, columns: slice) -> NDArray[np.bool_]:
    near = np.abs(frames[:, rows, columns].astype(int) - np.array((255, 0, 0))).sum(axis=-1) < 120
    shares: NDArray[np.float64] = near.mean(axis=(1, 2))
    return shares > 0.5


def test_burned_in_captions_show_while_they_are_read_and_scenes_without_any_are_copied(
    tmp_path: Path, segments: dict[str, Product]
) -> None:
    film = made(tmp_path, segments, caption_style=STYLE)

    [first, *_] = [line for line in content(film, "subtitles-vtt").decode().splitlines() if "-->" in line]
    start, end = (float(time.split(":")[-1]) for time in first.split(" --> "))
    green = np.flatnonzero(is_green(pictures(film)))
    report = json.loads(content(film, "report"))
    assert green.tolist() == list(range(round(start * 24), -(-int(end * 1000) * 24 // 1000)))
    assert [scene["encoded_again"] for scene in report["segments"]] == [True, False]
    assert report["letters_missing_in_captions"] == ""


def test_shot_without_a_caption_is_copied_in_a_scene_that_has_one(
    tmp_path: Path, segments: dict[str, Product]
) -> None:
    plain, burned = (made(tmp_path, segments, caption_style=style) for style in (None, STYLE))

    before, after = pictures(plain), pictures(burned)
    second_shot = slice(TITLE_FRAMES + 48, TITLE_FRAMES + SCENE_FRAMES)
    assert np.array_equal(before[second_shot], after[second_shot])
    assert not np.array_equal(before[TITLE_FRAMES + 8], after[TITLE_FRAMES + 8])


def test_players_are_told_of_the_style_and_pictures_stay_as_they_are(
    tmp_path: Path, segments: dict[str, Product]
) -> None:
    style = replace(STYLE, burned_in=False, position=Position.TOP, outline=INK, outline_permille=100)
    film = made(tmp_path, segments, caption_style=style)

    vtt = content(film, "subtitles-vtt").decode()
    with av.open(io.BytesIO(content(film, "film")), mode="r", format="mov") as opened:
        header = opened.streams.subtitles[0].codec_context.extradata
    assert "STYLE\n::cue {\n  color: rgba(255, 255, 255, 1);\n  background-color: rgba(0, 200, 0, 1);" in vtt
    assert 'font-family: "Source Sans Pro", sans-serif;\n  font-size: 10vh;\n  text-shadow: -0.1em' in vtt
    assert " line:0\nIt was raining.\n" in vtt
    assert header is not None
    # ETSI TS 126 245: the box's colour from the seventh byte on, the letters' size and colour, the font.
    assert header[6:10] == bytes((*GREEN, 255))
    assert header[25:30] == bytes((11, *WHITE, 255))
    assert b"Source Sans Pro" in header
    assert not is_green(pictures(film)).any()


def test_logo_stands_in_its_corner_of_all_scenes_and_of_no_card(
    tmp_path: Path, segments: dict[str, Product]
) -> None:
    brand = Brand(
        logo_role="brand-logo",
        watermark_corner=Corner.BOTTOM_LEFT,
        watermark_width_permille=200,
        watermark_opacity_percent=100,
    )
    frames = pictures(made(tmp_path, segments, logo(tmp_path), brand=brand))

    # 27 pixels of 108 at most, 4 from the edges.
    shown = is_red(frames, slice(80, 102), slice(6, 28))
    assert np.flatnonzero(shown).tolist() == list(range(TITLE_FRAMES, TITLE_FRAMES + 2 * SCENE_FRAMES))
    assert not is_red(frames, slice(6, 28), slice(6, 28)).any()


def test_cards_are_in_the_brands_colours_and_the_end_card_has_its_logo_above_its_words(
    tmp_path: Path, segments: dict[str, Product]
) -> None:
    brand = Brand(logo_role="brand-logo", ground=INK, text=WHITE, accent=GREEN, end_card_logo=True)
    frames = pictures(
        made(tmp_path, segments, logo(tmp_path), brand=brand, end_title="Orbis", end_card_frames=24)
    )

    title, end = frames[26], frames[-12]
    for card in (title, end):
        assert np.abs(card[4:20, 4:20].astype(int) - np.array(INK)).max() < 8
        assert card.min(axis=-1).max() > 200
    middle = end[20:50, WIDTH_PX // 2 - 10 : WIDTH_PX // 2 + 10].astype(int)
    assert (np.abs(middle - np.array((255, 0, 0))).sum(axis=-1) < 120).mean() > 0.7


def test_font_that_can_not_be_read_is_the_orders_fault(tmp_path: Path, segments: dict[str, Product]) -> None:
    broken = given(tmp_path, "brand-title-font", "font", b"no font")

    with pytest.raises(EngineFailure) as refused:
        made(tmp_path, segments, broken, brand=Brand(title_font_role="brand-title-font"))
    assert (refused.value.reason, refused.value.permanent) == ("BRAND_UNREADABLE", True)
    assert refused.value.user_text == "A font of the brand can't be read."


@pytest.mark.parametrize("position", Position)
def test_caption_is_within_its_margins_and_even_a_wide_line_has_room(position: Position) -> None:
    style = replace(STYLE, position=position, margin_permille=100)
    overlay = caption_overlay(("W" * 60, "second"), style, house_face(SANS), 320, 180)

    assert overlay is not None
    high_px, wide_px = overlay.alpha.shape
    top_px = {Position.TOP: 18, Position.MIDDLE: (180 - high_px) / 2, Position.BOTTOM: 162 - high_px}[
        position
    ]
    assert abs(overlay.top_px - top_px) <= 2
    assert 0 <= overlay.left_px <= overlay.left_px + wide_px <= 320


def test_overlay_gives_its_own_colours_and_leaves_all_else() -> None:
    ground = planes_from_rgb(np.full((180, 320, 3), 90, np.uint8))
    box = replace(STYLE, text=GREEN)
    overlay = caption_overlay(("x",), box, house_face(SANS), 320, 180)
    assert overlay is not None

    drawn: Planes = overlay.over(ground)

    rgb = rgb_from_planes(drawn).astype(int)
    high_px, wide_px = overlay.alpha.shape
    inner = rgb[
        overlay.top_px + 6 : overlay.top_px + high_px - 6, overlay.left_px + 6 : overlay.left_px + wide_px - 6
    ]
    assert np.abs(inner - np.array(GREEN)).max() <= 4
    outer = np.ones((180, 320), bool)
    outer[overlay.top_px : overlay.top_px + high_px, overlay.left_px : overlay.left_px + wide_px] = False
    assert np.array_equal(drawn.y[outer], ground.y[outer])


def test_letters_that_a_font_lacks_are_left_out() -> None:
    face = house_face(SANS)

    assert (face.drawable("Zoë 東"), face.missing("Zoë 東"), face.knows("ж")) == ("Zoë ", "東", True)
    assert caption_overlay(("東京",), STYLE, face, 320, 180) is None
    assert house_face(ROMAN).family == "EB Garamond"


def test_captions_have_no_more_lines_and_letters_than_the_style_and_the_picture_have_room_for() -> None:
    text = "I said we would come back, and here we are in the rain. " * 3
    narrow = replace(STYLE, line_max_characters=42, size_permille=50)

    captions = captions_from([Cue(0, 9_000, "MARA", text)], 10_000, 3, 20)

    assert max(len(caption.lines) for caption in captions) == 3
    assert max(len(line) for caption in captions for line in caption.lines) <= 20
    spoken = " ".join(line for caption in captions for line in caption.lines)
    assert spoken == text.strip()
    assert (narrow.line_characters(1_280, 720), narrow.line_characters(608, 1_080)) == (42, 20)


def test_order_has_the_looks_of_its_spec_and_none_without() -> None:
    spec = task_pb2.FilmSpec(
        caption_style=task_pb2.CaptionStyle(
            font="serif",
            size_permille=60,
            text_colour="#ffffff",
            box_colour="#101820",
            box_opacity_percent=75,
        ),
        brand=task_pb2.Brand(logo_role="brand-logo", watermark_corner=task_pb2.CORNER_TOP_RIGHT),
    )

    order, plain = order_of_spec(spec, {}), order_of_spec(task_pb2.FilmSpec(), {})

    assert order.caption_style is not None
    assert (order.caption_style.box, order.caption_style.outline, order.caption_style.position) == (
        (16, 24, 32),
        None,
        Position.BOTTOM,
    )
    assert order.brand == Brand(logo_role="brand-logo", watermark_corner=Corner.TOP_RIGHT)
    assert (plain.caption_style, plain.brand) == (None, None)
    spec.brand.ground_colour = "#12"
    with pytest.raises(EngineFailure) as refused:
        order_of_spec(spec, {})
    assert refused.value.user_text == "This can't be composed: the brand can't be read."
