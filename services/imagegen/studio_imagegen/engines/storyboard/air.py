"""What is in the air between the lens and the set: rain, snow, fog, leaves in the wind, lightning."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from studio_imagegen.engines.storyboard.colour import mix
from studio_imagegen.engines.storyboard.cutout import whole
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.lens import shine
from studio_imagegen.engines.storyboard.staging import Staging

RAIN_SLANT = 0.16
FAR_SCALE = 2
LEAVES = ((176, 96, 52), (196, 148, 66), (128, 112, 62), (150, 70, 48))


def draw_air(picture: Image.Image, staging: Staging, *, behind: bool, seed: int) -> None:
    """Draw the weather on an RGB picture: what falls `behind` the figures, or before them."""
    if staging.inside and (staging.kind != "CAR" or staging.marks or not behind):
        return
    dice = Dice(seed, "air", behind)
    match staging.weather:
        case "RAIN" | "STORM":
            if behind and staging.weather == "STORM" and not staging.blur:
                _lightning(picture, staging)
            _rain(picture, staging, dice, behind=behind)
        case "SNOW":
            _snow(picture, staging, dice, behind=behind)
        case "FOG":
            _fog(picture, staging, dice, behind=behind)
        case "WIND":
            if not behind:
                _leaves(picture, dice)


def _rain(picture: Image.Image, staging: Staging, dice: Dice, *, behind: bool) -> None:
    count, length, width, level = (340, 0.07, 1, 84) if behind else (80, 0.17, 2, 104)
    if staging.weather == "STORM":
        count = count * 3 // 2
    slant = RAIN_SLANT * (2 if staging.weather == "STORM" else 1) * -staging.sky.light_x
    scale = FAR_SCALE if behind else 1
    mask = Image.new("L", (picture.width // scale, picture.height // scale))
    draw = ImageDraw.Draw(mask)
    unit = mask.height
    thick = max(1, round(width * unit / (900 / scale)))
    for _ in range(count):
        x, y = dice.between(-0.15, mask.width / unit + 0.15) * unit, dice.between(-0.1, 1.0) * unit
        fall = dice.between(0.6, 1.3) * length * unit
        draw.line((x, y, x + slant * fall, y + fall), fill=round(level * dice.between(0.5, 1.0)), width=thick)
    if behind and staging.view.zoom <= 1.0:
        _splashes(draw, dice, mask.width / unit, unit)
    if scale > 1:
        mask = mask.resize(picture.size, Image.Resampling.BILINEAR)
    else:
        mask = mask.filter(ImageFilter.BoxBlur(unit / 900))
    picture.paste(whole(mix(staging.sky.key, (225.0, 235.0, 250.0), 0.5)), (0, 0), mask)


def _lightning(picture: Image.Image, staging: Staging) -> None:
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


def _splashes(draw: ImageDraw.ImageDraw, dice: Dice, aspect: float, unit: int) -> None:
    """Small rings where drops meet the ground, wider the nearer."""
    for _ in range(70):
        x, y = dice.between(0.0, aspect) * unit, dice.between(0.8, 1.0)
        wide = (0.004 + (y - 0.8) * 0.06) * unit
        draw.ellipse((x - wide, y * unit - wide * 0.3, x + wide, y * unit + wide * 0.3), outline=110)


def _snow(picture: Image.Image, staging: Staging, dice: Dice, *, behind: bool) -> None:
    count, small, large, level = (420, 0.0012, 0.004, 200) if behind else (46, 0.005, 0.015, 150)
    mask = Image.new("L", picture.size)
    draw = ImageDraw.Draw(mask)
    unit = picture.height
    for _ in range(count):
        x, y = dice.between(0.0, picture.width / unit) * unit, dice.unit() * unit
        radius = max(0.8, dice.between(small, large) * unit)
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=round(level * dice.between(0.5, 1.0))
        )
    if not behind:
        mask = mask.reduce(4).filter(ImageFilter.BoxBlur(1.2 * unit / 900)).resize(picture.size)
    picture.paste(whole(mix(staging.sky.key, (250.0, 252.0, 255.0), 0.65)), (0, 0), mask)


def _fog(picture: Image.Image, staging: Staging, dice: Dice, *, behind: bool) -> None:
    tone = mix(staging.sky.haze, staging.sky.key, 0.25)
    high = picture.height
    for _ in range(4 if behind else 3):
        at = (dice.between(0.0, picture.width), dice.between(0.5, 1.0) * high)
        shine(
            picture,
            at,
            (high * dice.between(0.7, 1.2), high * dice.between(0.12, 0.26)),
            tone,
            0.5 if behind else 0.36,
        )


def _leaves(picture: Image.Image, dice: Dice) -> None:
    draw = ImageDraw.Draw(picture)
    unit = picture.height
    for _ in range(26):
        x, y = dice.between(0.0, picture.width / unit) * unit, dice.unit() * unit
        size, tilt = dice.between(0.006, 0.02) * unit, dice.between(-0.5, 0.5)
        points = [
            (x - size, y + size * tilt),
            (x, y - size * 0.4),
            (x + size, y - size * tilt),
            (x, y + size * 0.4),
        ]
        draw.polygon(points, fill=dice.pick(LEAVES))
    for _ in range(9):
        x, y = dice.between(-0.1, picture.width / unit) * unit, dice.between(0.1, 0.9) * unit
        long = dice.between(0.1, 0.3) * unit
        draw.line((x, y, x + long, y + long * 0.06), fill=(226, 226, 220), width=1)
