"""A caption style as players are told of it: CSS for WebVTT, and the header of an mp4's timed text."""

from __future__ import annotations

from studio_composer.looks import CaptionStyle, Position, Rgb

# The least ASS header with which FFmpeg's mov_text track can be opened.
_HEAD = (
    "[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, "
    "MarginL, MarginR, MarginV, Encoding\n"
    "Style: Default,{looks}\n\n"
    "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
PLAIN_HEADER = (
    _HEAD.replace("PlayResX: {width}\nPlayResY: {height}\n", "")
    .format(looks="Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0")
    .encode()
)
"""White letters at the bottom, as players like them."""

_ALIGNMENTS = {Position.BOTTOM: 2, Position.TOP: 8, Position.MIDDLE: 5}
_SETTINGS = {Position.BOTTOM: "", Position.TOP: " line:0", Position.MIDDLE: " line:50%"}


def text_header(style: CaptionStyle, family: str, width_px: int, height_px: int) -> bytes:
    """The header of a text track in this style; FFmpeg makes the track's sample description of it."""
    box = _ass(style.box, style.box_opacity_percent) if style.box else "&HFF000000"
    margin_px = round(height_px * style.margin_permille / 1_000)
    looks = ",".join(
        (
            _named(family),
            str(style.size_px(height_px)),
            _ass(style.text, 100),
            _ass(style.text, 100),
            _ass(style.outline or (0, 0, 0), 100),
            box,
            "0,0,0,0,100,100,0,0",
            "4" if style.box else "1",
            "1" if style.outline else "0",
            "0",
            str(_ALIGNMENTS[style.position]),
            f"10,10,{margin_px},0",
        )
    )
    return _HEAD.format(width=width_px, height=height_px, looks=looks).encode()


def cue_css(style: CaptionStyle, family: str) -> str:
    """The CSS of every cue."""
    generic = "serif" if style.font == "serif" else "sans-serif"
    rules = [
        f"color: {_css(style.text, 100)};",
        f"background-color: {_css(style.box or (0, 0, 0), style.box_opacity_percent if style.box else 0)};",
        f'font-family: "{_named(family)}", {generic};',
        f"font-size: {style.size_permille / 10:g}vh;",
    ]
    if style.outline:
        wide = f"{style.outline_permille / 1_000:g}em"
        shadows = [
            f"{x} {y} 0 {_css(style.outline, 100)}" for x in (f"-{wide}", wide) for y in (f"-{wide}", wide)
        ]
        rules.append(f"text-shadow: {', '.join(shadows)};")
    return "::cue {\n" + "\n".join(f"  {rule}" for rule in rules) + "\n}"


def cue_setting(style: CaptionStyle) -> str:
    """Where a cue stands, after its times."""
    return _SETTINGS[style.position]


def _named(family: str) -> str:
    """A font's name without what would end it, in ASS or in CSS."""
    return "".join(letter for letter in family if letter.isalnum() or letter in " -_") or "sans-serif"


def _ass(colour: Rgb, opacity_percent: int) -> str:
    red, green, blue = colour
    transparency = round(255 * (100 - opacity_percent) / 100)
    return f"&H{transparency:02X}{blue:02X}{green:02X}{red:02X}"


def _css(colour: Rgb, opacity_percent: int) -> str:
    red, green, blue = colour
    return f"rgba({red}, {green}, {blue}, {opacity_percent / 100:g})"
