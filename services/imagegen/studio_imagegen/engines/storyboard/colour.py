"""Colours as triples of floats, red, green and blue in 0..255."""

from __future__ import annotations

Colour = tuple[float, float, float]

WHITE: Colour = (255.0, 255.0, 255.0)
BLACK: Colour = (0.0, 0.0, 0.0)


def hexa(text: str) -> Colour:
    """The colour of six hexadecimal digits."""
    return (float(int(text[0:2], 16)), float(int(text[2:4], 16)), float(int(text[4:6], 16)))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` at share 0, `second` at share 1."""
    rest = 1.0 - share
    return (
        first[0] * rest + second[0] * share,
        first[1] * rest + second[1] * share,
        first[2] * rest + second[2] * share,
    )


def times(colour: Colour, factor: Colour | float) -> Colour:
    """The colour under a light: each channel multiplied and held within 0..255."""
    red, green, blue = (factor, factor, factor) if isinstance(factor, float) else factor
    return (min(255.0, colour[0] * red), min(255.0, colour[1] * green), min(255.0, colour[2] * blue))


def luma(colour: Colour) -> float:
    """BT.709 luma of gamma-coded channels, 0..255."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def grey(colour: Colour, share: float) -> Colour:
    """The colour with `share` of its saturation taken away."""
    level = luma(colour)
    return mix(colour, (level, level, level), share)
