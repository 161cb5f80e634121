"""Music or effects by a model of diffusers; the engines of a process share one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Literal

from studio_audiogen.orders import EffectsOrder, MusicOrder
from studio_models.choices import ModelChoice
from studio_platform.engine import EngineDescription, Part, Product, Run

if TYPE_CHECKING:
    from studio_audiogen.engines.diffusers.model import SoundModel

REVISION = "1"

Kind = Literal["MUSIC", "EFFECTS"]


class SharedModel:
    """The model of a process, made when the first of its engines loads it."""

    def __init__(self, choice: ModelChoice, seconds_max: float = 0) -> None:
        self.choice = choice
        self._seconds_max = seconds_max
        self._model: SoundModel | None = None
        self._lock = Lock()

    def key(self) -> str:
        """Sixteen digits of what decides its sounds."""
        facts = f"{self.choice.key() if self.choice.name else ''} {self._seconds_max}"
        return hashlib.sha256(facts.encode()).hexdigest()[:16]

    def loaded(self) -> SoundModel:
        """The model, ready to be asked. Raises ModelError."""
        from studio_audiogen.engines.diffusers.model import SoundModel

        with self._lock:
            if self._model is None:
                model = SoundModel(self.choice, self._seconds_max)
                model.load()
                self._model = model
            return self._model


class DiffusersEngine:
    """Scores, or scenes of ambiences and single sounds, from a text-to-audio pipeline."""

    def __init__(self, kind: Kind, model: SharedModel) -> None:
        self._kind = kind
        self._model = model
        self._key = model.key()

    def describe(self) -> EngineDescription:
        """Say which model this is."""
        return EngineDescription(
            kind=self._kind,
            engine="diffusers",
            revision=REVISION,
            model=self._model.choice.title,
            model_revision=self._key,
            deterministic=False,
        )

    def load(self) -> None:
        """Load the model. Raises ModelError."""
        self._model.loaded()

    def run(self, orders: Sequence[MusicOrder | EffectsOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make each order's sound, exactly as long as its frames; see Engine.run."""
        return [self._product(order, run) for order, run in zip(orders, runs, strict=True)]

    def _product(self, order: MusicOrder | EffectsOrder, run: Run) -> Product:
        from studio_audiogen.engines.diffusers.effects import effects_of
        from studio_audiogen.engines.diffusers.music import music_of
        from studio_media.sound import encode_flac

        model = self._model.loaded()
        if isinstance(order, MusicOrder):
            samples, facts = music_of(order, model, run)
        else:
            samples, facts = effects_of(order, model, run)
        part = Part(self._kind.lower(), "audio/flac", data=encode_flac(samples))
        facts = {"model": self._model.choice.title, **facts}
        return Product((part,), order.length.milliseconds, facts=facts)


def engines(choice: ModelChoice, seconds_max: float) -> Mapping[str, Callable[[], DiffusersEngine]]:
    """How each engine is built, by the names that settings use."""
    model = SharedModel(choice, seconds_max)
    return {
        "diffusers-music": lambda: DiffusersEngine("MUSIC", model),
        "diffusers-effects": lambda: DiffusersEngine("EFFECTS", model),
    }
