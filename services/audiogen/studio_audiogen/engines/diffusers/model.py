"""A loaded text-to-audio pipeline: seconds of sound from words, whatever its family calls things."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples
from studio_models.choices import ModelChoice
from studio_models.loading import load_pipeline
from studio_models.prompts import words_left_out
from studio_models.seeds import SEEDS_TRIED, seed_of
from studio_models.steps import Unwatched, callbacks, generators, memory_told
from studio_platform.engine import EngineFailure, Run
from studio_platform.logs import get_logger

SECONDS_UNKNOWN = 10.0
WARM_SECONDS = 1.0
SILENT_LEVEL = 1e-4
"""A sound whose peak is below this, full scale being 1, holds nothing."""

_LAYOUTS = {1: "mono", 2: "stereo"}
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SoundWanted:
    """What one call is asked for."""

    prompt: str
    negative_prompt: str
    seconds: float
    seed: int


class SoundModel:
    """One pipeline for all engines of a process, run by the one thread that owns the device.

    `seconds_max` of 0 is the pipeline's own.
    """

    def __init__(self, choice: ModelChoice, seconds_max: float = 0) -> None:
        self.choice = choice
        self.seconds_max = seconds_max
        self._device = ThreadPoolExecutor(1, thread_name_prefix="device")
        self._pipeline: Any = None
        self._torch: Any = None

    def load(self) -> None:
        """Load the pipeline, once, and make a second of sound, to find it warm later. Raises ModelError."""
        self._device.submit(self._load).result()

    def sound(self, wanted: SoundWanted, run: Run) -> Samples:
        """Stereo at 48 kHz, about as long as wanted; what came out empty is made anew from another seed.

        Raises EngineFailure, RunCancelled.
        """
        return self._device.submit(self._sound, wanted, run).result()

    def words_left_out(self, prompt: str) -> str:
        """The words beyond what the model reads, empty when it reads all."""
        tokenizer = getattr(self._pipeline, "tokenizer", None)
        if tokenizer is None:
            return ""
        return self._device.submit(words_left_out, tokenizer, prompt).result()

    def _load(self) -> None:
        if self._pipeline is not None:
            return
        pipeline = load_pipeline(self.choice, lambda diffusers: diffusers.AutoPipelineForText2Audio)
        import torch

        self._pipeline, self._torch = pipeline, torch
        self.seconds_max = self.seconds_max or _own_seconds(pipeline)
        self._drawn(SoundWanted("warm", "", min(WARM_SECONDS, self.seconds_max), 0), 0, Unwatched())

    def _sound(self, wanted: SoundWanted, run: Run) -> Samples:
        for attempt in range(SEEDS_TRIED):
            run.raise_if_cancelled()
            samples = self._drawn(wanted, attempt, run)
            if len(samples) and np.isfinite(samples).all() and np.abs(samples).max() >= SILENT_LEVEL:
                return resampled(samples, _rate_hz(self._pipeline))
            _log.warning("empty sound", model=self.choice.title, attempt=attempt)
        raise EngineFailure(
            "EMPTY_SOUND",
            f"The model made silence, or no sound at all, from {SEEDS_TRIED} seeds."
            " Another seed or model may help.",
        )

    def _drawn(self, wanted: SoundWanted, attempt: int, run: Run) -> Samples:
        """Samples (count, 1 or 2) at the model's own rate."""
        seed = seed_of(wanted.seed, attempt)
        arguments = self._arguments(wanted, seed)
        with memory_told(self._torch), self._torch.inference_mode():
            drawn = self._pipeline(**arguments, **callbacks(self._pipeline, [run]))
        sound = np.atleast_2d(np.asarray(drawn.audios[0], dtype=np.float32))
        return np.ascontiguousarray(sound[:2].T)

    def _arguments(self, wanted: SoundWanted, seed: int) -> dict[str, Any]:
        """What the pipeline is called with, of that only what it knows."""
        lengths = ("audio_end_in_s", "audio_length_in_s", "audio_duration_s", "duration")
        offered = {
            "prompt": wanted.prompt,
            "negative_prompt": wanted.negative_prompt or None,
            **dict.fromkeys(lengths, wanted.seconds),
            "num_inference_steps": self.choice.steps or None,
            "guidance_scale": self.choice.guidance_permille / 1000 or None,
            "generator": generators(self._torch, [seed])[0],
            "output_type": "np",
        }
        accepted = inspect.signature(self._pipeline.__call__).parameters
        return {name: value for name, value in offered.items() if name in accepted and value is not None}


def resampled(samples: Samples, rate_hz: int) -> Samples:
    """Samples (count, 1 or 2) of a rate as stereo at 48 kHz, exactly as long."""
    count = round(len(samples) * SAMPLE_RATE_HZ / rate_hz)
    frame = AudioFrame.from_ndarray(
        np.ascontiguousarray(samples).reshape(1, -1), format="flt", layout=_LAYOUTS[samples.shape[1]]
    )
    frame.sample_rate = rate_hz
    resampler = AudioResampler(format="fltp", layout=_LAYOUTS[samples.shape[1]], rate=SAMPLE_RATE_HZ)
    blocks = [block.to_ndarray().T for part in (frame, None) for block in resampler.resample(part)]
    stereo = np.zeros((count, 2), np.float32)
    found = np.concatenate(blocks)[:count]
    stereo[: len(found)] = found
    return stereo


def _rate_hz(pipeline: Any) -> int:
    vocoder = getattr(pipeline, "vocoder", None)
    return int((vocoder or pipeline.vae).config.sampling_rate)


def _own_seconds(pipeline: Any) -> float:
    """The longest that a call makes: by the size that its network was made for, where it has one."""
    transformer, hop = getattr(pipeline, "transformer", None), getattr(pipeline.vae, "hop_length", 0)
    if transformer is None or not hop:
        return SECONDS_UNKNOWN
    return float(transformer.config.sample_size) * float(hop) / _rate_hz(pipeline)
