"""How loud speech is in each frame of a clip, against its own loud moments."""

from __future__ import annotations

import numpy as np

from studio_media.sound import SoundError, decode
from studio_platform.engine import EngineFailure
from studio_videogen.orders import ClipOrder, Spoken

RATE_HZ = 16_000
LOUD_PERCENTILE = 95
# Quieter is silence, whatever else is said: 50 dB under full scale.
SILENCE = 0.003


def loudness_of(order: ClipOrder) -> list[float]:
    """0 to 1 for each frame; 0 where nothing is said.

    Raises EngineFailure, permanent, for a speech that cannot be read.
    """
    levels = np.zeros(order.length_frames)
    for spoken in order.speeches:
        said = _levels(spoken, order)[: max(0, order.length_frames - spoken.start_frame)]
        part = levels[spoken.start_frame : spoken.start_frame + len(said)]
        np.maximum(part, said, out=part)
    return [float(level) for level in levels]


def _levels(spoken: Spoken, order: ClipOrder) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The root of the mean square of each frame, against what few frames exceed."""
    try:
        samples = decode(spoken.speech.parts["speech"], RATE_HZ)[:, 0].astype(np.float64)
    except (KeyError, SoundError) as error:
        raise EngineFailure(
            "BAD_SPEECH", "The speech cannot be read.", log_text=repr(error), permanent=True
        ) from error
    frames = -(-len(samples) * order.rate_numerator // (RATE_HZ * order.rate_denominator))
    edges = np.arange(frames + 1) * RATE_HZ * order.rate_denominator // order.rate_numerator
    squares = np.concatenate([[0.0], np.cumsum(samples * samples)])
    ends = np.minimum(edges, len(samples))
    counts = np.maximum(1, np.diff(ends))
    roots = np.sqrt(np.maximum(np.diff(squares[ends]) / counts, 0.0))
    loud = np.percentile(roots[roots > SILENCE], LOUD_PERCENTILE) if (roots > SILENCE).any() else 1.0
    return np.where(roots > SILENCE, np.minimum(1.0, roots / loud), 0.0)
