"""Pipelines from their folders or the hub, on their device, with the savings that were chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from studio_models.choices import ModelChoice
from studio_models.inventory import differences
from studio_models.weights import faults
from studio_platform.logs import get_logger

_log = get_logger(__name__)


class ModelError(RuntimeError):
    """A model that can't be loaded, in words for who runs the service."""


def _nothing(_pipeline: Any) -> None:
    """What most engines do to a pipeline before it is brought to its device."""


def load_pipeline(
    choice: ModelChoice, find: Callable[[Any], Any], prepare: Callable[[Any], None] = _nothing
) -> Any:
    """The pipeline of a choice, ready to be called; how far it is goes to the log.

    `find` picks the class, with a `from_pretrained`, of the module diffusers. `prepare` is called before the
    pipeline is brought to its device. Raises ModelError.
    """
    _require_whole(choice)
    started = time.monotonic()
    with _told(choice):
        diffusers, transformers, torch = _libraries()
        for library in (diffusers, transformers):
            library.utils.logging.disable_progress_bar()
        device = device_of(choice, torch)
        _log.info("loading model", model=choice.title, device=device, weights_mb=choice.weights_bytes >> 20)
        pipeline = find(diffusers).from_pretrained(
            choice.name,
            dtype=dtype_of(choice, device, torch),
            local_files_only=not choice.may_download,
            **({"revision": choice.revision} if choice.revision and not choice.folder else {}),
        )
        _log.info("weights read", model=choice.title, seconds=round(time.monotonic() - started, 1))
        _set_scheduler(pipeline, choice, diffusers)
        prepare(pipeline)
        _place(pipeline, choice, device, torch)
        pipeline.set_progress_bar_config(disable=True)
    _log.info(
        "model loaded",
        model=choice.title,
        pipeline=type(pipeline).__name__,
        device=device,
        seconds=round(time.monotonic() - started, 1),
    )
    return pipeline


def _require_whole(choice: ModelChoice) -> None:
    """Raises ModelError for a folder whose files are cut short, or aren't those that were asked for."""
    if not choice.folder:
        return
    if not choice.is_pipeline:
        raise ModelError(f"The model {choice.name} can't be loaded: the folder has no model_index.json.")
    if damaged := faults(choice.folder):
        raise ModelError(f"The model {choice.name} can't be loaded: {damaged[0]}. Fetch it again.")
    if choice.sha256 and (changed := differences(choice.folder, choice.sha256)):
        raise ModelError(f"The model {choice.name} isn't the one that was asked for: {changed[0]}.")


def device_of(choice: ModelChoice, torch: Any) -> str:
    """The device of a choice. Raises ModelError when it isn't there."""
    there = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    if choice.device == "auto":
        return next(device for device in there if there[device])
    kind, _, number = choice.device.partition(":")
    if int(number or 0) >= there[kind]:
        raise ModelError(f"There is no device {choice.device} here; auto takes what there is.")
    return choice.device


def dtype_of(choice: ModelChoice, device: str, torch: Any) -> Any:
    """The numbers' type: of the choice, or what the device is good at."""
    if choice.dtype != "auto":
        return getattr(torch, choice.dtype)
    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float16 if device == "mps" else torch.float32


def _libraries() -> tuple[Any, Any, Any]:
    try:
        import diffusers
        import torch
        import transformers
    except ImportError as missing:
        raise ModelError(
            f"{missing.name} is not installed: this engine needs pip install 'studio-models[diffusers]'."
        ) from missing
    return diffusers, transformers, torch


@contextmanager
def _told(choice: ModelChoice) -> Iterator[None]:
    """Faults of the libraries as ModelError that says what to look at."""
    try:
        yield
    except ModelError:
        raise
    except Exception as fault:
        raise ModelError(f"The model {choice.name} can't be loaded: {_advice(choice, fault)}") from fault


def _advice(choice: ModelChoice, fault: Exception) -> str:
    if isinstance(fault, OSError) and not choice.folder and not choice.may_download:
        return "it is no folder, it is not in the cache, and downloads are off; name a folder or allow them."
    return f"{type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else 'no reason given'}"


def _set_scheduler(pipeline: Any, choice: ModelChoice, diffusers: Any) -> None:
    if not choice.scheduler:
        return
    scheduler = getattr(diffusers, choice.scheduler, None)
    known = [each.__name__ for each in pipeline.scheduler.compatibles]
    if scheduler is None or choice.scheduler not in known:
        raise ModelError(f"It has no scheduler {choice.scheduler}; it takes {', '.join(sorted(known))}.")
    pipeline.scheduler = scheduler.from_config(pipeline.scheduler.config)


def _place(pipeline: Any, choice: ModelChoice, device: str, torch: Any) -> None:
    """Bring the pipeline to its device, as the savings say; what needs a GPU is refused without one."""
    wanted = set(choice.savings)
    if device == "cpu" and (needless := wanted & {"model-offload", "group-offload"}):
        raise ModelError(f"{', '.join(sorted(needless))} needs a GPU; there is nothing to offload from here.")
    network: Any = getattr(pipeline, "transformer", None) or pipeline.unet
    if "layerwise-casting" in wanted:
        network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=network.dtype)
    if "attention-slicing" in wanted:
        pipeline.enable_attention_slicing()
    if "vae-slicing" in wanted:
        pipeline.vae.enable_slicing()
    if "vae-tiling" in wanted:
        pipeline.vae.enable_tiling()
    if "compile" in wanted:
        network.compile_repeated_blocks(fullgraph=True)
    if "model-offload" in wanted:
        pipeline.enable_model_cpu_offload(device=device)
    elif "group-offload" in wanted:
        pipeline.enable_group_offload(torch.device(device), offload_type="leaf_level", use_stream=True)
    else:
        pipeline.to(device)
