"""What latents look like: a linear way from a model's latents to colours, found by its own VAE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

SAMPLE_CELLS = (4, 16)
"""Pictures of so many coloured cells a side are encoded: large areas and small ones."""

SAMPLE_LATENTS = 16
"""Their side, in latents."""

RIDGE = 1e-4

Levels = np.ndarray[Any, Any]
"""A picture (height, width, 3), 0 to 1."""


@dataclass(frozen=True, slots=True)
class Colours:
    """`weights` (channels + 1, 3) make colours, the last row added; a latent is `scale_px` wide."""

    weights: Levels
    scale_px: int

    @property
    def channels(self) -> int:
        """How many numbers a latent has."""
        return len(self.weights) - 1

    def of(self, latents: Levels) -> Levels:
        """A picture of latents (channels, height, width), one pixel for each."""
        channels, high, wide = latents.shape
        flat = latents.reshape(channels, high * wide).T
        seen = flat @ self.weights[:-1] + self.weights[-1]
        picture: Levels = np.clip(seen, 0, 1).reshape(high, wide, 3)
        return picture


def colours_of(pipeline: Any, torch: Any) -> Colours:
    """Those that fit best what a pipeline's VAE makes of some pictures; it takes a moment, once."""
    scale_px = _scale_px(pipeline)
    pictures = [_sample(cells, SAMPLE_LATENTS * scale_px) for cells in SAMPLE_CELLS]
    latents = [_encoded(pipeline, picture, torch) for picture in pictures]
    seen = np.concatenate([each.reshape(len(each), -1).T for each in latents])
    wanted = np.concatenate([_small(picture, scale_px).reshape(-1, 3) for picture in pictures])
    if not np.isfinite(seen).all():
        raise ValueError("its VAE encodes without numbers")
    known = np.hstack([seen, np.ones((len(seen), 1))])
    inner = known.T @ known + RIDGE * len(known) * np.eye(known.shape[1])
    return Colours(np.linalg.solve(inner, known.T @ wanted).astype(np.float32), scale_px)


def _scale_px(pipeline: Any) -> int:
    """How many pixels wide a latent is."""
    names = ("vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_scale_factor")
    return int(next(scale for name in names if (scale := getattr(pipeline, name, 0))))


def _sample(cells: int, side_px: int) -> Levels:
    colours = np.random.default_rng(cells).integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    picture = Image.fromarray(colours).resize((side_px, side_px), Image.Resampling.BICUBIC)
    return np.asarray(picture, np.float32) / 255


def _small(picture: Levels, block_px: int) -> Levels:
    """Each block of a picture as one pixel."""
    side = len(picture) // block_px
    small: Levels = picture.reshape(side, block_px, side, block_px, 3).mean(axis=(1, 3))
    return small


def _encoded(pipeline: Any, picture: Levels, torch: Any) -> Levels:
    """A picture's latents (channels, height, width), scaled as a pipeline's own are."""
    vae = pipeline.vae
    own_dtype = vae.dtype
    # In half precision the VAE of SDXL runs over; its pipeline does the same before it decodes.
    is_upcast = own_dtype == torch.float16 and getattr(vae.config, "force_upcast", False)
    try:
        if is_upcast:
            vae.to(torch.float32)
        pixels = torch.from_numpy(picture * 2 - 1).permute(2, 0, 1)[None]
        if _is_of_video(vae, torch):
            pixels = pixels[:, :, None]
        encoded = vae.encode(pixels.to(pipeline._execution_device, vae.dtype))
    finally:
        if is_upcast:
            vae.to(own_dtype)
    found = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded[0]
    latents = found.float().cpu().numpy()[0]
    return _scaled(latents.reshape(len(latents), *latents.shape[-2:]), vae)


def _is_of_video(vae: Any, torch: Any) -> bool:
    return any(isinstance(layer, torch.nn.Conv3d) for layer in vae.encoder.modules())


def _scaled(latents: Levels, vae: Any) -> Levels:
    scale = getattr(vae.config, "scaling_factor", None) or 1.0
    mean, deviation = (_told(vae, name) for name in ("latents_mean", "latents_std"))
    if mean is not None and deviation is not None:
        return (latents - mean) * scale / deviation
    return (latents - (getattr(vae.config, "shift_factor", None) or 0.0)) * scale


def _told(vae: Any, name: str) -> Levels | None:
    """A number for each channel, which some have in their configuration and some beside their weights."""
    told = getattr(vae.config, name, None)
    beside = None if told is not None else dict(vae.named_buffers()).get(name)
    if beside is not None:
        told = beside.float().cpu().numpy()
    return None if told is None else np.asarray(told, np.float32).reshape(-1, 1, 1)
