"""A screenplay as a file: the bytes that came, or the same screenplay written in another format."""

from __future__ import annotations

from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs import readings
from studio_jobs.screenplay_messages import Reading
from studio_platform.errors import FieldViolation, InvalidInput

NAME_MAX_CHARS = 80
_SUFFIXES = {
    screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN: "fountain",
    screenplay_pb2.SCREENPLAY_FORMAT_PLAIN_TEXT: "txt",
    screenplay_pb2.SCREENPLAY_FORMAT_FDX: "fdx",
    screenplay_pb2.SCREENPLAY_FORMAT_JSON: "json",
}
_MEDIA_TYPES = {
    screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN: "text/plain; charset=utf-8",
    screenplay_pb2.SCREENPLAY_FORMAT_PLAIN_TEXT: "text/plain; charset=utf-8",
    screenplay_pb2.SCREENPLAY_FORMAT_FDX: "application/xml",
    screenplay_pb2.SCREENPLAY_FORMAT_JSON: "application/json",
}


async def exported(
    content: bytes, written: int, wanted: screenplay_pb2.ScreenplayFormat.ValueType
) -> screenplay_pb2.ExportScreenplayResponse:
    """The file; `written` is the format that the content came in, `wanted` 0 for the same.

    Raises InvalidInput for a text that can't be read, and for a format that can't be written.
    """
    reading = await readings.read_text(content, written)
    own = reading.format
    if wanted not in (screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED, own):
        text = "is a format that this studio can't write"
        raise InvalidInput(
            "FORMAT_UNWRITABLE", f"The format {text}.", violations=(FieldViolation("format", text),)
        )
    return screenplay_pb2.ExportScreenplayResponse(
        content=content,
        format=own,
        media_type=_MEDIA_TYPES[own],
        filename=f"{_stem(reading)}.{_SUFFIXES[own]}",
        verbatim=True,
    )


def _stem(reading: Reading) -> str:
    """The title as a file may be called; "screenplay" without one."""
    kept = "".join(char if char.isalnum() or char in " -_'" else " " for char in reading.breakdown.title)
    return " ".join(kept.split())[:NAME_MAX_CHARS].strip() or "screenplay"
