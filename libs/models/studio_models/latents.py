"""Latents of any family as planes: one picture's, whether a pipeline packs them or makes a clip."""

from __future__ import annotations

import math
from typing import Any

FRAMES_BEFORE_CHANNELS = ("StableVideoDiffusion", "CogVideoX")

STRAIGHT = ("EulerDiscreteScheduler", "FlowMatchEulerDiscreteScheduler")
"""Schedulers whose steps go straight from noise to a picture, as far as one step shows."""


def plane_of(latents: Any, channels: int, grid: tuple[int, int], pipeline_name: str) -> Any:
    """The latents (channels, height, width) of one order, of a clip its middle frame; None for unknown forms.

    `latents` are (channels, height, width), of a clip with frames before or after the channels, or packed as
    (places, numbers); `grid` is the height and width in latents.
    """
    if latents.ndim == 2:
        latents = _unpacked(latents, channels, grid)
    elif latents.ndim == 4 and pipeline_name.startswith(FRAMES_BEFORE_CHANNELS):
        latents = latents.transpose(0, 1)
    if latents is not None and latents.ndim == 4:
        latents = latents[:, latents.shape[1] // 2]
    return latents if latents is not None and len(latents) == channels else None


def _unpacked(latents: Any, channels: int, grid: tuple[int, int]) -> Any:
    """Packed latents as (channels, frames, height, width): each place holds a square of them."""
    places, numbers = latents.shape
    side = math.isqrt(max(1, numbers // channels))
    high, wide = (each // side for each in grid)
    if side * side * channels != numbers or high * wide == 0 or places % (high * wide):
        return None
    squares = latents.reshape(-1, high, wide, channels, side, side)
    return squares.permute(3, 0, 1, 4, 2, 5).reshape(channels, -1, high * side, wide * side)


def foreseen(scheduler: Any, before: Any, now: Any) -> Any:
    """Where the last step leads if the rest goes as it did: the picture without its noise.

    As it is for schedulers that bend their way.
    """
    is_straight = type(scheduler).__name__ in STRAIGHT or getattr(scheduler.config, "use_flow_sigmas", False)
    index = getattr(scheduler, "step_index", None)
    if not is_straight or not index or before is None or before.shape != now.shape:
        return now
    last, here = (float(sigma) for sigma in scheduler.sigmas[index - 1 : index + 1])
    return now if last == here else now - (now - before) * (here / (here - last))
