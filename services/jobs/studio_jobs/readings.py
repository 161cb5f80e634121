"""Texts that clients send, read off the loop; a refusal becomes an answer that names field and line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from studio_jobs.formats import FORMS, NUMBERS
from studio_jobs.screenplay.abilities import EMBEDDED
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.elements import Diagnostic, ScreenplayRefused, Span
from studio_jobs.screenplay.languages import primary
from studio_jobs.screenplay.mistakes import mistake
from studio_jobs.screenplay.reader import Form, read_form
from studio_jobs.screenplay_messages import Reading
from studio_platform.errors import FieldViolation, InvalidInput


async def read_text(content: bytes, format_number: int, language: str = "") -> Reading:
    """The screenplay and its breakdown; a language that no voice speaks is remarked.

    Raises InvalidInput that names the field and the line.
    """
    form = _form(format_number)
    try:
        return await asyncio.to_thread(_read_here, content, form, language)
    except ScreenplayRefused as refused:
        raise refusal(refused) from refused


def refusal(refused: ScreenplayRefused) -> InvalidInput:
    """What a client is told of a text that can't be read; line and suggestion are metadata, too."""
    text = f"{refused.text} {refused.suggestion}".strip()
    return InvalidInput(
        f"SCREENPLAY_{refused.reason}",
        text,
        metadata={"line": str(refused.line), "suggestion": refused.suggestion},
        violations=(FieldViolation("content", text),),
    )


def _read_here(content: bytes, form: Form, language: str) -> Reading:
    found, screenplay = read_form(content, form=form)
    if language and primary(language) not in EMBEDDED.languages:
        screenplay = replace(screenplay, diagnostics=_with_voiceless(screenplay.diagnostics, language))
    return Reading(screenplay, break_down(screenplay), NUMBERS[found])


def _with_voiceless(remarks: Sequence[Diagnostic], language: str) -> tuple[Diagnostic, ...]:
    """The remarks, and that no voice speaks the language, unless the reader has said so of another place."""
    if any(remark.code == "LANGUAGE_WITHOUT_VOICE" for remark in remarks):
        return tuple(remarks)
    text = f"No voice speaks {language}; it is read as if it were {' or '.join(sorted(EMBEDDED.languages))}."
    said = mistake(
        "LANGUAGE_WITHOUT_VOICE", Span(1, 1), text, "Write the speeches in a language that is spoken."
    )
    return (said, *remarks)


def _form(format_number: int) -> Form:
    form = FORMS.get(format_number)
    if form is None:
        text = "is a format that this studio can't read"
        raise InvalidInput(
            "FORMAT_UNREADABLE", f"The format {text}.", violations=(FieldViolation("format", text),)
        )
    return form
