"""A running pipeline, watched between its steps: progress, cancels, seeds, and too little memory."""

from __future__ import annotations

import gc
import inspect
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from studio_models.previews import Previews
from studio_platform.batching import OutOfMemory
from studio_platform.engine import Draw, EngineFailure, Run, RunCancelled, show

PERCENT_OF_STEPS = 95
"""What is left is for decoding."""

Callback = Callable[..., Any]


def callbacks(pipeline: Any, runs: Sequence[Run], previews: Previews | None = None) -> dict[str, Any]:
    """The argument by which a pipeline tells of its steps, whichever it has; it ends once all are cancelled.

    `previews` are shown to the runs, the first picture to the first run.

    Ending is by an exception out of the callback, which every pipeline passes on: its own way of interrupting
    gives back a half-made picture as if nothing had been.
    """
    accepted = inspect.signature(pipeline.__call__).parameters

    def modern(_pipe: Any, step: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        look(runs, step + 1, pipeline.num_timesteps)
        if previews is not None:
            previews.look(kept.get("latents"), step + 1, runs)
        return kept

    def legacy(step: int, _time: Any, latents: Any) -> None:
        look(runs, step + 1, len(pipeline.scheduler.timesteps))
        if previews is not None:
            previews.look(latents, step + 1, runs)

    if "callback_on_step_end" in accepted:
        return {"callback_on_step_end": modern}
    return {"callback": legacy, "callback_steps": 1} if "callback" in accepted else {}


def look(runs: Sequence[Run], step: int, steps: int) -> None:
    """Report a step to all. Raises RunCancelled when nobody wants the outcome any more."""
    for run in runs:
        run.progress(PERCENT_OF_STEPS * step // max(1, steps))
    if all(is_cancelled(run) for run in runs):
        raise RunCancelled


def is_cancelled(run: Run) -> bool:
    """Whether a run was cancelled."""
    try:
        run.raise_if_cancelled()
    except RunCancelled:
        return True
    return False


class Unwatched:
    """A run that nobody waits for, such as the one that warms a model."""

    def progress(self, percent: int) -> None:
        """Nobody asks."""

    def raise_if_cancelled(self) -> None:
        """Nobody cancels."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a run as a run of its own: its progress counts from `start_percent` to `end_percent`."""

    run: Run
    start_percent: int
    end_percent: int

    def progress(self, percent: int) -> None:
        """Report the part's percent as the whole's."""
        self.run.progress(self.start_percent + (self.end_percent - self.start_percent) * percent // 100)

    def show(self, draw: Draw) -> None:
        """What is seen of the part is seen of the whole."""
        show(self.run, draw)

    def raise_if_cancelled(self) -> None:
        """As of the whole."""
        self.run.raise_if_cancelled()


def share_of(run: Run, number: int, parts: int) -> Share:
    """One of equal parts of a run, counted from 0; what is left at the end is for storing."""
    return Share(run, PERCENT_OF_STEPS * number // parts, PERCENT_OF_STEPS * (number + 1) // parts)


def generators(torch: Any, seeds: Sequence[int]) -> list[Any]:
    """A source of noise for each seed, on the CPU, so that it is the same on every device."""
    return [torch.Generator("cpu").manual_seed(seed % 2**63) for seed in seeds]


@contextmanager
def memory_watched(torch: Any) -> Iterator[None]:
    """Raises OutOfMemory when the device has too little; after any failure what it held is given back."""
    try:
        yield
    except torch.OutOfMemoryError as little:
        _give_back(torch, little)
        raise OutOfMemory(str(little)) from None
    except Exception as fault:
        _give_back(torch, fault)
        raise


def _give_back(torch: Any, fault: Exception) -> None:
    """The tensors in the frames that a fault came through: its traceback keeps them, and goes to the log."""
    traceback.clear_frames(fault.__traceback__)
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def memory_told(torch: Any) -> Iterator[None]:
    """As `memory_watched`, for an engine without batches to halve: raises EngineFailure."""
    try:
        with memory_watched(torch):
            yield
    except OutOfMemory as little:
        text = "The device has too little memory for it: a smaller size or a memory-saving setting helps."
        raise EngineFailure("OUT_OF_MEMORY", text, log_text=repr(little)) from little
