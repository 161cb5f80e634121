"""What the families of video pipelines don't tell by their signatures: their classes, rates and lengths."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from studio_models.choices import ModelChoice
from studio_models.loading import ModelError

IMAGE_TO_VIDEO: Mapping[str, str] = {
    "CogVideoXPipeline": "CogVideoXImageToVideoPipeline",
    "HunyuanVideoPipeline": "HunyuanVideoImageToVideoPipeline",
    "HunyuanVideo15Pipeline": "HunyuanVideo15ImageToVideoPipeline",
    "Kandinsky5T2VPipeline": "Kandinsky5I2VPipeline",
    "LTXPipeline": "LTXImageToVideoPipeline",
    "LTX2Pipeline": "LTX2ImageToVideoPipeline",
    "SanaVideoPipeline": "SanaImageToVideoPipeline",
    "SkyReelsV2Pipeline": "SkyReelsV2ImageToVideoPipeline",
    "WanPipeline": "WanImageToVideoPipeline",
}
"""A repository may name its text-to-video class; its weights are loaded by the other one."""

RATES_HZ: Mapping[str, int] = {
    "ChronoEdit": 16,
    "CogVideoX": 8,
    "ConsisID": 8,
    "HunyuanSkyreels": 24,
    "HunyuanVideo": 24,
    "HunyuanVideo15": 24,
    "HunyuanVideoFramepack": 30,
    "Kandinsky5": 24,
    "MotifVideo": 24,
    "SanaImageToVideo": 16,
    "SkyReelsV2": 24,
    "StableVideoDiffusion": 7,
    "Wan": 16,
}
"""By the beginning of a class's name, the longest that fits: the frames a second of what it learned from."""

MULTIPLES_PX: Mapping[str, int] = {"LTX": 32, "LTX2": 32}
"""What a family's call insists on, whatever its network is like."""

RATE_ARGUMENTS = ("frame_rate", "fps", "target_fps")
RATE_UNKNOWN_HZ = 24
FRAMES_UNKNOWN = 49
PIXELS_UNKNOWN = 720 * 480
CALL_MULTIPLE_PX = 8


@dataclass(frozen=True, slots=True)
class Nature:
    """What a loaded pipeline makes: its rate, the most frames and pixels of a call, and their steps."""

    rate_hz: Fraction
    frames_max: int
    frames_step: int
    pixels: int
    multiple_px: int

    def frames_to_ask(self, wanted_frames: int) -> int:
        """The least count of its steps that covers what is wanted, as far as one call goes."""
        steps = -(-max(1, wanted_frames - 1) // self.frames_step)
        return min(steps * self.frames_step + 1, self.frames_max)


def pipeline_class(choice: ModelChoice, diffusers: Any) -> Any:
    """The image-to-video class for a model, by what its index names. Raises ModelError."""
    name = _class_name(choice, diffusers)
    found = getattr(diffusers, IMAGE_TO_VIDEO.get(name, name), None)
    accepted = inspect.signature(found.__call__).parameters if found else {}
    if "image" not in accepted or not accepted.keys() & {"num_frames", "frames"}:
        raise ModelError(f"The model {choice.name} is a {name}, which makes no video from a picture.")
    return found


def _class_name(choice: ModelChoice, diffusers: Any) -> str:
    if choice.folder:
        try:
            index = json.loads((choice.folder / "model_index.json").read_text())
        except (OSError, ValueError) as fault:
            raise ModelError(f"The model {choice.name} has no readable model_index.json.") from fault
    else:
        index = diffusers.DiffusionPipeline.load_config(
            choice.name,
            local_files_only=not choice.may_download,
            **({"revision": choice.revision} if choice.revision else {}),
        )
    return str(index.get("_class_name", ""))


def nature_of(pipeline: Any) -> Nature:
    """What a pipeline makes, by its class, its signature and its parts."""
    accepted = inspect.signature(pipeline.__call__).parameters
    return Nature(
        rate_hz=Fraction(_rate_hz(type(pipeline).__name__, accepted)),
        frames_max=_frames_max(pipeline, accepted),
        frames_step=_scale(pipeline, "vae_scale_factor_temporal", "vae_temporal_compression_ratio", 1),
        pixels=_default(accepted, "width") * _default(accepted, "height") or PIXELS_UNKNOWN,
        multiple_px=_multiple_px(pipeline),
    )


def _known(by_family: Mapping[str, int], pipeline_name: str) -> int:
    """What is known of a class's family, 0 for nothing."""
    families = (family for family in by_family if pipeline_name.startswith(family))
    return by_family.get(max(families, key=len, default=""), 0)


def _rate_hz(name: str, accepted: Mapping[str, inspect.Parameter]) -> int:
    if known := _known(RATES_HZ, name):
        return known
    told = (_default(accepted, argument) for argument in RATE_ARGUMENTS)
    return next((rate for rate in told if rate), RATE_UNKNOWN_HZ)


def _default(accepted: Mapping[str, inspect.Parameter], name: str) -> int:
    default = accepted[name].default if name in accepted else None
    return int(default) if isinstance(default, int | float) else 0


def _frames_max(pipeline: Any, accepted: Mapping[str, inspect.Parameter]) -> int:
    default = _default(accepted, "num_frames") or _default(accepted, "frames")
    unet = getattr(pipeline, "unet", None)
    return default or int(getattr(unet.config, "num_frames", 0) if unet else 0) or FRAMES_UNKNOWN


def _scale(pipeline: Any, name: str, other: str, unknown: int) -> int:
    return int(getattr(pipeline, name, 0) or getattr(pipeline, other, 0) or unknown)


def _multiple_px(pipeline: Any) -> int:
    """What both sides must be a multiple of, for the latents to pass the network without a rest."""
    scale = _scale(
        pipeline,
        "vae_scale_factor_spatial",
        "vae_spatial_compression_ratio",
        getattr(pipeline, "vae_scale_factor", 8),
    )
    known = _known(MULTIPLES_PX, type(pipeline).__name__)
    return math.lcm(scale * _patch_px(pipeline), known or CALL_MULTIPLE_PX)


def _patch_px(pipeline: Any) -> int:
    """The side of what its network sees as one, in latents."""
    transformer = getattr(pipeline, "transformer", None)
    if transformer is None:
        return int(2 ** (len(pipeline.unet.config.block_out_channels) - 1))
    patch = getattr(transformer.config, "patch_size", 1) or 1
    return int(patch[-1] if isinstance(patch, list | tuple) else patch)
