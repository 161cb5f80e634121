"""The composer's whole way: segments, levels, masters and film, by its engines one after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.joining.joints import CROSSFADE_FRAMES
from bench.joining.material import (
    HEIGHT_PX,
    RATE_HZ,
    SHOT_FRAMES,
    SHOTS,
    SHOTS_A_SCENE,
    WIDTH_PX,
    Material,
)
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.levels import LevelsEngine
from studio_composer.engines.master import MasterEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.orders import (
    FilmOrder,
    FilmSegment,
    LevelsOrder,
    MasterOrder,
    SegmentOrder,
    SegmentShot,
    SpeechCue,
)
from studio_composer.shelf import Shelf
from studio_composer.splice import reference_for
from studio_platform.engine import Input, Part, Product

SCENES = SHOTS // SHOTS_A_SCENE
CARD_FRAMES = 72
SPEECH_AT_FRAME = 12
# The shot of each scene that turns into the next; all other joints are cuts.
CROSSFADED_SHOT = 1


class FilmOfScenes:
    """A film of so many scenes; those of the material come again and again."""

    def __init__(self, made: Material, folder: Path, scenes: int = SCENES) -> None:
        self._made = made
        self._folder = folder
        self._scenes = scenes
        self._shelf = Shelf()
        reference_for(WIDTH_PX, HEIGHT_PX, RATE_HZ, 1)

    def composed(self) -> Path:
        """Compose it; scenes that come again are copied packet by packet, and not made anew."""
        segments = [self._segment(scene) for scene in range(min(self._scenes, SCENES))]
        inputs = {f"segment-{number}": segments[number % SCENES] for number in range(self._scenes)}
        order = [FilmSegment(f"segment-{number}", f"SCENE {number + 1}") for number in range(self._scenes)]
        [gains] = LevelsEngine().run([LevelsOrder(tuple(order), inputs=inputs)], [_Unwatched()])
        levels = self._kept("levels", gains)
        for number in range(len(segments)):
            inputs[f"sound-{number}"] = self._master(number, inputs, levels)
        sounding = [
            replace(scene, sound_role=f"sound-{number % SCENES}") for number, scene in enumerate(order)
        ]
        film = FilmOrder(
            "The Long Night",
            WIDTH_PX,
            HEIGHT_PX,
            RATE_HZ,
            1,
            tuple(sounding),
            "written by",
            "Ada Lind",
            title_card_frames=CARD_FRAMES,
            end_card_frames=CARD_FRAMES,
            inputs=inputs,
        )
        [product] = FilmEngine(self._folder, self._shelf).run([film], [_Unwatched()])
        return next(part.path for part in product.parts if part.role == "film" and part.path)

    def _segment(self, scene: int) -> Input:
        order = segment_order(self._made, scene)
        [product] = SegmentEngine(self._folder, self._shelf).run([order], [_Unwatched()])
        return self._kept(f"segment-{scene}", product)

    def _master(self, scene: int, inputs: dict[str, Input], levels: Input) -> Input:
        role = f"segment-{scene}"
        order = MasterOrder(
            (FilmSegment(role, ""),), "levels", RATE_HZ, 1, {"levels": levels, role: inputs[role]}
        )
        [product] = MasterEngine(self._folder).run([order], [_Unwatched()])
        return self._kept(f"sound-{scene}", product)

    def _kept(self, role: str, product: Product) -> Input:
        """A product as the next engine's input, as the worker hands it over."""
        folder = self._folder / f"parts-{role}"
        folder.mkdir()
        parts = {part.role: _file(folder, part) for part in product.parts}
        return Input(role, parts, product.length_ms, product.frames)


def segment_order(made: Material, scene: int) -> SegmentOrder:
    """A scene: one crossfade, cuts, a speech in every other shot, music and effects."""
    inputs = {kind: Input(kind, {kind: made.sound(kind, scene)}) for kind in ("music", "effects")}
    shots: list[SegmentShot] = []
    for place in range(SHOTS_A_SCENE):
        number = scene * SHOTS_A_SCENE + place
        clip, speech = f"clip-{place}", made.speech(number)
        inputs[clip] = Input(clip, {"clip": made.clips[number]})
        cues: tuple[SpeechCue, ...] = ()
        if speech is not None:
            role = f"speech-{place}"
            inputs[role] = Input(role, {"speech": speech})
            cues = (SpeechCue(role, SPEECH_AT_FRAME, "MARA", f"This is line number {number}."),)
        shared = CROSSFADE_FRAMES if place == CROSSFADED_SHOT else 0
        shots.append(
            SegmentShot(
                f"shot-{number}",
                clip,
                SHOT_FRAMES,
                cues,
                crossfade_frames=shared,
                effects_start_frame=place * SHOT_FRAMES,
            )
        )
    form = (WIDTH_PX, HEIGHT_PX, RATE_HZ, 1)
    return SegmentOrder(*form, tuple(shots), "music", "effects", inputs=inputs, retimed=True)


def edit_list(made: Material) -> dict[str, object]:
    """The same film in seconds, for another program; every path is absolute."""
    shots, scenes, speeches, at = [], [], [], CARD_FRAMES
    for scene in range(SCENES):
        order = segment_order(made, scene)
        length = order.length_frames
        sounds = {kind: str(made.sound(kind, scene).resolve()) for kind in ("music", "effects")}
        scenes.append({"start": at / RATE_HZ, "seconds": length / RATE_HZ, **sounds})
        for place, (shot, start) in enumerate(zip(order.shots, order.start_frames, strict=True)):
            number = scene * SHOTS_A_SCENE + place
            path = str(made.clips[number].resolve())
            shots.append({"clip": path, "crossfade": shot.crossfade_frames / RATE_HZ})
            for cue in shot.cues:
                begin = (at + start + cue.start_frame) / RATE_HZ
                speech = str(made.folder.resolve() / f"speech-{number:02}.flac")
                speeches.append({"start": begin, "speech": speech, "text": cue.text})
        at += length
    card = CARD_FRAMES / RATE_HZ
    return {"shots": shots, "scenes": scenes, "speeches": speeches, "card_seconds": card}


def _file(folder: Path, part: Part) -> Path:
    if part.path is not None:
        return part.path
    path = folder / part.role
    path.write_bytes(part.data or b"")
    return path


class _Unwatched:
    """A run that nobody cancels."""

    def progress(self, percent: int) -> None:
        """Nobody looks."""

    def raise_if_cancelled(self) -> None:
        """Nobody cancels."""
