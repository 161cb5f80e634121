"""The joins of the clips, as the segment engine makes them: by packet copy, and with crossfades."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.joining.material import HEIGHT_PX, RATE_HZ, SHOT_FRAMES, WIDTH_PX, Material
from studio_composer.fades import Fades
from studio_composer.scratch import work_folder
from studio_composer.shelf import Shelf
from studio_composer.splice import Piece, conforming, reference_for, write_picture
from studio_composer.takes import Joiner, Take
from studio_composer.verdicts import look_at
from studio_composer.workbench import Workbench
from studio_media.picture import Source

CROSSFADE_FRAMES = 12


class Joins:
    """Joins the clips into a folder; a new shelf each time, so that nothing is known of one before."""

    def __init__(self, made: Material, folder: Path, *, is_looked_at: bool) -> None:
        self._made = made
        self._folder = folder
        self._is_looked_at = is_looked_at
        self._shelf = Shelf()
        # A running composer has made it for the film before.
        self._reference = reference_for(WIDTH_PX, HEIGHT_PX, RATE_HZ, 1)

    def cut(self) -> Path:
        """Hard cuts."""
        with work_folder(self._folder) as work:
            sources = self._sources(work)
            return self._written([Piece(source, 0, SHOT_FRAMES) for source in sources])

    def crossfaded(self) -> Path:
        """Half a second shared at each joint."""
        with work_folder(self._folder) as work:
            takes = [
                Take(source, 0, SHOT_FRAMES, crossfade_frames=CROSSFADE_FRAMES)
                for source in self._sources(work)
            ]
            workbench = Workbench(self._reference, work, _unasked, self._shelf)
            return self._written(Joiner(workbench).join(takes, Fades(0, 0)))

    def _sources(self, work: Path) -> list[Source]:
        return [
            conforming(clip, SHOT_FRAMES, self._reference, work / clip.name, _unasked)[0]
            for clip in self._made.clips
        ]

    def _written(self, pieces: Sequence[Piece]) -> Path:
        path = self._folder / "joined.mp4"
        write_picture(pieces, self._reference, path, _unasked)
        if self._is_looked_at:
            length_frames = sum(piece.length_frames for piece in pieces)
            look_at(path, length_frames, self._reference, self._shelf, _unasked)
        return path


def _unasked() -> None:
    """Nobody cancels."""
