"""What --also says: one more film of the same job, in another size, loudness or language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filmstudio.errors import RefusedError

if TYPE_CHECKING:
    from filmstudio.jobs.v1 import jobs_pb2

OUTPUTS_MAX = 4
THOUSAND = 1000

_ASPECT = re.compile(r"\d{1,4}:\d{1,4}")
_SIZE = re.compile(r"(\d{2,4})[x×](\d{2,4})")
_DECIBELS = re.compile(r"(-\d{1,2})(?:\.(\d{1,3}))? ?(|lufs|lkfs|dbtp)")
_NAME = re.compile(r"name=([a-z0-9][a-z0-9.-]{0,39})")
_LANGUAGE = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})(:captions)?")
_WORDS = {
    "size": "size",
    "aspect": "proportions",
    "lufs": "loudness",
    "dbtp": "true peak",
    "name": "name",
    "language": "language",
    "form": "form",
}
_FORM = "9:16, 1080x1920, 1:1,-14LUFS, -23LUFS,-1dBTP,name=tv, webm, av1, de, or pt-BR:captions"
_FILE_FORMS = {"av1": "FILM_FORM_MP4_AV1", "webm": "FILM_FORM_WEBM"}


def require_outputs(written: Sequence[str]) -> None:
    """Raises RefusedError for what can't be read, and for too many."""
    if len(written) > OUTPUTS_MAX:
        raise RefusedError(f"--also {len(written)} times; a job has at most {OUTPUTS_MAX} further outputs")
    for text in written:
        _parts(text)


def fill(output: jobs_pb2.Output, text: str) -> None:
    """Read what was written into the contract's message. Raises RefusedError."""
    fields = _parts(text)
    if "size" in fields:
        output.size.width_px, output.size.height_px = fields["size"]
    output.aspect = str(fields.get("aspect", ""))
    output.name = str(fields.get("name", ""))
    output.loudness_target_millilufs = int(fields.get("lufs", 0))
    output.true_peak_max_millidbtp = int(fields.get("dbtp", 0))
    if "form" in fields:
        # Loaded only where it is asked for.
        from filmstudio.generation.v1 import task_pb2

        output.form = task_pb2.FilmForm.Value(fields["form"])
    output.language, output.captions_only = fields.get("language", ("", False))


def _parts(text: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in text.lower().split(","):
        name, value = _part(text, part.strip())
        if name in fields:
            raise RefusedError(f"--also {text!r} says its {_WORDS[name]} twice")
        fields[name] = value
    return fields


def _part(text: str, part: str) -> tuple[str, Any]:
    if _ASPECT.fullmatch(part):
        return "aspect", part
    if match := _SIZE.fullmatch(part):
        return "size", (int(match[1]), int(match[2]))
    if match := _DECIBELS.fullmatch(part):
        number = int(match[1]) * THOUSAND - int((match[2] or "0").ljust(3, "0"))
        return "dbtp" if match[3] == "dbtp" else "lufs", number
    if match := _NAME.fullmatch(part):
        return "name", match[1]
    if part in _FILE_FORMS:
        return "form", _FILE_FORMS[part]
    if match := _LANGUAGE.fullmatch(part):
        return "language", (match[1], bool(match[2]))
    raise RefusedError(f"--also {text!r} can't be read; write it as {_FORM}")


def path_of(film: Path, output: jobs_pb2.MadeOutput) -> Path:
    """Where an output goes: beside the film, by its name, such as "ferry-9x16.mp4" or "ferry-webm.webm"."""
    from filmstudio.generation.v1 import task_pb2

    suffix = ".webm" if output.form == task_pb2.FILM_FORM_WEBM else film.suffix
    return film.with_name(f"{film.stem}-{output.name}{suffix}")


def name_of(written: str) -> str:
    """An output's name as people write it: "9:16" is "9x16", "de:captions" is "de-captions"."""
    return re.sub(r"(?<=\d):(?=\d)", "x", written.strip().lower()).replace(":", "-").replace(",", "-")
