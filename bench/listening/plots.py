"""A film's sound as a picture: the spectrogram of its mix, its loudness, and where scenes and speech are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.listening.finished import FinishedFilm
from bench.listening.loudness import LoudnessCurve, loudness_curve
from studio_media.sound import decode

WIDTH_PX = 1_200
_LEFT_PX, _RIGHT_PX, _TOP_PX = 56, 12, 24
_SPECTRUM_PX, _LOUDNESS_PX, _GAP_PX, _BOTTOM_PX = 300, 180, 30, 26
_PLOT_PX = WIDTH_PX - _LEFT_PX - _RIGHT_PX
_RATE_HZ = 48_000
_WINDOW_SAMPLES = 4_096
_LOWEST_HZ, _HIGHEST_HZ = 50, 20_000
_MARKED_HZ = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_DB_MIN, _DB_MAX = -100.0, -20.0
_LUFS_MIN, _LUFS_MAX = -50, -5
_FONT = ImageFont.load_default(13)
_COLOURS = np.array([(8, 8, 24), (60, 20, 90), (170, 50, 80), (245, 150, 50), (255, 250, 210)], float)
_INK, _FAINT, _SPEECH = (30, 30, 30), (205, 205, 205), (70, 130, 180)
_MOMENTARY, _SHORT_TERM, _INTEGRATED = (170, 170, 170), (200, 70, 30), (20, 110, 60)


def draw(film: FinishedFilm, target: Path) -> None:
    """Write the picture as WebP. Raises SoundError, av.FFmpegError, OSError."""
    sound = decode(film.path, _RATE_HZ, 1, sound_format="mov")[:, 0]
    length_seconds = len(sound) / _RATE_HZ
    height = _TOP_PX + _SPECTRUM_PX + _GAP_PX + _LOUDNESS_PX + _BOTTOM_PX
    picture = Image.new("RGB", (WIDTH_PX, height), "white")
    picture.paste(_spectrogram(sound), (_LEFT_PX, _TOP_PX))
    pen = ImageDraw.Draw(picture)
    for hertz in _MARKED_HZ:
        label = f"{hertz // 1_000} kHz" if hertz >= 1_000 else f"{hertz} Hz"
        pen.text((_LEFT_PX - 5, _TOP_PX + _row(hertz)), label, _INK, _FONT, anchor="rm")
    _draw_loudness(pen, loudness_curve(film.path), length_seconds)
    _draw_times(pen, film, length_seconds)
    picture.save(target, quality=80, method=6)


def _row(hertz: float) -> float:
    return _SPECTRUM_PX * (1 - math.log(hertz / _LOWEST_HZ) / math.log(_HIGHEST_HZ / _LOWEST_HZ))


def _spectrogram(sound: NDArray[np.float32]) -> Image.Image:
    padded = np.pad(sound, _WINDOW_SAMPLES // 2)
    starts = np.linspace(0, len(sound) - 1, _PLOT_PX).astype(int)
    window = np.hanning(_WINDOW_SAMPLES)
    rows = np.arange(_SPECTRUM_PX - 1, -1, -1) / _SPECTRUM_PX
    hertz = _LOWEST_HZ * (_HIGHEST_HZ / _LOWEST_HZ) ** rows
    bins = hertz * _WINDOW_SAMPLES / _RATE_HZ
    columns = []
    for start in starts:
        powers = np.abs(np.fft.rfft(padded[start : start + _WINDOW_SAMPLES] * window)) * 2 / window.sum()
        columns.append(np.interp(bins, np.arange(len(powers)), powers))
    levels = 20 * np.log10(np.maximum(np.array(columns).T[::-1], 1e-6))
    shares = np.clip((levels - _DB_MIN) / (_DB_MAX - _DB_MIN), 0, 1)[::-1]
    steps = np.linspace(0, 1, len(_COLOURS))
    colours = np.stack([np.interp(shares, steps, _COLOURS[:, it]) for it in range(3)], axis=-1)
    return Image.fromarray(colours.astype(np.uint8))


def _level(lufs: float) -> float:
    inside = min(max(lufs, _LUFS_MIN), _LUFS_MAX)
    top = _TOP_PX + _SPECTRUM_PX + _GAP_PX
    return top + _LOUDNESS_PX * (_LUFS_MAX - inside) / (_LUFS_MAX - _LUFS_MIN)


def _draw_loudness(pen: ImageDraw.ImageDraw, curve: LoudnessCurve, length_seconds: float) -> None:
    for lufs in range(-50, 0, 10):
        pen.line([(_LEFT_PX, _level(lufs)), (WIDTH_PX - _RIGHT_PX, _level(lufs))], _FAINT)
        pen.text((_LEFT_PX - 5, _level(lufs)), str(lufs), _INK, _FONT, anchor="rm")
    across = _LEFT_PX + curve.seconds / length_seconds * _PLOT_PX
    pen.line(_points(across, curve.momentary_lufs), _MOMENTARY)
    pen.line(_points(across, curve.short_term_lufs), _SHORT_TERM, 2)
    level = _level(curve.integrated_lufs)
    pen.line([(_LEFT_PX, level), (WIDTH_PX - _RIGHT_PX, level)], _INTEGRATED)
    top = _TOP_PX + _SPECTRUM_PX + _GAP_PX - 9
    legend = f"{curve.integrated_lufs:.1f} LUFS integrated"
    texts = ((legend, _INTEGRATED), ("short-term, 3 s", _SHORT_TERM), ("momentary, 0.4 s", _MOMENTARY))
    for number, (text, colour) in enumerate((*texts, ("speech", _SPEECH))):
        pen.text((_LEFT_PX + 190 * number, top), text, colour, _FONT, anchor="lm")


def _points(across: NDArray[np.float64], lufs: NDArray[np.float64]) -> Sequence[tuple[float, float]]:
    return [(float(x), _level(float(value))) for x, value in zip(across, lufs, strict=True)]


def _draw_times(pen: ImageDraw.ImageDraw, film: FinishedFilm, length_seconds: float) -> None:
    def across(seconds: float) -> float:
        return _LEFT_PX + seconds / length_seconds * _PLOT_PX

    bottom = _TOP_PX + _SPECTRUM_PX + _GAP_PX + _LOUDNESS_PX
    for scene in film.scenes:
        x = across(scene.start_seconds)
        pen.line([(x, 4), (x, bottom)], _INK)
        room_px = across(scene.end_seconds) - x - 8
        name = scene.heading
        while pen.textlength(name, _FONT) > room_px:
            name = name[:-1]
        pen.text((x + 4, _TOP_PX // 2), name, _INK, _FONT, anchor="lm")
    for speech in film.speeches:
        span = [across(speech.line.start_seconds), across(speech.line.end_seconds)]
        pen.rectangle([span[0], bottom - 5, span[1], bottom], _SPEECH)
    for seconds in range(0, int(length_seconds) + 1, 5):
        pen.text((across(seconds), bottom + 12), f"{seconds} s", _INK, _FONT, anchor="mm")
