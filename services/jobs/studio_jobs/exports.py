"""A screenplay as a file: the bytes that came, or the same screenplay written in another format."""

from __future__ import annotations

import asyncio

from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs import readings
from studio_jobs.formats import FORMS
from studio_jobs.screenplay.exporting import MEDIA, export
from studio_jobs.screenplay.forms import Form
from studio_jobs.screenplay.wording import unmarked
from studio_jobs.screenplay_messages import Reading

NAME_MAX_CHARS = 80
NAMELESS = "screenplay"


async def exported(
    content: bytes, written: int, wanted: screenplay_pb2.ScreenplayFormat.ValueType
) -> screenplay_pb2.ExportScreenplayResponse:
    """The file; `written` is the format that the content came in, `wanted` 0 for the same.

    `wanted` is one that is written, or 0. Raises InvalidInput for a text that can't be read.
    """
    reading = await readings.read_text(content, written)
    form = FORMS[wanted or reading.format]
    verbatim = wanted in (screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED, reading.format)
    file = content if verbatim else await asyncio.to_thread(_written, reading, form)
    media = MEDIA[form]
    return screenplay_pb2.ExportScreenplayResponse(
        content=file,
        format=wanted or reading.format,
        media_type=media.media_type,
        filename=f"{_stem(reading)}.{media.extensions[0]}",
        verbatim=verbatim,
    )


def _written(reading: Reading, form: Form) -> bytes:
    return export(reading.screenplay, reading.breakdown, form)


def _stem(reading: Reading) -> str:
    """The title as a file may be called, or NAMELESS."""
    title = unmarked(reading.breakdown.title)
    kept = "".join(char if char.isalnum() or char in " -_'" else " " for char in title)
    return " ".join(kept.split())[:NAME_MAX_CHARS].strip() or NAMELESS
