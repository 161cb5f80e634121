"""Screenplays out: which forms are written, under which media type and file name extension; and in again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from studio_jobs.screenplay.elements import Screenplay, ScreenplayRefused
from studio_jobs.screenplay.fdx import write_fdx
from studio_jobs.screenplay.forms import Form
from studio_jobs.screenplay.fountain_writing import exact_fountain
from studio_jobs.screenplay.json_writing import write_json
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Breakdown

Write = Callable[[Screenplay, Breakdown], bytes]
Read = Callable[[bytes], Screenplay]


@dataclass(frozen=True, slots=True)
class Media:
    """What files of a form are called: a media type, and extensions without a dot, the usual one first."""

    media_type: str
    extensions: tuple[str, ...]


MEDIA: Mapping[Form, Media] = {
    Form.FOUNTAIN: Media("text/x-fountain; charset=utf-8", ("fountain", "spmd")),
    Form.FDX: Media("application/x-final-draft", ("fdx",)),
    Form.JSON: Media("application/json", ("json",)),
    Form.MARKDOWN: Media("text/markdown; charset=utf-8", ("md", "markdown")),
    Form.PLAIN: Media("text/plain; charset=utf-8", ("txt", "text")),
}
WRITERS: Mapping[Form, Write] = {
    Form.FOUNTAIN: lambda screenplay, breakdown: exact_fountain(screenplay),  # noqa: ARG005
    Form.FDX: lambda screenplay, breakdown: write_fdx(screenplay),  # noqa: ARG005
    Form.JSON: write_json,
}


READERS: Mapping[Form, Read] = {form: partial(read, form=form) for form in Form if form is not Form.JSON}


def export(screenplay: Screenplay, breakdown: Breakdown, form: Form) -> bytes:
    """Return a screenplay as a file of a form. Raises ScreenplayRefused (UNSUPPORTED_FORMAT)."""
    write = WRITERS.get(form)
    if write is None:
        names = ", ".join(known.value for known in WRITERS)
        raise ScreenplayRefused(
            "UNSUPPORTED_FORMAT", f"A screenplay is not written as {form.value}.", f"Ask for one of: {names}."
        )
    return write(screenplay, breakdown)


def form_of_name(name: str) -> Form:
    """Return the form that a file's name tells, AUTO for one that tells none."""
    extension = name.rpartition(".")[2].casefold() if "." in name else ""
    return next((form for form, media in MEDIA.items() if extension in media.extensions), Form.AUTO)
