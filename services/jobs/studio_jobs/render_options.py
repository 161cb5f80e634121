"""What a render's options come to: defaults filled in, limits checked."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.output_options import complete_outputs
from studio_platform.errors import FieldViolation, InvalidInput

WIDTH_DEFAULT_PX = 1280
HEIGHT_DEFAULT_PX = 720
WIDTH_MIN_PX, WIDTH_MAX_PX = 64, 7680
HEIGHT_MIN_PX, HEIGHT_MAX_PX = 64, 4320
RATE_DEFAULT = 24
RATE_MIN, RATE_MAX = 10, 120
LOUDNESS_DEFAULT_MILLILUFS = -16_000
LOUDNESS_MIN_MILLILUFS, LOUDNESS_MAX_MILLILUFS = -31_000, -9_000

PROXY_SIDE_PX = 270
"""The shorter side of a proxy."""


def completed(options: jobs_pb2.RenderOptions) -> jobs_pb2.RenderOptions:
    """The options with defaults in place of what is unset.

    Raises InvalidInput with every violation.
    """
    full = jobs_pb2.RenderOptions()
    full.CopyFrom(options)
    if not full.target:
        full.target = jobs_pb2.TARGET_FILM
    if not full.HasField("size"):
        full.size.width_px, full.size.height_px = WIDTH_DEFAULT_PX, HEIGHT_DEFAULT_PX
    if not full.HasField("rate"):
        full.rate.numerator, full.rate.denominator = RATE_DEFAULT, 1
    if not full.HasField("narrate"):
        full.narrate = True
    if not full.loudness_target_millilufs:
        full.loudness_target_millilufs = LOUDNESS_DEFAULT_MILLILUFS
    violations = [*complete_outputs(full), *_violations(full)]
    if full.quality == jobs_pb2.QUALITY_PROXY:
        for size in (full.size, *(output.size for output in full.outputs)):
            _bring_down(size)
    elif not full.quality:
        full.quality = jobs_pb2.QUALITY_FULL
    if violations:
        raise InvalidInput(
            "OPTIONS_INVALID",
            "; ".join(f"{violation.field} {violation.text}" for violation in violations),
            violations=violations,
        )
    return full


def kept_options(stored: bytes) -> jobs_pb2.RenderOptions:
    """The options of a job; one that says nothing of a narrator is from when none was the default."""
    options = jobs_pb2.RenderOptions.FromString(stored)
    options.narrate = options.narrate
    return options


def _bring_down(size: task_pb2.Size) -> None:
    """Make a size that of its proxy, with even sides; one that is as small stays."""
    shorter = min(size.width_px, size.height_px)
    if shorter > PROXY_SIDE_PX:
        size.width_px = round(size.width_px * PROXY_SIDE_PX / shorter / 2) * 2
        size.height_px = round(size.height_px * PROXY_SIDE_PX / shorter / 2) * 2


def _violations(options: jobs_pb2.RenderOptions) -> list[FieldViolation]:
    found: list[FieldViolation] = []
    _check_size(found, "options", options.size)
    rate = options.rate
    if not (1 <= rate.denominator <= 1001 and RATE_MIN <= rate.numerator / rate.denominator <= RATE_MAX):
        text = f"must be {RATE_MIN} to {RATE_MAX} frames a second, with a denominator of 1 to 1001"
        found.append(FieldViolation("options.rate", text))
    _check_loudness(found, "options", options.loudness_target_millilufs)
    for index, output in enumerate(options.outputs):
        _check_size(found, f"options.outputs[{index}]", output.size)
        _check_loudness(found, f"options.outputs[{index}]", output.loudness_target_millilufs)
    kinds = [choice.kind for choice in options.pools]
    if len(set(kinds)) < len(kinds):
        found.append(FieldViolation("options.pools", "must name each kind once at most"))
    return found


def _check_size(found: list[FieldViolation], owner: str, size: task_pb2.Size) -> None:
    _check_even(found, f"{owner}.size.width_px", size.width_px, WIDTH_MIN_PX, WIDTH_MAX_PX)
    _check_even(found, f"{owner}.size.height_px", size.height_px, HEIGHT_MIN_PX, HEIGHT_MAX_PX)


def _check_loudness(found: list[FieldViolation], owner: str, millilufs: int) -> None:
    if not LOUDNESS_MIN_MILLILUFS <= millilufs <= LOUDNESS_MAX_MILLILUFS:
        text = f"must be {LOUDNESS_MIN_MILLILUFS} to {LOUDNESS_MAX_MILLILUFS}"
        found.append(FieldViolation(f"{owner}.loudness_target_millilufs", text))


def _check_even(found: list[FieldViolation], field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most or value % 2:
        found.append(FieldViolation(field, f"must be even and {least} to {most}"))
