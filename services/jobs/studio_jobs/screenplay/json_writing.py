"""A screenplay and its breakdown as JSON of a stable schema: docs/screenplay-json.md describes it."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from studio_jobs.screenplay.elements import Screenplay, Span
from studio_jobs.screenplay.scenes import Breakdown

SCHEMA = "filmstudio.screenplay/1"


def write_json(screenplay: Screenplay, breakdown: Breakdown) -> bytes:
    """Return one JSON object in UTF-8: title page and elements as written, scenes and shots as broken down.

    A surrogate without its partner, which UTF-8 cannot hold, is written as its JSON escape.
    """
    document = {
        "schema": SCHEMA,
        "title": breakdown.title,
        "credit": breakdown.credit,
        "author": breakdown.author,
        "language": breakdown.language,
        "title_page": _plain(screenplay.title_page),
        "elements": _plain(screenplay.elements),
        "scenes": _plain(breakdown.scenes),
        "diagnostics": _plain(screenplay.diagnostics),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _plain(value: Any) -> Any:
    """Return dataclasses as objects and tuples as arrays; a field at its default is left out."""
    if isinstance(value, Span):
        # All four, always: 0 as the last column means up to the end of the line.
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.compare and not _is_default(value, field)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _is_default(value: Any, field: Field[Any]) -> bool:
    return field.default is not MISSING and bool(getattr(value, field.name) == field.default)
