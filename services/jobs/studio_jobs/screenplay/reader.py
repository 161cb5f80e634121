"""Bytes into a screenplay: encoding, limits and the choice of a parser; what cannot be read is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from studio_jobs.screenplay.abilities import EMBEDDED, Abilities, inabilities
from studio_jobs.screenplay.continuity import continuity
from studio_jobs.screenplay.elements import Diagnostic, Kind, Screenplay, ScreenplayRefused, Severity
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.lines import with_plain_ends
from studio_jobs.screenplay.mistakes import in_order
from studio_jobs.screenplay.plain import parse_plain

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
    (b"<?xml", "XML (a Final Draft file, perhaps)"),
    (b"<FinalDraft", "a Final Draft file"),
)
# Control characters that no text holds; tab, line feed, form feed and carriage return are allowed.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"


class Form(StrEnum):
    """How a text is written."""

    AUTO = "AUTO"
    FOUNTAIN = "FOUNTAIN"
    PLAIN = "PLAIN"


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
    """Read Fountain or plain text in UTF-8, with or without byte order mark, any line ends.

    AUTO takes a text with a scene heading or a speech for Fountain, and any other for prose. The diagnostics
    say too what `abilities` cannot speak or show.

    Raises ScreenplayRefused: EMPTY, TOO_LARGE, LINE_TOO_LONG, UNSUPPORTED_FORMAT, BINARY,
    WRONG_ENCODING or NO_SCENES.
    """
    if len(data) > limits.size_bytes_max:
        raise ScreenplayRefused(
            "TOO_LARGE",
            f"The screenplay has {len(data):,} bytes; the limit is {limits.size_bytes_max:,}.",
            "Split it into several films.",
        )
    source = _decode(_checked_bytes(data))
    text = with_plain_ends(source)
    if not text.strip():
        raise ScreenplayRefused(
            "EMPTY", "The screenplay is empty.", "Write at least one scene: INT. KITCHEN - NIGHT."
        )
    _check_lines(text, limits)
    screenplay = replace(_parse(text, form), source=source)
    found = (*screenplay.diagnostics, *continuity(screenplay), *inabilities(screenplay, abilities))
    return _bounded(replace(screenplay, diagnostics=in_order(found)), limits)


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
                "UNSUPPORTED_FORMAT", f"The file is {name}.", "Export it as Fountain or plain text.", line=1
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
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) * 4 <= limits.line_bytes_max:
            continue
        size_bytes = len(line.encode())
        if size_bytes > limits.line_bytes_max:
            raise ScreenplayRefused(
                "LINE_TOO_LONG",
                f"Line {number} has {size_bytes:,} bytes; the limit is {limits.line_bytes_max:,}.",
                "Break it into paragraphs.",
                line=number,
            )


def _parse(text: str, form: Form) -> Screenplay:
    speaks = False
    if form is not Form.PLAIN:
        screenplay = parse_fountain(text)
        if any(element.kind is Kind.SCENE_HEADING for element in screenplay.elements):
            return screenplay
        speaks = form is Form.FOUNTAIN or any(e.kind is Kind.DIALOGUE for e in screenplay.elements)
    prose = None if speaks else parse_plain(text)
    if prose is None:
        raise ScreenplayRefused(
            "NO_SCENES",
            "The screenplay has no scene heading." if speaks else "There is no scene and no whole sentence.",
            "Open each scene with a line such as INT. KITCHEN - NIGHT; a topic alone is not a screenplay.",
        )
    return prose


def _bounded(screenplay: Screenplay, limits: Limits) -> Screenplay:
    extra = len(screenplay.diagnostics) - limits.diagnostics_max
    if extra <= 0:
        return screenplay
    kept = screenplay.diagnostics[: limits.diagnostics_max]
    text = f"{extra} more remarks are not shown."
    more = Diagnostic(kept[-1].line, Severity.INFO, text, "Mend the ones above first.", "MORE_OF_THESE")
    return replace(screenplay, diagnostics=(*kept, more))
