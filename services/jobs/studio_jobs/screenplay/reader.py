"""Bytes into a screenplay: encoding, limits and the choice of a parser; what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio_jobs.screenplay.abilities import EMBEDDED, Abilities, inabilities
from studio_jobs.screenplay.continuity import continuity
from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Screenplay, ScreenplayRefused, Severity
from studio_jobs.screenplay.fdx import read_fdx
from studio_jobs.screenplay.forms import Form, is_xml
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.indented import parse_indented
from studio_jobs.screenplay.lines import with_plain_ends
from studio_jobs.screenplay.markdown import is_readable, read_markdown
from studio_jobs.screenplay.mistakes import in_order
from studio_jobs.screenplay.plain import heading_level, read_plain
from studio_jobs.screenplay.prose import Block, is_topic, parse_prose

__all__ = ["DEFAULT_LIMITS", "Form", "Limits", "read", "read_form"]

_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_ENCODINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_OTHER_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)
# Control characters that no text holds; tab, line feed, form feed and carriage return are allowed.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one screenplay may measure."""

    size_bytes_max: int = 2_097_152
    line_bytes_max: int = 8_192
    diagnostics_max: int = 200


DEFAULT_LIMITS = Limits()


def read(
    data: bytes,
    limits: Limits = DEFAULT_LIMITS,
    form: Form = Form.AUTO,
    abilities: Abilities = EMBEDDED,
) -> Screenplay:
    """Read a screenplay; see `read_form`."""
    return read_form(data, limits, form, abilities)[1]


def read_form(
    data: bytes,
    limits: Limits = DEFAULT_LIMITS,
    form: Form = Form.AUTO,
    abilities: Abilities = EMBEDDED,
) -> tuple[Form, Screenplay]:
    """Read a screenplay, and say in which form it was written.

    AUTO takes XML for Final Draft; a text whose names stand in the middle for one pasted from a page; a
    text with a scene heading or a speech for Fountain; and any other for prose in Markdown, or in plain
    text when it is all marks. Texts are UTF-8 with or without byte order mark, with any line ends; XML may
    be UTF-16 too. The diagnostics say too what `abilities` cannot speak or show.

    Raises ScreenplayRefused: EMPTY, TOO_LARGE, LINE_TOO_LONG, UNSUPPORTED_FORMAT, BINARY, WRONG_ENCODING,
    NO_SCENES, TOPIC_ONLY, or for XML also XML_BROKEN, XML_FORBIDDEN or XML_TOO_COMPLEX.
    """
    if len(data) > limits.size_bytes_max:
        raise ScreenplayRefused(
            "TOO_LARGE",
            f"The screenplay has {len(data):,} bytes; the limit is {limits.size_bytes_max:,}.",
            "Split it into several films.",
        )
    found, screenplay = _parse_xml(data, limits, form) if is_xml(data) else _parse_text(data, limits, form)
    remarks = (*screenplay.diagnostics, *continuity(screenplay), *inabilities(screenplay, abilities))
    return found, _bounded(replace(screenplay, diagnostics=in_order(remarks)), limits)


def _parse_xml(data: bytes, limits: Limits, form: Form) -> tuple[Form, Screenplay]:
    if form not in (Form.AUTO, Form.FDX):
        raise ScreenplayRefused(
            "UNSUPPORTED_FORMAT",
            f"The file is XML, not {form.value.lower()}.",
            "Send it as Final Draft (FDX).",
            line=1,
        )
    return Form.FDX, read_fdx(data, limits.line_bytes_max)


def _parse_text(data: bytes, limits: Limits, form: Form) -> tuple[Form, Screenplay]:
    if form in (Form.FDX, Form.JSON):
        wanted = "XML, so no Final Draft file of version 8 or later" if form is Form.FDX else "read from JSON"
        raise ScreenplayRefused(
            "UNSUPPORTED_FORMAT",
            f"The file is not {wanted}.",
            "Save it as .fdx, or export it as Fountain.",
            line=1,
        )
    source = _decode(_checked_bytes(data))
    text = with_plain_ends(source)
    if not text.strip():
        raise ScreenplayRefused(
            "EMPTY", "The screenplay is empty.", "Write at least one scene: INT. KITCHEN - NIGHT."
        )
    _check_lines(text, limits)
    found, screenplay = _parse(text, form)
    return found, replace(screenplay, source=source)


