"""The scene: ambiences throughout, cues where they fall, limited and exactly as long as the order."""

from __future__ import annotations

import numpy as np

from studio_audiogen.acoustics import Samples, chance, fade, gain, samples_in
from studio_audiogen.engines.effects.ambiences import ambience
from studio_audiogen.engines.effects.cues import cue
from studio_audiogen.engines.effects.textures import lay
from studio_audiogen.orders import EffectsOrder
from studio_platform.engine import Run

PEAK_MILLIBELS = -300
_EDGE_S = 0.02
"""The mix fades scenes in and out; a stem alone must not click."""


def scene_of(order: EffectsOrder, run: Run) -> Samples:
    """Return the scene as samples of shape (count, 2) at 48 kHz, at most -3 dBFS.

    An ambience's sound depends on the seed and its name alone, a cue's also on its number, so that
    adding one leaves the others as they were. Raises RunCancelled between sounds.
    """
    count = order.length.samples
    scene = np.zeros((2, count), np.float32)
    for name in dict.fromkeys(order.ambiences):
        run.raise_if_cancelled()
        scene += ambience(name, chance("ambience", name, order.seed), count)
    fade(scene, samples_in(_EDGE_S), 0)
    for number, wanted in enumerate(order.cues):
        run.raise_if_cancelled()
        run.progress(50 + 40 * number // len(order.cues))
        random = chance("cue", wanted.kind, number, order.seed)
        sound = cue(wanted.kind, random)
        pan = 0.35 + 0.3 * float(random.random())
        lay(scene, sound, order.length.sample_of(wanted.start_frame), gain(wanted.gain_millibels), pan)
    fade(scene, 0, samples_in(_EDGE_S))
    return np.ascontiguousarray(_limited(scene).T)


def _limited(scene: Samples) -> Samples:
    """Bend peaks over half of full scale softly towards -3 dBFS, and leave the rest untouched."""
    highest, knee = gain(PEAK_MILLIBELS), 0.5
    size = np.abs(scene)
    if float(size.max(initial=0.0)) <= knee:
        return scene
    bent = knee + (highest - knee) * np.tanh((size - knee) / (highest - knee))
    limited: Samples = np.where(size > knee, np.sign(scene) * bent, scene).astype(np.float32)
    return limited
