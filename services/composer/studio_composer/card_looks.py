"""How cards look: the composer's ivory on a dark ground, or a brand's fonts and colours."""

from __future__ import annotations

from dataclasses import dataclass

from studio_composer.given import part_path, refusal
from studio_composer.looks import Rgb
from studio_composer.orders import FilmOrder
from studio_composer.typefaces import ITALIC, ROMAN, SANS, Typeface, house_face

_IVORY = (236, 228, 210)
_ASH = (158, 152, 142)
_BRASS = (150, 118, 70)
_QUIET_SHARE = 0.78


@dataclass(frozen=True, slots=True)
class CardLook:
    """The fonts and colours of cards; a ground of None is the composer's, lit from its middle.

    `tracking` is between capitals, of the letters' size.
    """

    title: Typeface
    small: Typeface
    text: Typeface
    ink: Rgb = _IVORY
    quiet: Rgb = _ASH
    accent: Rgb = _BRASS
    ground: Rgb | None = None
    tracking: float = 0.16

    def missing(self, title: str, other: str) -> str:
        """The letters, each once, that a headline and other lines lack."""
        return "".join(sorted({*self.title.missing(title.upper()), *self.text.missing(other)}))


def house_look() -> CardLook:
    """The composer's own."""
    roman = house_face(ROMAN)
    return CardLook(roman, house_face(ITALIC), roman)


def card_look(order: FilmOrder) -> CardLook:
    """The look of a film's cards. Raises EngineFailure, permanent, for a font that can't be read."""
    own, brand = house_look(), order.brand
    if brand is None:
        return own
    brought = brought_face(order, brand.title_font_role)
    title = brought or own.title
    # A brand that has one font has it everywhere.
    text = brought_face(order, brand.text_font_role) or brought
    ink, ground = brand.text or own.ink, brand.ground
    return CardLook(
        title=title,
        small=text or own.small,
        text=text or own.text,
        ink=ink,
        quiet=_mixed(ink, ground) if ground else own.quiet,
        accent=brand.accent or (ink if ground else own.accent),
        ground=ground,
        tracking=0.08 if brand.title_font_role else own.tracking,
    )


def caption_face(order: FilmOrder) -> Typeface:
    """The font of a film's captions. Raises EngineFailure, permanent, for one that can't be read."""
    style = order.caption_style
    if style is None:
        return house_face(SANS)
    own = house_face(ROMAN if style.font == "serif" else SANS)
    return brought_face(order, style.font_role) or own


def brought_face(order: FilmOrder, role: str) -> Typeface | None:
    """A font that people brought; None for an empty role."""
    if not role:
        return None
    face = Typeface(part_path(order.inputs, role, "font", "the brand's fonts").read_bytes())
    try:
        face.at(16)
    except OSError as error:
        raise refusal("BRAND_UNREADABLE", "A font of the brand can't be read.", error) from error
    return face


def _mixed(ink: Rgb, ground: Rgb) -> Rgb:
    red, green, blue = (
        round(a * _QUIET_SHARE + b * (1 - _QUIET_SHARE)) for a, b in zip(ink, ground, strict=True)
    )
    return red, green, blue
