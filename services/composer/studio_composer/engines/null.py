"""The null engines: the smallest valid file of each part, without any library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

from studio_composer.orders import FilmOrder, LevelsOrder, MasterOrder, ReadingOrder, SegmentOrder
from studio_composer.sheet_orders import SheetOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

BATCH_SIZE_MAX = 64


class NullSegmentEngine:
    """One black frame and a frame's silence for any scene; the lengths told are those ordered."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="SEGMENT", engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX)

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[SegmentOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return the same files for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            stems = (Part(stem, "audio/flac", data=_file("silence.flac")) for stem in _STEMS)
            picture = _PICTURE if order.has_picture else ()
            parts = (
                *picture,
                *stems,
                Part("levels", "application/octet-stream", data=b""),
                Part("cues", "application/json", data=b"[]"),
            )
            length_ms = order.length_frames * 1_000 * order.rate_denominator // order.rate_numerator
            products.append(Product(parts, length_ms, order.length_frames))
        return products


class NullFilmEngine:
    """A film of one black frame; the lengths told are those of its cards and inputs."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="FILM", engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX)

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[FilmOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return the same files for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            products.append(_film(order))
        return products


class NullLevelsEngine:
    """No gain for any film."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(
            kind="LEVELS", engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX, parts=frozenset()
        )

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[LevelsOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return the same file for each order."""
        products = []
        for _, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            products.append(Product((Part("gains", "application/json", data=b"{}"),)))
        return products


class NullMasterEngine:
    """A frame's silence for any scene; the length told is its segment's."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(
            kind="MASTER", engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX, parts=frozenset()
        )

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[MasterOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return the same files for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            scene = order.inputs[order.segments[0].role]
            parts = (
                Part("sound", "audio/mp4", data=_file("reading.m4a")),
                Part("loudness", "application/json", data=b"{}"),
            )
            products.append(Product(parts, scene.length_ms, scene.frames))
        return products


class NullReadingEngine:
    """A frame's silence for any table read; the lengths told are those of its inputs and pauses."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="READING", engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX)

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[ReadingOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return the same files for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            scenes = [order.inputs[segment.role].frames for segment in order.segments]
            frames = sum(scenes) + order.scene_pause_frames * (len(scenes) - 1)
            parts = (
                Part("audio", "audio/mp4", data=_file("reading.m4a")),
                Part("lyrics", "text/plain; charset=utf-8", data=b""),
                Part("subtitles-srt", "application/x-subrip", data=b""),
                Part("subtitles-vtt", "text/vtt", data=b"WEBVTT\n"),
                Part("report", "application/json", data=json.dumps({"title": order.title}).encode()),
            )
            length_ms = frames * 1_000 * order.rate_denominator // order.rate_numerator
            products.append(Product(parts, length_ms, frames))
        return products


class NullSheetEngine:
    """An empty page for any storyboard."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="SHEET", engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX)

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[SheetOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return the same files for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            parts = (
                Part("sheet-pdf", "application/pdf", data=_file("sheet.pdf")),
                Part("sheet-html", "text/html; charset=utf-8", data=b"<!doctype html>\n<title></title>\n"),
                Part("report", "application/json", data=json.dumps({"title": order.title}).encode()),
            )
            products.append(Product(parts))
        return products


_STEMS = ("dialogue", "music", "effects")


def _film(order: FilmOrder) -> Product:
    scenes = sum(
        order.inputs[segment.role].frames for segment in order.segments if segment.role in order.inputs
    )
    shared = sum(segment.crossfade_frames for segment in order.segments[:-1])
    length_frames = (
        order.title_card_frames
        + scenes
        - shared
        + order.end_card_frames
        + order.credits_card_frames * len(order.credit_pages)
    )
    report = {"title": order.title, "engine": "null", "frames": length_frames}
    parts = (
        Part("film", "video/mp4", data=_file("film.mp4")),
        Part("subtitles-srt", "application/x-subrip", data=b""),
        Part("subtitles-vtt", "text/vtt", data=b"WEBVTT\n"),
        Part("poster", "image/jpeg", data=_file("poster.jpg")),
        Part("report", "application/json", data=json.dumps(report).encode()),
    )
    length_ms = length_frames * 1_000 * order.rate_denominator // order.rate_numerator
    return Product(parts, length_ms, length_frames)


@cache
def _file(name: str) -> bytes:
    return resources.files("studio_composer").joinpath("engines", "minimal", name).read_bytes()


_PICTURE = (
    Part("picture", "video/mp4", data=_file("picture.mp4")),
    Part("verdict", "application/json", data=b"{}"),
    Part("poster", "image/jpeg", data=_file("poster.jpg")),
)
