"""What a job's further outputs come to: sizes from proportions, names, and limits checked."""

from __future__ import annotations

from fractions import Fraction

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.screenplay.languages import language_tag
from studio_platform.errors import FieldViolation

TRUE_PEAK_DEFAULT_MILLIDBTP = -1_000
TRUE_PEAK_MIN_MILLIDBTP, TRUE_PEAK_MAX_MILLIDBTP = -9_000, -500
ASPECT_MAX = 4
_FORM_WORDS = {task_pb2.FILM_FORM_MP4_AV1: "av1", task_pb2.FILM_FORM_WEBM: "webm"}
TARGETS = frozenset({jobs_pb2.TARGET_FILM, jobs_pb2.TARGET_ANIMATIC})


def complete_outputs(options: jobs_pb2.RenderOptions) -> list[FieldViolation]:
    """Fill in the outputs of options that are complete otherwise; what is wrong with them.

    Sizes are those of full quality. Their limits and those of loudness are checked elsewhere.
    """
    found: list[FieldViolation] = []
    if options.outputs and options.target not in TARGETS:
        found.append(FieldViolation("options.outputs", "are of a film or an animatic"))
    for index, output in enumerate(options.outputs):
        found += _complete(output, options, f"options.outputs[{index}]")
    names = [output.name for output in options.outputs]
    if len(set(names)) < len(names):
        found.append(FieldViolation("options.outputs", "must have names that differ"))
    return found


def _complete(output: jobs_pb2.Output, film: jobs_pb2.RenderOptions, field: str) -> list[FieldViolation]:
    found = _complete_size(output, film, field)
    output.loudness_target_millilufs = output.loudness_target_millilufs or film.loudness_target_millilufs
    output.true_peak_max_millidbtp = output.true_peak_max_millidbtp or TRUE_PEAK_DEFAULT_MILLIDBTP
    if not TRUE_PEAK_MIN_MILLIDBTP <= output.true_peak_max_millidbtp <= TRUE_PEAK_MAX_MILLIDBTP:
        text = f"must be {TRUE_PEAK_MIN_MILLIDBTP} to {TRUE_PEAK_MAX_MILLIDBTP}"
        found.append(FieldViolation(f"{field}.true_peak_max_millidbtp", text))
    output.language = language_tag(output.language)
    if output.captions_only and not output.language:
        found.append(FieldViolation(f"{field}.captions_only", "must be of an output with a language"))
    if not _differences(output, film):
        text = "must differ from the film in size, loudness, true peak, language or form"
        found.append(FieldViolation(field, text))
    output.name = output.name or "-".join(_differences(output, film))
    return found


def _complete_size(output: jobs_pb2.Output, film: jobs_pb2.RenderOptions, field: str) -> list[FieldViolation]:
    if not output.aspect:
        if not output.HasField("size"):
            output.size.CopyFrom(film.size)
        return []
    width, height = (int(side) for side in output.aspect.split(":"))
    aspect = Fraction(width, height)
    if not Fraction(1, ASPECT_MAX) <= aspect <= ASPECT_MAX:
        return [FieldViolation(f"{field}.aspect", f"must be 1:{ASPECT_MAX} to {ASPECT_MAX}:1")]
    wanted = size_of(aspect, min(film.size.width_px, film.size.height_px))
    if not output.HasField("size"):
        output.size.CopyFrom(wanted)
    elif output.size != size_of(aspect, min(output.size.width_px, output.size.height_px)):
        return [FieldViolation(f"{field}.size", "must be of the proportions that aspect says")]
    return []


def size_of(aspect: Fraction, shorter_px: int) -> task_pb2.Size:
    """The size of these proportions whose shorter side is so long, with even sides."""
    longer_px = round(shorter_px * max(aspect, 1 / aspect) / 2) * 2
    if aspect >= 1:
        return task_pb2.Size(width_px=longer_px, height_px=shorter_px)
    return task_pb2.Size(width_px=shorter_px, height_px=longer_px)


def _differences(output: jobs_pb2.Output, film: jobs_pb2.RenderOptions) -> list[str]:
    """What sets an output off from the film, in words such as "9x16" and "14lufs"."""
    words: list[str] = []
    if output.size != film.size:
        size = f"{output.size.width_px}x{output.size.height_px}"
        words.append(output.aspect.replace(":", "x") or size)
    if output.loudness_target_millilufs != film.loudness_target_millilufs:
        words.append(f"{_decibels(output.loudness_target_millilufs)}lufs")
    if output.true_peak_max_millidbtp != TRUE_PEAK_DEFAULT_MILLIDBTP:
        words.append(f"{_decibels(output.true_peak_max_millidbtp)}dbtp")
    if output.language:
        words.append(output.language.lower() + ("-captions" if output.captions_only else ""))
    if output.form:
        words.append(_FORM_WORDS[output.form])
    return words


def _decibels(thousandths: int) -> str:
    return f"{abs(thousandths) / 1000:g}"
