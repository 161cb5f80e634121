"""What is joined: shots by the camera engine, a speech for every other one, music and effects."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from filmstudio.still_bundle import DEPTH_OF_FIGURES
from studio_media.house import SAMPLE_RATE_HZ, PictureForm
from studio_media.picture import ClipWriter, Planes
from studio_media.sound import encode_flac, samples_for
from studio_platform.engine import Input
from studio_videogen.orders import ClipOrder, Move
from studio_videogen.path import views
from studio_videogen.scene import Scene
from studio_videogen.still import Still, StillLayer

WIDTH_PX, HEIGHT_PX, RATE_HZ = 1280, 720, 24
SHOTS, SHOT_FRAMES = 20, 72
SHOTS_A_SCENE = 5
SPEECH_SECONDS = 1.8
_MADE_OF = "1"


@dataclass(frozen=True, slots=True)
class Material:
    """The files of the shots and of the scenes."""

    folder: Path

    @property
    def clips(self) -> list[Path]:
        """The clips in order."""
        return [self.folder / f"clip-{number:02}.mp4" for number in range(SHOTS)]

    def speech(self, shot: int) -> Path | None:
        """What is said in a shot: every other one speaks."""
        return self.folder / f"speech-{shot:02}.flac" if shot % 2 else None

    def sound(self, kind: str, scene: int) -> Path:
        """The music or the effects of a scene, as long as its clips."""
        return self.folder / f"{kind}-{scene}.flac"


def material(folder: Path) -> Material:
    """Make the files unless they are there."""
    made = Material(folder)
    stamp = folder / "made"
    if stamp.exists() and stamp.read_text() == _MADE_OF:
        return made
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cv2.setNumThreads(1)
    for number, path in enumerate(made.clips):
        _write_clip(path, number)
        speech = made.speech(number)
        if speech is not None:
            speech.write_bytes(_speech(number))
    for scene in range(SHOTS // SHOTS_A_SCENE):
        made.sound("music", scene).write_bytes(_chords(scene))
        made.sound("effects", scene).write_bytes(_rain(scene))
    stamp.write_text(_MADE_OF)
    return made


def _write_clip(path: Path, number: int) -> None:
    form = PictureForm(WIDTH_PX, HEIGHT_PX, RATE_HZ, 1, SHOT_FRAMES)
    with ClipWriter(form, path) as writer:
        for picture in _pictures(number):
            writer.write_planes(picture.y, picture.u, picture.v)


def _pictures(number: int) -> Iterator[Planes]:
    moves = [move for move in Move if move is not Move.HOLD]
    move = moves[number % len(moves)]
    still = Still((StillLayer(_painting(number), DEPTH_OF_FIGURES),))
    order = ClipOrder(WIDTH_PX, HEIGHT_PX, RATE_HZ, 1, SHOT_FRAMES, move, 1000, number, Input("still", {}))
    scene = Scene(still, order, [])
    for frame, view in enumerate(views(order, 1600, 900)):
        yield scene.seen(view, frame)


def _painting(number: int) -> NDArray[np.uint8]:
    """Soft light, hard shapes and a little grain, as drawn stills have."""
    dice = np.random.default_rng(number)
    blocks = dice.integers(20, 200, (9, 16, 3), dtype=np.uint8)
    painting = cv2.resize(blocks, (1600, 900), interpolation=cv2.INTER_CUBIC)
    for _ in range(24):
        corners = dice.integers((0, 0), (1600, 900), (5, 2))
        colour = tuple(int(part) for part in dice.integers(16, 235, 3))
        cv2.fillConvexPoly(painting, cv2.convexHull(corners.astype(np.int32)), colour, cv2.LINE_AA)
    return np.asarray(painting, np.uint8) // 2 + 20 + dice.integers(0, 16, (900, 1600, 3), dtype=np.uint8)


def _speech(number: int) -> bytes:
    """A voice's pitch with syllables, in mono."""
    at = np.arange(round(SPEECH_SECONDS * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    pitch = 110 + 12 * (number % 8)
    voice = sum(np.sin(2 * np.pi * pitch * part * at) / part for part in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * at), 0, 1)
    return encode_flac((0.12 * voice * syllables).astype(np.float32)[:, None])


def _chords(scene: int) -> bytes:
    at = _scene_times()
    notes = (220.0, 277.2, 329.6, 440.0)
    left, right = (
        sum(np.sin(2 * np.pi * note * (1 + 0.001 * side + 0.05 * scene) * at) for note in notes)
        for side in (0, 1)
    )
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * at / 4)
    return encode_flac((0.06 * swell[:, None] * np.stack([left, right], axis=1)).astype(np.float32))


def _rain(scene: int) -> bytes:
    dice = np.random.default_rng(1_000 + scene)
    return encode_flac((dice.standard_normal((len(_scene_times()), 2)) * 0.02).astype(np.float32))


def _scene_times() -> NDArray[np.float64]:
    return np.arange(samples_for(SHOTS_A_SCENE * SHOT_FRAMES, RATE_HZ, 1)) / SAMPLE_RATE_HZ
