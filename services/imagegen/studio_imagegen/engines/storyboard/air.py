"""What is in the air between the lens and the set: rain, snow, fog, leaves in the wind, lightning."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from studio_imagegen.engines.storyboard.colour import Colour, mix
from studio_imagegen.engines.storyboard.cutout import whole
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.lens import shine
from studio_imagegen.engines.storyboard.staging import Staging

RAIN_SLANT = 0.16
FAR_SCALE = 2
# How fast it falls or drifts, frame heights a second times 1000: far off, and near the lens.
RAIN_FALL = (1_500, 2_500)
SNOW_FALL = (75, 150)
SNOW_DRIFT = (16, 30)
SNOW_SWAY = (8, 18)
FOG_DRIFT = (10, 22)
LEAVES_DRIFT, LEAVES_FALL, LEAVES_SWAY = 520, 90, 20
SPLASH_EVERY_MS = 167
LEAVES = ((176, 96, 52), (196, 148, 66), (128, 112, 62), (150, 70, 48))


@dataclass(frozen=True, slots=True)
class Air:
    """What moves in the air: a picture (RGBA) that goes on at its edges as it began at the other ones.

    `across` and `down` are its drift a second, `sway` its swing to both sides, thousandths of its height.
    It is another cut of itself `every_ms`, 0 for never. `toned` says that its alpha alone differs.
    """

    image: Image.Image
    across: int = 0
    down: int = 0
    sway: int = 0
    every_ms: int = 0
    toned: bool = True


def airs_of(staging: Staging, size: tuple[int, int], *, behind: bool, seed: int) -> tuple[Air, ...]:
    """The weather `behind` the figures or before them; in a room, what is seen of it through a window."""
    if staging.inside and not behind:
        return ()
    dice = Dice(seed, "air", behind)
    at = 0 if behind else 1
    match staging.weather:
        case "RAIN" | "STORM":
            slant = _slant(staging)
            rain = Air(_rain(staging, dice, size, behind=behind), round(slant * RAIN_FALL[at]), RAIN_FALL[at])
            return (*_splashes(staging, size, seed, behind=behind), rain)
        case "SNOW":
            drift = round(SNOW_DRIFT[at] * -staging.sky.light_x)
            return (Air(_snow(staging, dice, size, behind=behind), drift, SNOW_FALL[at], SNOW_SWAY[at]),)
        case "FOG" if not staging.inside:
            return (Air(_fog(staging, dice, size, behind=behind), FOG_DRIFT[at], toned=False),)
        case "WIND" if not behind:
            return (Air(_leaves(dice, size), LEAVES_DRIFT, LEAVES_FALL, LEAVES_SWAY, toned=False),)
    return ()


def has_lightning(staging: Staging) -> bool:
    """Whether a bolt is seen in the staging's sky."""
    return staging.weather == "STORM" and not staging.blur and not staging.inside


def _slant(staging: Staging) -> float:
    return RAIN_SLANT * (2 if staging.weather == "STORM" else 1) * -staging.sky.light_x


def _toned(mask: Image.Image, tone: Colour) -> Image.Image:
    image = Image.new("RGBA", mask.size, whole(tone))
    image.putalpha(mask)
    return image


def _around(width: int, height: int) -> list[tuple[int, int]]:
    """Where to draw what is cut off at an edge, so that it comes in again at the other one."""
    return [(across, down) for across in (-width, 0, width) for down in (-height, 0)]


