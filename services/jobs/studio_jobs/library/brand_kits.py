"""Brand kits: what may be chosen, which files they hold, and how they are credited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from studio_jobs.domain.keys import given_key
from studio_jobs.domain.states import TaskKind
from studio_jobs.library.colours import CONTRAST_OF_SHAPES_MIN, CONTRAST_OF_TEXT_MIN, contrast
from studio_jobs.library.limits import Faults

END_CARD_DEFAULT_MS, END_CARD_MIN_MS, END_CARD_MAX_MS = 2_500, 1_000, 10_000
WATERMARK_DEFAULT_WIDTH_PERMILLE, WATERMARK_MIN_WIDTH_PERMILLE, WATERMARK_MAX_WIDTH_PERMILLE = 100, 30, 300
WATERMARK_DEFAULT_PERCENT, WATERMARK_MIN_PERCENT, WATERMARK_MAX_PERCENT = 60, 10, 100

LOGO, FONT, MUSIC = (
    library_pb2.LIBRARY_FILE_KIND_LOGO,
    library_pb2.LIBRARY_FILE_KIND_FONT,
    library_pb2.LIBRARY_FILE_KIND_MUSIC,
)
_WORDS = {LOGO: "logo", FONT: "font", MUSIC: "music"}
_CREDITED = {LOGO: "Logo", FONT: "Font", MUSIC: "Music"}
UNCREDITED_LICENCES = frozenset({"cc0-1.0", "ofl-1.1", "unlicense", "0bsd", "own", "public domain"})
"""Licences that ask for no credit in a film, in lower case."""

Kit = library_pb2.LibraryBrandKit
File = library_pb2.LibraryFile


def files_of(content: library_pb2.LibraryContent) -> Sequence[File]:
    """The files that a content holds."""
    return list(named_files_of(content).values())


def named_files_of(content: library_pb2.LibraryContent) -> Mapping[str, File]:
    """The files that a content holds, by their fields."""
    match content.WhichOneof("content"):
        case "brand_kit":
            return files_of_kit(content.brand_kit)
        case "music":
            return {"file": content.music.file}
        case _:
            return {}


def files_of_kit(kit: Kit) -> dict[str, File]:
    """The files of a kit by their fields."""
    return {field.name: value for field, value in kit.ListFields() if field.name in _FILES}


_FILES = {"logo": LOGO, "title_font": FONT, "text_font": FONT}


def task_kind_of(file: File) -> TaskKind:
    """Under which kind a file is kept: a still's for what is seen."""
    return TaskKind.MUSIC if file.kind == MUSIC else TaskKind.STILL


def content_key_of(file: File) -> bytes:
    """The key under which a file is given to plans."""
    return given_key(task_kind_of(file), file.artifact.engine, file.artifact.digest)


def credit_of(file: File) -> str:
    """The line of a file in the film's credits; empty where its licence asks for none."""
    credit = file.credit
    if file.kind != MUSIC and credit.licence.strip().lower() in UNCREDITED_LICENCES:
        return ""
    return f"{_CREDITED[file.kind]}: {credit.creator} ({credit.licence})"


def credits_of_kit(kit: Kit) -> list[str]:
    """The lines of a kit's files, in their order; those whose licences ask for none are left out."""
    return [line for file in files_of_kit(kit).values() if (line := credit_of(file))]


def require_music(music: library_pb2.LibraryMusic, prefix: str) -> None:
    """Raises InvalidInput for a file of another kind."""
    faults = Faults(prefix)
    _require_kind(music.file, "file", MUSIC, faults)
    faults.raise_any()


def require_brand_kit(kit: Kit, prefix: str) -> None:
    """Raises InvalidInput with everything that is wrong with a kit."""
    faults = Faults(prefix)
    for field, file in files_of_kit(kit).items():
        _require_kind(file, field, _FILES[field], faults)
    faults.require_range(kit, "end_card_ms", END_CARD_MIN_MS, END_CARD_MAX_MS, f"{END_CARD_DEFAULT_MS}")
    _require_watermark(kit, faults)
    _require_palette(kit, faults)
    faults.raise_any()


def _require_kind(
    file: File, field: str, kind: library_pb2.LibraryFileKind.ValueType, faults: Faults
) -> None:
    if file.kind != kind:
        faults.add(field, f"is a {_WORDS.get(file.kind, 'file')}; bring a {_WORDS[kind]} for it")


def _require_watermark(kit: Kit, faults: Faults) -> None:
    faults.require_range(
        kit,
        "watermark_width_permille",
        WATERMARK_MIN_WIDTH_PERMILLE,
        WATERMARK_MAX_WIDTH_PERMILLE,
        f"{WATERMARK_DEFAULT_WIDTH_PERMILLE}",
    )
    faults.require_range(
        kit,
        "watermark_opacity_percent",
        WATERMARK_MIN_PERCENT,
        WATERMARK_MAX_PERCENT,
        f"{WATERMARK_DEFAULT_PERCENT}",
    )
    if kit.watermark_corner and not kit.HasField("logo"):
        faults.add("watermark_corner", "needs a logo; bring one, or leave the corner out")


def _require_palette(kit: Kit, faults: Faults) -> None:
    ground, text = faults.colour(kit, "ground_colour"), faults.colour(kit, "text_colour")
    accent = faults.colour(kit, "accent_colour")
    if bool(kit.ground_colour) != bool(kit.text_colour):
        empty = "text_colour" if kit.ground_colour else "ground_colour"
        faults.add(empty, "is empty; give ground_colour and text_colour together, or neither")
    if kit.accent_colour and not kit.ground_colour:
        faults.add("accent_colour", "needs ground_colour and text_colour; give all three, or none")
    if ground is None:
        return
    for field, colour, least in (
        ("text_colour", text, CONTRAST_OF_TEXT_MIN),
        ("accent_colour", accent, CONTRAST_OF_SHAPES_MIN),
    ):
        if colour is not None and contrast(colour, ground) < least:
            faults.add(
                field,
                f"has a contrast of {contrast(colour, ground):.1f} to 1 with ground_colour; it must have at "
                f"least {least}: take a lighter or a darker one",
            )


def brand_spec(kit: Kit) -> task_pb2.Brand:
    """What a kit comes to in a film, without the roles of its files."""
    has_corner = bool(kit.watermark_corner)
    return task_pb2.Brand(
        ground_colour=kit.ground_colour.lower(),
        text_colour=kit.text_colour.lower(),
        accent_colour=(kit.accent_colour or kit.text_colour).lower(),
        end_card_logo=kit.HasField("logo") and not kit.end_card_without_logo,
        watermark_corner=kit.watermark_corner,
        watermark_width_permille=(kit.watermark_width_permille or WATERMARK_DEFAULT_WIDTH_PERMILLE)
        if has_corner
        else 0,
        watermark_opacity_percent=(kit.watermark_opacity_percent or WATERMARK_DEFAULT_PERCENT)
        if has_corner
        else 0,
    )
