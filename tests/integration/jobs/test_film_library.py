"""Caption styles, brand kits and music of the library: what films take of them, and what is refused."""

from __future__ import annotations

import io

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from filmstudio.edits.v1 import edits_pb2
from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.media.fonts import NEEDED_LETTERS
from studio_jobs.sql import SQL
from studio_platform.clock import SystemClock
from studio_platform.errors import InvalidInput, NotFound
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.stage import Stage

SCRIPT = b"""Title: Two Moods

INT. KITCHEN - NIGHT

MARA stands by the table.

MARA
Only blood. Blood and a knife.

EXT. STREET - DAY

A bus stops.
"""
SILENT = b"Title: Silent\n\nEXT. STREET - DAY\n\nA bus stops.\n"
LOGO, FONT = library_pb2.LIBRARY_FILE_KIND_LOGO, library_pb2.LIBRARY_FILE_KIND_FONT
YELLOW = library_pb2.LibraryContent(
    caption_style=library_pb2.LibraryCaptionStyle(text_colour="#FFFF00", outline_colour="#000000")
)


def logo() -> bytes:
    memory = io.BytesIO()
    Image.new("RGBA", (200, 100), (232, 93, 58, 255)).save(memory, "PNG")
    return memory.getvalue()


def font() -> bytes:
    """A font whose letters are all boxes."""
    names = {letter: f"letter{ord(letter)}" for letter in NEEDED_LETTERS}
    builder = FontBuilder(1_000)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(letter): name for letter, name in names.items()})
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 700), (500, 700), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    glyphs = [".notdef", *names.values()]
    builder.setupGlyf(dict.fromkeys(glyphs, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (600, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2(fsType=0)
    builder.setupPost()
    memory = io.BytesIO()
    builder.save(memory)
    return memory.getvalue()


@pytest.fixture
async def room(stage: Stage) -> CuttingRoom:
    return await open_cutting_room(stage, SCRIPT)


async def planned(room: CuttingRoom, kind: str) -> list[task_pb2.TaskSpec]:
    """The specs of a kind as they would be rendered now."""
    tasks = (await room.plan()).judged.plan.tasks
    return [task.spec for task in tasks if task.spec.WhichOneof("work") == kind]


async def film(room: CuttingRoom) -> task_pb2.FilmSpec:
    [spec] = await planned(room, "film")
    return spec.film


async def undo(room: CuttingRoom) -> None:
    await room.edits.UndoEdit(edits_pb2.UndoEditRequest(project=room.name), None)


async def uses(room: CuttingRoom) -> list[library_pb2.LibraryUse]:
    request = library_pb2.ListLibraryUsesRequest(project=room.name)
    return list((await room.library.ListLibraryUses(request, None)).uses)


async def kit_of(room: CuttingRoom, **fields: object) -> library_pb2.LibraryContent:
    kit = library_pb2.LibraryBrandKit(
        logo=await room.bring_file(LOGO, logo()),
        ground_colour="#101820",
        text_colour="#FFFFFF",
        accent_colour="#E85D3A",
        end_text="Made  by Orbis",
        end_card_ms=4_000,
        **fields,  # type: ignore[arg-type]  # a test may set any field
    )
    return library_pb2.LibraryContent(brand_kit=kit)


async def test_film_has_the_style_of_its_version_until_it_is_given_another_or_none(room: CuttingRoom) -> None:
    used = await room.use("Yellow", YELLOW)
    styled = (await film(room)).caption_style
    entry = used.version.rpartition("/versions/")[0]
    top = library_pb2.LibraryContent(
        caption_style=library_pb2.LibraryCaptionStyle(position=task_pb2.CAPTION_POSITION_TOP)
    )
    await room.library.AddLibraryVersion(library_pb2.AddLibraryVersionRequest(name=entry, content=top), None)
    [kept] = await uses(room)
    pinned = (await film(room)).caption_style
    await room.use_version(kept.latest_version)
    upgraded = (await film(room)).caption_style
    drop = library_pb2.DropLibraryUseRequest(project=room.name, subject=room.name, kind="caption_style")
    await room.library.DropLibraryUse(drop, None)
    dropped = (await film(room)).HasField("caption_style"), await uses(room)
    await undo(room)

    assert (styled.text_colour, styled.outline_colour, styled.outline_permille) == ("#ffff00", "#000000", 80)
    assert (styled.font, styled.size_permille, styled.max_lines, styled.line_max_characters) == (
        "sans",
        50,
        2,
        42,
    )
    assert (kept.version, kept.subject_name, kept.kind) == (used.version, "film", "caption_style")
    assert pinned == styled
    assert (upgraded.position, upgraded.text_colour) == (task_pb2.CAPTION_POSITION_TOP, "#ffffff")
    assert dropped == (False, [])
    assert (await film(room)).caption_style == upgraded
    with pytest.raises(NotFound):
        await room.library.DropLibraryUse(
            library_pb2.DropLibraryUseRequest(project=room.name, subject=room.name, kind="music"), None
        )


async def test_film_without_a_word_does_not_know_of_caption_styles(stage: Stage) -> None:
    room = await open_cutting_room(stage, SILENT)
    before = await film(room)

    await room.use("Yellow", YELLOW)

    assert await film(room) == before


async def test_brand_kit_is_on_the_cards_and_in_the_credits_where_its_licence_asks(room: CuttingRoom) -> None:
    await room.use("Orbis", await kit_of(room, title_font=await room.bring_file(FONT, font(), "OFL-1.1")))
    spec = await film(room)
    given = [
        task.spec.given.digest
        for task in (await room.plan()).judged.plan.tasks
        if "brand" in task.display_name
    ]

    assert (spec.end_title, spec.end_card_frames) == ("Made by Orbis", 96)
    assert spec.brand == task_pb2.Brand(
        logo_role="brand-logo",
        title_font_role="brand-title-font",
        ground_colour="#101820",
        text_colour="#ffffff",
        accent_colour="#e85d3a",
        end_card_logo=True,
    )
    assert list(spec.credits) == ["Logo: J. Doe (CC-BY-4.0)"]
    assert len(given) == len(set(given)) == 2


async def test_captions_take_the_kits_colours_and_font_where_the_style_leaves_them_to_it(
    room: CuttingRoom,
) -> None:
    style = library_pb2.LibraryCaptionStyle(font="brand", box_opacity_percent=80)
    await room.use("House", library_pb2.LibraryContent(caption_style=style))
    before = (await film(room)).caption_style
    kit = await kit_of(room, text_font=await room.bring_file(FONT, font(), "OFL-1.1"))
    await room.use("Orbis", kit)
    after = (await film(room)).caption_style

    assert (before.text_colour, before.box_colour, before.font_role) == ("#ffffff", "#000000", "")
    assert (after.box_colour, after.font_role, after.outline_permille) == ("#101820", "brand-text-font", 0)


async def test_part_of_a_film_has_the_logo_in_its_corner_and_no_card(room: CuttingRoom) -> None:
    await room.use("Orbis", await kit_of(room, watermark_corner=task_pb2.CORNER_TOP_RIGHT))
    plan = await room.plan(selection={"scenes": ["1"]})
    [part] = [task.spec.film for task in plan.judged.plan.tasks if task.spec.WhichOneof("work") == "film"]

    assert (part.end_card_frames, part.brand.end_card_logo, part.brand.title_font_role) == (0, False, "")
    assert (part.brand.logo_role, part.brand.watermark_width_permille) == ("brand-logo", 100)


async def test_music_is_the_films_or_that_of_its_scenes_of_a_mood_and_credited(room: CuttingRoom) -> None:
    before = len(await planned(room, "music"))
    content = library_pb2.LibraryContent(music=await room.piece())
    used = await room.use("Knives", content, "/moods/dark")
    dark = len(await planned(room, "music"))
    segments = [spec.segment.music_fitted for spec in await planned(room, "segment")]
    credits = list((await film(room)).credits)
    await room.use_version(used.version)

    # Two scenes and the title's sting; the first scene is dark.
    assert (before, dark, len(await planned(room, "music"))) == (3, 1, 0)
    assert segments == [True, False]
    assert credits == ["Music: J. Doe (CC-BY-4.0)"]
    assert [use.subject_name for use in await uses(room)] == ["film", "dark scenes"]


async def test_subject_that_a_kind_says_nothing_of_is_refused_with_what_it_may_be(room: CuttingRoom) -> None:
    yellow = await room.use("Yellow", YELLOW)

    with pytest.raises(InvalidInput, match="is a mood, of which a caption style says nothing"):
        await room.use_version(yellow.version, "/moods/dark")
    piece = library_pb2.LibraryContent(music=await room.piece())
    with pytest.raises(InvalidInput, match="must be a mood: neutral, calm, tense"):
        await room.use("Theme", piece, "/moods/angry")


async def test_version_holds_only_files_that_are_there_and_keeps_them_as_long_as_its_entry(
    room: CuttingRoom,
) -> None:
    content = library_pb2.LibraryContent(music=await room.piece())
    unknown = library_pb2.LibraryContent()
    unknown.CopyFrom(content)
    unknown.music.file.artifact.digest = "0" * 64
    database = room.stage.database
    [row] = await database.fetch("select workspace_id, content_key from artifacts")
    asked = ([row["workspace_id"]], [row["content_key"]], SystemClock().now())
    before = await database.fetch(SQL["referenced_artifacts"], *asked)
    entry = library_pb2.LibraryEntry(display_name="Theme", content=content)
    made = await room.library.CreateLibraryEntry(library_pb2.CreateLibraryEntryRequest(entry=entry), None)
    [file] = made.files
    held = await database.fetch(SQL["referenced_artifacts"], *asked)
    await room.library.DeleteLibraryEntry(library_pb2.DeleteLibraryEntryRequest(name=made.name), None)
    after = await database.fetch(SQL["referenced_artifacts"], *asked)

    assert (before, len(held), after) == ([], 1, [])
    assert (file.field, file.file.filename, file.file.media_type) == ("file", "theme-file.flac", "audio/flac")
    with pytest.raises(InvalidInput, match="bring it"):
        await room.use("Unknown", unknown)


async def test_film_keeps_the_files_of_an_entry_that_is_removed(room: CuttingRoom) -> None:
    used = await room.use("Orbis", await kit_of(room))
    before = await film(room)

    entry = used.version.rpartition("/versions/")[0]
    await room.library.DeleteLibraryEntry(library_pb2.DeleteLibraryEntryRequest(name=entry), None)

    assert await film(room) == before
    assert await room.stage.database.fetchval("select count(*)::int from held_artifacts") == 1
    assert [(use.entry_name, use.kind) for use in await uses(room)] == [("", "brand_kit")]


async def test_music_with_voices_needs_a_consent(room: CuttingRoom) -> None:
    credit = timeline_pb2.Credit(creator="J. Doe", source="own", licence="own")
    request = library_pb2.BringLibraryFileRequest(
        kind=library_pb2.LIBRARY_FILE_KIND_MUSIC, content=b"fLaC", credit=credit, shows_people=True
    )

    with pytest.raises(InvalidInput, match="whose voice or face it is agreed"):
        await room.library.BringLibraryFile(request, None)