def _checked_bytes(data: bytes) -> bytes:
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            raise ScreenplayRefused(
                "WRONG_ENCODING", f"The text is {name}, not UTF-8 (byte 0).", "Save it as UTF-8.", line=1
            )
    body = data.removeprefix(_UTF8_MARK).lstrip()
    for magic, name in _OTHER_FORMATS:
        if body.startswith(magic):
            raise ScreenplayRefused(
                "UNSUPPORTED_FORMAT",
                f"The file is {name}.",
                "Export it as Fountain, as Final Draft (.fdx) or as plain text.",
                line=1,
            )
    if len(data.translate(None, _CONTROLS)) != len(data):
        offset = next(i for i, byte in enumerate(data) if byte in _CONTROLS)
        line = data.count(b"\n", 0, offset) + 1
        raise ScreenplayRefused(
            "BINARY",
            f"Byte {offset} (0x{data[offset]:02x}) on line {line} is no part of a text.",
            "Send Fountain or plain text in UTF-8.",
            line=line,
        )
    return data


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScreenplayRefused(
            "WRONG_ENCODING",
            f"Byte {error.start} (0x{data[error.start]:02x}) on line {line} is not UTF-8.",
            "Save the file as UTF-8.",
            line=line,
        ) from error


def _check_lines(text: str, limits: Limits) -> None:
    lines = text.split("\n")
    if max(map(len, lines)) * 4 <= limits.line_bytes_max:
        return
    for number, line in enumerate(lines, start=1):
        size_bytes = len(line.encode())
        if size_bytes > limits.line_bytes_max:
            raise ScreenplayRefused(
                "LINE_TOO_LONG",
                f"Line {number} has {size_bytes:,} bytes; the limit is {limits.line_bytes_max:,}.",
                "Break it into paragraphs.",
                line=number,
            )


def _parse(text: str, form: Form) -> tuple[Form, Screenplay]:
    if form in (Form.AUTO, Form.PLAIN):
        indented = parse_indented(text)
        if indented is not None and _has_scenes(indented):
            return Form.PLAIN, indented
    if form in (Form.AUTO, Form.FOUNTAIN):
        screenplay = parse_fountain(text)
        if _has_scenes(screenplay):
            return Form.FOUNTAIN, screenplay
        if form is Form.FOUNTAIN or any(_is_speech(element) for element in screenplay.elements):
            raise ScreenplayRefused(
                "NO_SCENES",
                "The screenplay has no scene heading.",
                "Open each scene with a line such as INT. KITCHEN - NIGHT.",
            )
    if not is_readable(text):
        form = Form.PLAIN
    titles, blocks = ((), read_plain(text)) if form is Form.PLAIN else read_markdown(text)
    prose = None if is_topic(blocks) else parse_prose(titles, blocks)
    if prose is None:
        raise _no_prose(blocks)
    return (Form.PLAIN if form is Form.PLAIN else Form.MARKDOWN), prose


def _has_scenes(screenplay: Screenplay) -> bool:
    return any(element.kind is Kind.SCENE_HEADING for element in screenplay.elements)


def _is_speech(element: Element) -> bool:
    """Say whether an element is spoken, and not the text below a heading such as CHAPTER ONE."""
    return element.kind is Kind.DIALOGUE and heading_level(element.name) != 2


def _no_prose(blocks: Sequence[Block]) -> ScreenplayRefused:
    if is_topic(blocks):
        return ScreenplayRefused(
            "TOPIC_ONLY",
            "This names what a film is to be about, but tells nothing.",
            'Have a screenplay written from it (film write "TOPIC"), or tell what happens in sentences.',
        )
    return ScreenplayRefused(
        "NO_SCENES",
        "There is no scene and no whole sentence.",
        "Open each scene with a line such as INT. KITCHEN - NIGHT, or write what happens in whole sentences.",
    )


def _bounded(screenplay: Screenplay, limits: Limits) -> Screenplay:
    extra = len(screenplay.diagnostics) - limits.diagnostics_max
    if extra <= 0:
        return screenplay
    kept = screenplay.diagnostics[: limits.diagnostics_max]
    text = f"{extra} more remarks are not shown."
    more = Diagnostic(kept[-1].line, Severity.INFO, text, "Mend the ones above first.", "MORE_OF_THESE")
    return replace(screenplay, diagnostics=(*kept, more))