def _rain(staging: Staging, dice: Dice, size: tuple[int, int], *, behind: bool) -> Image.Image:
    count, length, width, level = (150, 0.085, 1, 74) if behind else (34, 0.2, 2, 92)
    if staging.weather == "STORM":
        count = count * 3 // 2
    slant = _slant(staging)
    scale = FAR_SCALE if behind else 1
    mask = Image.new("L", (size[0] // scale, size[1] // scale))
    draw = ImageDraw.Draw(mask)
    unit = mask.height
    thick = max(1, round(width * unit / (900 / scale)))
    for _ in range(count):
        x, y = dice.between(0.0, mask.width / unit) * unit, dice.unit() * unit
        fall = dice.between(0.6, 1.3) * length * unit
        level_here = round(level * dice.between(0.5, 1.0))
        for across, down in _around(*mask.size):
            first = (x + across, y + down)
            draw.line((*first, first[0] + slant * fall, first[1] + fall), fill=level_here, width=thick)
    soft = mask.resize(size, Image.Resampling.BILINEAR) if scale > 1 else mask
    if not behind or staging.inside:
        soft = soft.filter(
            ImageFilter.BoxBlur(size[1] / 900 * (staging.view.zoom if staging.inside else 1.0))
        )
    return _toned(soft, mix(staging.sky.key, (225.0, 235.0, 250.0), 0.5))


def draw_lightning(picture: Image.Image, staging: Staging) -> None:
    """A bolt on the side away from the light, and the sky bright about it."""
    dice = Dice(staging.set_seed, "lightning")
    unit, scale = picture.height, 2
    x, y = picture.width / 2 / unit - 0.5 * staging.sky.light_x, -0.02
    shine(picture, (x * unit, 0.16 * unit), (0.7 * unit, 0.5 * unit), (196.0, 206.0, 255.0), 0.5)
    points = [(x, y)]
    while y < 0.56:
        x, y = x + dice.between(-0.05, 0.05), y + dice.between(0.03, 0.08)
        points.append((x, y))
    fork = points[len(points) // 2 :]
    branch = [fork[0], *((px + 0.05 * (i + 1), py - 0.02 * i) for i, (px, py) in enumerate(fork[1:4]))]
    mask = Image.new("L", (picture.width * scale, picture.height * scale))
    draw = ImageDraw.Draw(mask)
    for line, width in ((points, 0.006), (branch, 0.003)):
        pixels = [(px * unit * scale, py * unit * scale) for px, py in line]
        draw.line(pixels, fill=255, width=max(2, round(width * unit * scale)), joint="curve")
    picture.paste((244, 246, 255), (0, 0), mask.reduce(scale))


def _splashes(staging: Staging, size: tuple[int, int], seed: int, *, behind: bool) -> tuple[Air, ...]:
    """Small rings where drops meet the ground, wider the nearer."""
    if not behind or staging.inside or staging.view.zoom > 1.0:
        return ()
    dice = Dice(seed, "splashes")
    small = (size[0] // FAR_SCALE, size[1] // FAR_SCALE)
    mask = Image.new("L", small)
    draw = ImageDraw.Draw(mask)
    unit = mask.height
    for _ in range(44):
        x, y = dice.between(0.0, mask.width / unit) * unit, dice.between(0.8, 1.0)
        wide = (0.004 + (y - 0.8) * 0.06) * unit
        for at in (x - mask.width, x, x + mask.width):
            draw.ellipse((at - wide, y * unit - wide * 0.3, at + wide, y * unit + wide * 0.3), outline=90)
    tone = mix(staging.sky.key, (225.0, 235.0, 250.0), 0.5)
    return (Air(_toned(mask.resize(size, Image.Resampling.BILINEAR), tone), every_ms=SPLASH_EVERY_MS),)


def _snow(staging: Staging, dice: Dice, size: tuple[int, int], *, behind: bool) -> Image.Image:
    count, small, large, level = (420, 0.0012, 0.004, 200) if behind else (46, 0.005, 0.015, 150)
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    unit = mask.height
    for _ in range(count):
        x, y = dice.between(0.0, mask.width / unit) * unit, dice.unit() * unit
        radius = max(0.8, dice.between(small, large) * unit)
        level_here = round(level * dice.between(0.5, 1.0))
        for across, down in (*_around(*mask.size), (0, mask.height)):
            middle = (x + across, y + down)
            corners = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
            draw.ellipse(corners, fill=level_here)
    if not behind:
        mask = mask.reduce(4).filter(ImageFilter.BoxBlur(1.2 * unit / 900)).resize(mask.size)
    return _toned(mask, mix(staging.sky.key, (250.0, 252.0, 255.0), 0.65))


def _fog(staging: Staging, dice: Dice, size: tuple[int, int], *, behind: bool) -> Image.Image:
    tone = mix(staging.sky.haze, staging.sky.key, 0.25)
    image = Image.new("RGBA", size, (*whole(tone), 0))
    high = size[1]
    for _ in range(4 if behind else 3):
        x, y = dice.between(0.0, size[0]), dice.between(0.5, 1.0) * high
        reach = (high * dice.between(0.7, 1.2), high * dice.between(0.12, 0.26))
        for across in (-size[0], 0, size[0]):
            shine(image, (x + across, y), reach, tone, 0.5 if behind else 0.36)
    return image


def _leaves(dice: Dice, size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGBA", size)
    draw = ImageDraw.Draw(image)
    unit = size[1]
    for _ in range(26):
        x, y = dice.between(0.0, size[0] / unit) * unit, dice.unit() * unit
        reach, tilt = dice.between(0.006, 0.02) * unit, dice.between(-0.5, 0.5)
        tone = dice.pick(LEAVES)
        corners = ((-reach, reach * tilt), (0.0, -reach * 0.4), (reach, -reach * tilt), (0.0, reach * 0.4))
        for across, down in (*_around(*size), (0, size[1])):
            draw.polygon([(x + across + dx, y + down + dy) for dx, dy in corners], fill=(*tone, 255))
    for _ in range(9):
        x, y = dice.between(0.0, size[0] / unit) * unit, dice.between(0.1, 0.9) * unit
        long = dice.between(0.1, 0.3) * unit
        for across in (-size[0], 0):
            draw.line((x + across, y, x + across + long, y + long * 0.06), fill=(226, 226, 220, 255), width=1)
    return image
