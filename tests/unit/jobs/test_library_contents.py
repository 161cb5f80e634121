"""What a caption style, a brand kit and music may say: each fault with its field, its limit and the cure."""

from __future__ import annotations

import protovalidate
import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.library import messages
from studio_jobs.library.brand_kits import credit_of
from studio_jobs.library.colours import BLACK, WHITE, Colour, contrast, contrast_over_pictures
from studio_jobs.library.contents import require_content
from studio_platform.errors import InvalidInput

Style, Kit = library_pb2.LibraryCaptionStyle, library_pb2.LibraryBrandKit


def file(kind: library_pb2.LibraryFileKind.ValueType, licence: str = "CC-BY-4.0") -> library_pb2.LibraryFile:
    credit = timeline_pb2.Credit(creator="J. Doe", source="own", licence=licence)
    return library_pb2.LibraryFile(kind=kind, credit=credit)


LOGO = file(library_pb2.LIBRARY_FILE_KIND_LOGO)


def faults(content: library_pb2.LibraryContent) -> dict[str, str]:
    """What is said of each field; nothing of a content that is right."""
    try:
        require_content(content, "entry.content")
    except InvalidInput as refused:
        return {
            violation.field.removeprefix("entry.content."): violation.text for violation in refused.violations
        }
    return {}


def style_faults(**fields: object) -> dict[str, str]:
    return faults(library_pb2.LibraryContent(caption_style=Style(**fields)))  # type: ignore[arg-type]


def kit_faults(**fields: object) -> dict[str, str]:
    return faults(library_pb2.LibraryContent(brand_kit=Kit(**fields)))  # type: ignore[arg-type]


def test_contrast_is_that_of_wcag() -> None:
    grey = Colour(0x77, 0x77, 0x77)

    assert (contrast(WHITE, BLACK), contrast(WHITE, WHITE)) == (21, 1)
    # The grey that WCAG's own texts have as just too light.
    assert contrast(grey, WHITE) == pytest.approx(4.48, abs=0.01)
    assert contrast_over_pictures(WHITE, BLACK, 50) == pytest.approx(3.95, abs=0.05)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"font": "brand", "box_opacity_percent": 70},
        {"text_colour": "#FFE080", "outline_colour": "#101018"},
        {"text_colour": "#101018", "box_colour": "#ffffff", "box_opacity_percent": 90},
        {"size_permille": 100, "line_max_characters": 32, "max_lines": 3, "margin_permille": 20},
        {
            "text_colour": "#ffffff",
            "box_colour": "#808080",
            "box_opacity_percent": 50,
            "outline_colour": "#000000",
            "outline_permille": 80,
        },
    ],
)
def test_style_that_can_be_read_is_taken(fields: dict[str, object]) -> None:
    assert style_faults(**fields) == {}


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"size_permille": 20}, "size_permille", "is 20; give 30 to 100, or 0 for 50"),
        ({"outline_permille": 200}, "outline_permille", "is 200; give 40 to 150, or 0 for none"),
        ({"box_opacity_percent": 30}, "box_opacity_percent", "is 30; give 50 to 100, or 0 for no box"),
        ({"margin_permille": 300}, "margin_permille", "is 300; give 20 to 250, or 0 for 60"),
        ({"max_lines": 4}, "max_lines", "is 4; give 1 to 3, or 0 for 2"),
        ({"line_max_characters": 10}, "line_max_characters", "is 10; give 16 to 60, or 0 for 42"),
        ({"font": "comic"}, "font", "is 'comic'; give one of sans, serif, brand"),
        ({"text_colour": "white", "outline_colour": "#000000"}, "text_colour", 'such as "#FFFFFF"'),
        ({"text_colour": "#FFFFFF"}, "outline_colour", "give both, or neither"),
        ({"box_colour": "#FFFFFF"}, "text_colour", "is empty and box_colour is not"),
        (
            {"size_permille": 100},
            "line_max_characters",
            "is 42; letters of 100 thousandths leave room for 32: give at most 32, or a smaller",
        ),
    ],
)
def test_style_is_refused_with_field_limit_and_cure(fields: dict[str, object], field: str, text: str) -> None:
    found = style_faults(**fields)

    assert list(found) == [f"caption_style.{field}"]
    assert text in found[f"caption_style.{field}"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text_colour": "#777777", "outline_colour": "#888888"}, "1.3 to 1 with the outline"),
        (
            {"text_colour": "#FFFFFF", "box_colour": "#000000", "box_opacity_percent": 50},
            "3.9 to 1 with the box",
        ),
    ],
)
def test_letters_that_can_not_be_told_from_what_is_behind_them_are_refused(
    fields: dict[str, object], told: str
) -> None:
    text = style_faults(**fields)["caption_style.text_colour"]

    assert told in text
    assert "at least 4.5" in text
    assert "take a lighter and a darker colour" in text


