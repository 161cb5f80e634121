"""The levels engine: the gains of a film from what its scenes measure; none of its sound is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio_composer.given import part_path
from studio_composer.levels import SceneLevels, film_levels, levels_from
from studio_composer.mixdown import Balance
from studio_composer.orders import SEGMENTS_MAX, LevelsOrder
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

ENGINE = "studio"
REVISION = "levels3"


class LevelsEngine:
    """Sets a film's faders."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="LEVELS", engine=ENGINE, revision=REVISION, parts=frozenset({"levels"}))

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[LevelsOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Find each film's levels in turn; see Engine.run."""
        return [_levels(order, run) for order, run in zip(orders, runs, strict=True)]


def _levels(order: LevelsOrder, run: Run) -> Product:
    target_lufs = order.loudness_target_millilufs / 1_000
    if not 1 <= len(order.segments) <= SEGMENTS_MAX or not -70 < target_lufs <= -5:
        raise EngineFailure(
            "SPEC_INVALID",
            f"Levels are of 1 to {SEGMENTS_MAX} scenes, for -70 to -5 LUFS.",
            permanent=True,
        )
    own_gains = [(segment.music.gain, segment.effects.gain) for segment in order.segments]
    peak_max_dbtp = order.true_peak_max_millidbtp / 1_000
    levels = film_levels(_Scenes(order, run), Balance(), target_lufs, own_gains, peak_max_dbtp)
    return Product(
        parts=(Part("gains", "application/json", data=levels.record()),),
        facts={"gain_db": str(levels.gain_db)},
    )


class _Scenes:
    """What the scenes of a film measure, read anew each time: half a megabyte each."""

    def __init__(self, order: LevelsOrder, run: Run) -> None:
        self._order = order
        self._run = run

    def __iter__(self) -> Iterator[SceneLevels]:
        for number, segment in enumerate(self._order.segments, start=1):
            self._run.raise_if_cancelled()
            path = part_path(self._order.inputs, segment.role, "levels", f"scene {number}")
            try:
                yield levels_from(path.read_bytes())
            except (ValueError, KeyError, OSError) as error:
                raise EngineFailure(
                    "LEVELS_FAILED", "What a scene measures can't be read.", log_text=repr(error)
                ) from error
