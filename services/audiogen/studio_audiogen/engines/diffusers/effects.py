"""A scene's effects from a model: ambiences chained to its length, single sounds where they fall."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from studio_audiogen.acoustics import chance, fade, gain, samples_in
from studio_audiogen.engines.diffusers.chain import chained, pieces_of
from studio_audiogen.engines.diffusers.level import levelled, within_peak
from studio_audiogen.engines.diffusers.model import SoundModel, SoundWanted
from studio_audiogen.engines.diffusers.words import AMBIENCES, CUES, NOT_IN_EFFECTS
from studio_audiogen.orders import EffectsOrder
from studio_media.sound import Samples
from studio_models.steps import share_of
from studio_platform.engine import Run

VARIANTS_MAX = 2
"""A sound that comes again and again is made so often; the variants take turns."""

_FADE_SECONDS = 0.4
_CUE_FADE_SECONDS = 0.05
_ONSET_SHARE = 0.02


def effects_of(order: EffectsOrder, model: SoundModel, run: Run) -> tuple[Samples, dict[str, str]]:
    """The scene (count, 2) at 48 kHz, exactly as long as the order, and facts of it.

    Raises EngineFailure, RunCancelled.
    """
    count, ambiences = order.length.samples, list(dict.fromkeys(order.ambiences))
    wanted = _variants(order)
    parts = len(ambiences) + len(wanted)
    scene = np.zeros((count, 2), np.float32)
    for number, name in enumerate(ambiences):
        scene += _ambience(name, order, model, share_of(run, number, parts))
    sounds = {
        variant: _cue(variant, order.seed, model, share_of(run, number, parts))
        for number, variant in enumerate(wanted, len(ambiences))
    }
    _lay_cues(scene, order, sounds)
    return within_peak(scene), {"ambiences": " ".join(ambiences)[:128]}


def _variants(order: EffectsOrder) -> list[tuple[str, int]]:
    """Which sounds are to be made, each kind as often as it comes, up to VARIANTS_MAX."""
    return list(dict.fromkeys(_variant_of_each(order)))


def _variant_of_each(order: EffectsOrder) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    variants = []
    for cue in order.cues:
        counts[cue.kind] = counts.get(cue.kind, -1) + 1
        variants.append((cue.kind, counts[cue.kind] % VARIANTS_MAX))
    return variants


def _ambience(name: str, order: EffectsOrder, model: SoundModel, run: Run) -> Samples:
    sound = AMBIENCES[name]
    pieces = pieces_of(order.length.samples, model.seconds_max)

    def piece(number: int, seconds: float) -> Samples:
        seed = _seed("ambience", name, number, order.seed)
        return model.sound(
            SoundWanted(sound.prompt, NOT_IN_EFFECTS, seconds, seed), share_of(run, number, pieces)
        )

    bed = levelled(chained(order.length.samples, model.seconds_max, piece), sound.lufs)
    fade(bed.T, samples_in(_FADE_SECONDS), samples_in(_FADE_SECONDS))
    return bed


def _cue(variant: tuple[str, int], seed: int, model: SoundModel, run: Run) -> Samples:
    """One single sound from where it begins."""
    sound = CUES[variant[0]]
    seconds = min(sound.seconds, model.seconds_max)
    made = model.sound(SoundWanted(sound.prompt, NOT_IN_EFFECTS, seconds, _seed("cue", *variant, seed)), run)
    heard = np.abs(made).max(axis=1)
    made = levelled(made[int(np.argmax(heard > _ONSET_SHARE * heard.max())) :], sound.lufs)
    fade(made.T, 0, samples_in(_CUE_FADE_SECONDS))
    return made


def _lay_cues(scene: Samples, order: EffectsOrder, sounds: Mapping[tuple[str, int], Samples]) -> None:
    for cue, variant in zip(order.cues, _variant_of_each(order), strict=True):
        start = order.length.sample_of(cue.start_frame)
        sound = sounds[variant][: len(scene) - start]
        scene[start : start + len(sound)] += sound * np.float32(gain(cue.gain_millibels))
    fade(scene.T, 0, samples_in(_CUE_FADE_SECONDS))


def _seed(*labels: str | int) -> int:
    return int(chance(*labels).integers(2**63))
