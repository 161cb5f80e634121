"""Brought fonts: read whole and written anew, in the child alone, without programs and layout tables."""

from __future__ import annotations

import io

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, TTLibError

GLYPHS_MAX = 20_000
FAMILY_MAX_CHARACTERS = 100
NEEDED_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;!?'\"()-"
_OUTLINES = ("glyf", "CFF ")
_RESTRICTED = 0x0002
_FAMILY_NAMES = (16, 1)
"""Typographic family, family: numbers of the name table."""


class FontRefused(Exception):
    """A font that can't be used, in words for whoever brought it."""


def house_font(content: bytes) -> tuple[bytes, str]:
    """A font with its outlines, widths, kerning of old and names alone, and its family. Raises FontRefused.

    Everything is decompiled and compiled again; hinting programs and layout tables are left out: the cards
    and captions are drawn without them.
    """
    try:
        font = TTFont(io.BytesIO(content), lazy=False, recalcTimestamp=False)
        _require_usable(font)
        family = _family(font)
        return _stripped(font), family
    except FontRefused:
        raise
    except MemoryError:
        raise
    except TTLibError as error:
        raise FontRefused(f"The font can't be read: {error}.") from error
    except Exception as error:
        # Broken tables fail in as many ways as there are tables; the child is there for that.
        raise FontRefused("The font can't be read: one of its tables is broken.") from error


def _require_usable(font: TTFont) -> None:
    if not any(table in font for table in _OUTLINES):
        raise FontRefused("The font has no outlines; bring a TrueType or OpenType font that isn't a bitmap.")
    if len(font.getGlyphOrder()) > GLYPHS_MAX:
        raise FontRefused(f"A font has at most {GLYPHS_MAX} glyphs; this has {len(font.getGlyphOrder())}.")
    if "OS/2" in font and font["OS/2"].fsType & 0x000F == _RESTRICTED:
        raise FontRefused("The font says that it may not be embedded; bring one whose licence allows it.")
    letters = font.getBestCmap() or {}
    missing = [letter for letter in NEEDED_LETTERS if ord(letter) not in letters]
    if missing:
        raise FontRefused(f"The font lacks {' '.join(missing[:10])}; bring one with the Latin letters.")


def _family(font: TTFont) -> str:
    for number in _FAMILY_NAMES:
        name = font["name"].getDebugName(number)
        if name:
            printable = "".join(letter for letter in name if letter.isprintable())
            return " ".join(printable.split())[:FAMILY_MAX_CHARACTERS]
    return "Brand"


def _stripped(font: TTFont) -> bytes:
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "JSTF", "MATH", "SVG ", "COLR", "CPAL", "sbix"]
    options.drop_tables += ["CBDT", "CBLC", "EBDT", "EBLC", "fvar", "gvar", "avar", "HVAR", "MVAR", "STAT"]
    options.drop_tables += ["VORG", "vhea", "vmtx", "kern", "DSIG", "meta", "morx", "mort", "feat"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(font.getBestCmap()))
    subsetter.subset(font)
    memory = io.BytesIO()
    font.save(memory, reorderTables=True)
    return memory.getvalue()