def test_every_fault_of_a_style_is_told_at_once() -> None:
    found = style_faults(size_permille=500, max_lines=9, font="comic", text_colour="#12")

    assert {field.rpartition(".")[2] for field in found} >= {
        "size_permille",
        "max_lines",
        "font",
        "text_colour",
    }


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"ground_colour": "#101820"}, "text_colour", "give ground_colour and text_colour together"),
        ({"ground_colour": "#101820", "text_colour": "#203040"}, "text_colour", "at least 4.5"),
        (
            {"ground_colour": "#101820", "text_colour": "#FFFFFF", "accent_colour": "#202020"},
            "accent_colour",
            "at least 3.0",
        ),
        ({"accent_colour": "#E85D3A"}, "accent_colour", "give all three, or none"),
        ({"end_card_ms": 500}, "end_card_ms", "is 500; give 1000 to 10000, or 0 for 2500"),
        ({"watermark_corner": task_pb2.CORNER_TOP_LEFT}, "watermark_corner", "needs a logo"),
        ({"watermark_width_permille": 900}, "watermark_width_permille", "give 30 to 300, or 0 for 100"),
        ({"watermark_opacity_percent": 5}, "watermark_opacity_percent", "give 10 to 100, or 0 for 60"),
        ({"title_font": LOGO}, "title_font", "is a logo; bring a font for it"),
    ],
)
def test_kit_is_refused_with_field_limit_and_cure(fields: dict[str, object], field: str, text: str) -> None:
    found = kit_faults(**fields)

    assert list(found) == [f"brand_kit.{field}"]
    assert text in found[f"brand_kit.{field}"]


def test_kit_with_any_of_its_parts_is_taken() -> None:
    palette = {"ground_colour": "#101820", "text_colour": "#FFFFFF", "accent_colour": "#E85D3A"}

    assert [kit_faults(), kit_faults(**palette), kit_faults(logo=LOGO, watermark_corner=1)] == [{}, {}, {}]


def test_music_holds_music_alone() -> None:
    content = library_pb2.LibraryContent(music=library_pb2.LibraryMusic(file=LOGO))

    assert faults(content) == {"music.file": "is a logo; bring a music for it"}


def test_file_is_credited_where_its_licence_asks_for_it_and_music_always() -> None:
    font, music = library_pb2.LIBRARY_FILE_KIND_FONT, library_pb2.LIBRARY_FILE_KIND_MUSIC

    assert [credit_of(it) for it in (LOGO, file(font, "OFL-1.1"), file(music, "CC0-1.0"))] == [
        "Logo: J. Doe (CC-BY-4.0)",
        "",
        "Music: J. Doe (CC0-1.0)",
    ]


@pytest.mark.parametrize("text", ["\x0b", "\x1c", "\x85", "\xa0", "\u2003", " ink \t on\npaper "])
def test_a_look_that_the_contract_takes_is_kept_as_one_that_it_takes(text: str) -> None:
    content = library_pb2.LibraryContent(look=library_pb2.LibraryLook(look=text))

    kept = messages.content(messages.kept(content))

    assert protovalidate.collect_violations(content) == protovalidate.collect_violations(kept) == []


@pytest.mark.parametrize("text", ["", "\t", " \n\f ", "\r"])
def test_a_look_of_spaces_alone_is_refused(text: str) -> None:
    content = library_pb2.LibraryContent(look=library_pb2.LibraryLook(look=text))

    [violation] = protovalidate.collect_violations(content)[:1]

    assert violation.proto.field is not None
    assert [element.field_name for element in violation.proto.field.elements] == ["look", "look"]
