"""The fonts of cards and captions: the composer's own, and those that people brought."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

from PIL import ImageFont

_NO_LETTER = "\U0010ffff"
_SIZE_OF_LOOKS_PX = 24


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font by its file's bytes; `letters` are those that it has, None to ask the file."""

    content: bytes
    letters: frozenset[str] | None = None

    def at(self, size_px: int) -> ImageFont.FreeTypeFont:
        """The font at a size. Raises OSError for bytes that are no font."""
        return _font(self.content, size_px)

    def knows(self, letter: str) -> bool:
        """Whether the font can draw a letter."""
        if letter == " ":
            return True
        return letter in self.letters if self.letters is not None else _is_drawn(self.content, letter)

    def drawable(self, text: str) -> str:
        """The text without the letters that the font lacks."""
        return "".join(letter for letter in text if self.knows(letter))

    def missing(self, text: str) -> str:
        """The letters, each once, that the font lacks."""
        return "".join(sorted({letter for letter in text if not letter.isspace() and not self.knows(letter)}))

    @property
    def family(self) -> str:
        """What the font calls itself."""
        return self.at(_SIZE_OF_LOOKS_PX).getname()[0] or "sans-serif"


def house_face(name: str) -> Typeface:
    """A font of the composer's own by its file's name."""
    return _house_face(name)


@cache
def _house_face(name: str) -> Typeface:
    folder = resources.files("studio_composer").joinpath("fonts")
    letters = None
    if name.startswith("EBGaramond"):
        listed = folder.joinpath("letters.txt").read_text(encoding="utf-8")
        letters = frozenset(letter for letter in listed if letter != "\n")
    return Typeface(folder.joinpath(name).read_bytes(), letters)


@cache
def _font(content: bytes, size_px: int) -> ImageFont.FreeTypeFont:
    # The basic layout: the other one depends on a library of the machine's.
    return ImageFont.truetype(BytesIO(content), size_px, layout_engine=ImageFont.Layout.BASIC)


@cache
def _is_drawn(content: bytes, letter: str) -> bool:
    font = _font(content, _SIZE_OF_LOOKS_PX)
    drawn, absent = font.getmask(letter), font.getmask(_NO_LETTER)
    return (drawn.size, bytes(drawn)) != (absent.size, bytes(absent))


ROMAN, ITALIC = "EBGaramond-Medium.ttf", "EBGaramond-Italic.ttf"
SANS = "SourceSansPro-Semibold.ttf"
