"""Brought logos and fonts: what is taken, what becomes of it, and what is refused with the reason."""

from __future__ import annotations

import io
from importlib import resources
from uuid import uuid4

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageFont

from studio_jobs.media.decoding import MediaRefused, house_media
from studio_jobs.media.fonts import FontRefused, house_font
from studio_jobs.media.formats import MediaKind
from studio_jobs.media.ingest import Ingest
from studio_jobs.moderation import LocalPolicy
from studio_platform.errors import InvalidInput

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GARAMOND = resources.files("studio_composer").joinpath("fonts", "EBGaramond-Medium.ttf").read_bytes()


def logo(width_px: int = 400, height_px: int = 200, form: str = "PNG", margin_px: int = 0) -> bytes:
    """Orange, with a transparent margin."""
    image = Image.new("RGBA", (width_px + 2 * margin_px, height_px + 2 * margin_px), (0, 0, 0, 0))
    image.paste((232, 93, 58, 255), (margin_px, margin_px, margin_px + width_px, margin_px + height_px))
    memory = io.BytesIO()
    (image.convert("RGB") if form == "JPEG" else image).save(memory, form)
    return memory.getvalue()


def altered(**changes: object) -> bytes:
    """The font with other values in its OS/2 table, or without letters."""
    font = TTFont(io.BytesIO(GARAMOND))
    for name, value in changes.items():
        if name == "without":
            for table in font["cmap"].tables:
                table.cmap = {
                    code: glyph for code, glyph in table.cmap.items() if chr(code) not in str(value)
                }
        else:
            setattr(font["OS/2"], name, value)
    memory = io.BytesIO()
    font.save(memory)
    return memory.getvalue()


@pytest.fixture(scope="module")
def made() -> tuple[bytes, str]:
    return house_font(GARAMOND)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_logo_becomes_a_png_with_its_transparency(form: str) -> None:
    made = house_media(MediaKind.LOGO, logo(form=form))

    with Image.open(io.BytesIO(made.data)) as image:
        assert (made.role, image.format, image.mode, image.size) == ("image", "PNG", "RGBA", (400, 200))


def test_logo_is_cut_to_what_it_shows_and_brought_down() -> None:
    cut = house_media(MediaKind.LOGO, logo(margin_px=50))
    large = house_media(MediaKind.LOGO, logo(4_000, 1_000))

    assert (cut.width_px, cut.height_px) == (400, 200)
    assert (large.width_px, large.height_px) == (2_048, 512)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (SVG, "A logo is PNG, JPEG, WEBP; this file is none of these"),
        (logo(40, 40), "at least 64 pixels a side"),
        (logo(0, 0, margin_px=100), "all of it is transparent"),
        (logo()[:200], "can't be read"),
        (GARAMOND, "this file is TTF"),
    ],
)
def test_logo_that_can_not_be_used_is_refused_with_the_reason(content: bytes, told: str) -> None:
    with pytest.raises(MediaRefused, match=told):
        house_media(MediaKind.LOGO, content)


def test_font_keeps_its_outlines_widths_and_name_and_nothing_that_runs(made: tuple[bytes, str]) -> None:
    data, family = made
    font = TTFont(io.BytesIO(data))
    before, after = (
        ImageFont.truetype(io.BytesIO(it), 48, layout_engine=ImageFont.Layout.BASIC)
        for it in (GARAMOND, data)
    )

    assert family == "EB Garamond"
    assert {"glyf", "cmap", "hmtx", "name"} <= set(font.keys())
    assert not {"fpgm", "prep", "cvt ", "GSUB", "GPOS", "DSIG"} & set(font.keys())
    assert after.getlength("Wharf Zoë") == before.getlength("Wharf Zoë")


def test_font_is_told_from_other_files_by_its_bytes_in_the_child() -> None:
    assert house_media(MediaKind.FONT, GARAMOND).media_type == "font/sfnt"
    with pytest.raises(MediaRefused, match="A font is TTF, OTF; this file is PNG"):
        house_media(MediaKind.FONT, logo())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (altered(fsType=2), "may not be embedded; bring one whose licence allows it"),
        (altered(without="Qz"), "lacks Q z; bring one with the Latin letters"),
        (GARAMOND[:2_000], "can't be read"),
        (GARAMOND[:4] + bytes(100), "has no outlines; bring a TrueType or OpenType font"),
    ],
)
def test_font_that_can_not_be_used_is_refused_with_the_reason(content: bytes, told: str) -> None:
    with pytest.raises(FontRefused, match=told):
        house_font(content)


async def test_what_the_child_says_of_a_bad_font_comes_as_a_refusal() -> None:
    with pytest.raises(InvalidInput, match="has no outlines"):
        await Ingest(LocalPolicy()).bring(uuid4(), MediaKind.FONT, b"OTTO" + bytes(100))
