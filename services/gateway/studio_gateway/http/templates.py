"""Path templates of google.api.http: parsed once, matched against the path as it came, still encoded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from studio_platform.errors import FieldViolation, InvalidInput

ANY_SEGMENT = "*"
ANY_SEGMENTS = "**"

_TOKEN = re.compile(r"\*\*|\*|[{}=/:]|[A-Za-z0-9._~%!$&'()+,;@-]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_DOT_SEGMENTS = frozenset((".", ".."))
_KEPT_ESCAPES = re.compile(r"%2f", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of the path that becomes a field: segments `first` to `last`, not included."""

    field: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """`segments` are literals, "*" and at most one "**"; `verb` stands after the last colon, or is empty.

    `literals` are the places of the literals, for a quick look.
    """

    text: str
    segments: tuple[str, ...]
    variables: tuple[Variable, ...]
    verb: str
    literals: tuple[tuple[int, str], ...] = ()

    def match(self, segments: list[str], verb: str) -> Mapping[str, str] | None:
        """The variables' values, decoded; None if the path is another.

        Raises InvalidInput, by the field, for wrong escapes, control characters and segments of dots.
        """
        if verb != self.verb:
            return None
        taken = self._taken(segments)
        if taken is None:
            return None
        return {variable.field: self._value(variable, taken) for variable in self.variables}

    def _taken(self, segments: list[str]) -> list[list[str]] | None:
        """What each segment of the template stands for."""
        spare = len(segments) - len(self.segments)
        if spare == 0 and any(segments[at] != literal for at, literal in self.literals):
            return None
        taken: list[list[str]] = []
        position = 0
        for segment in self.segments:
            length = 1 + spare if segment == ANY_SEGMENTS else 1
            part = segments[position : position + length]
            if segment in (ANY_SEGMENT, ANY_SEGMENTS):
                fits = len(part) == length and length > 0 and all(part)
            else:
                fits = part == [segment]
            if not fits:
                return None
            taken.append(part)
            position += length
        return taken if position == len(segments) else None

    def _value(self, variable: Variable, taken: list[list[str]]) -> str:
        inside = self.segments[variable.first : variable.last]
        keeps_slashes = len(inside) > 1 or ANY_SEGMENTS in inside
        text = "/".join(part for parts in taken[variable.first : variable.last] for part in parts)
        value = decoded(text, variable.field, keeps_slashes=keeps_slashes)
        if _UNPRINTABLE.search(value):
            raise _bad_path(variable.field, "holds a control character")
        if not _DOT_SEGMENTS.isdisjoint(value.split("/")):
            raise _bad_path(variable.field, "holds a segment . or ..")
        return value

    @property
    def rank(self) -> tuple[int, ...]:
        """Sorts the more exact template first: a literal before "*" before "**"."""
        return tuple({ANY_SEGMENT: 1, ANY_SEGMENTS: 2}.get(segment, 0) for segment in self.segments)


def decoded(text: str, field: str, *, keeps_slashes: bool = False) -> str:
    """The text without its percent-encoding; `keeps_slashes` leaves %2F as it is (http.proto).

    Raises InvalidInput for broken escapes and for bytes that are no UTF-8.
    """
    if "%" not in text:
        return text
    if any(escape.group(1) is None for escape in _ESCAPE.finditer(text.encode())):
        raise _bad_path(field, "holds a % that begins no escape")
    parts = _KEPT_ESCAPES.split(text) if keeps_slashes else [text]
    kept = _KEPT_ESCAPES.findall(text) if keeps_slashes else []
    try:
        plain = [unquote_to_bytes(part).decode() for part in parts]
    except UnicodeDecodeError as error:
        raise _bad_path(field, "is not UTF-8") from error
    return "".join(part + escape for part, escape in zip(plain, [*kept, ""], strict=True))


def parse_template(text: str) -> PathTemplate:
    """The template of an http option. Raises ValueError that quotes it when it is none."""
    return _Parser(text).template()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _TOKEN.findall(text)
        if "".join(self._tokens) != text:
            raise self._fault("a character that may not stand in a path")
        self._segments: list[str] = []
        self._variables: list[Variable] = []

    def template(self) -> PathTemplate:
        self._take("/")
        self._take_segments(inside=False)
        verb = ""
        if self._next() == ":":
            self._take(":")
            verb = self._take_literal()
        if self._tokens:
            raise self._fault(f"{self._next()!r} at the end")
        if self._segments.count(ANY_SEGMENTS) > 1:
            raise self._fault("more than one **")
        literals = tuple((at, text) for at, text in enumerate(self._segments) if "*" not in text)
        return PathTemplate(self._text, tuple(self._segments), tuple(self._variables), verb, literals)

    def _take_segments(self, *, inside: bool) -> None:
        while True:
            if self._next() == "{" and not inside:
                self._take_variable()
            elif self._next() in (ANY_SEGMENT, ANY_SEGMENTS):
                self._segments.append(self._tokens.pop(0))
            else:
                self._segments.append(self._take_literal())
            if self._next() != "/":
                return
            self._take("/")

    def _take_variable(self) -> None:
        self._take("{")
        field = self._take_literal()
        first = len(self._segments)
        if self._next() == "=":
            self._take("=")
            self._take_segments(inside=True)
        else:
            self._segments.append(ANY_SEGMENT)
        self._take("}")
        self._variables.append(Variable(field, first, len(self._segments)))

    def _take_literal(self) -> str:
        word = self._next()
        if word in ("", *"{}=/:", ANY_SEGMENT, ANY_SEGMENTS):
            raise self._fault(f"{word!r} where a word belongs")
        return str(self._tokens.pop(0))

    def _take(self, token: str) -> None:
        if self._next() != token:
            raise self._fault(f"{self._next()!r} where {token!r} belongs")
        self._tokens.pop(0)

    def _next(self) -> str:
        return str(self._tokens[0]) if self._tokens else ""

    def _fault(self, what: str) -> ValueError:
        return ValueError(f"path template {self._text!r}: {what}")


def _bad_path(field: str, text: str) -> InvalidInput:
    return InvalidInput(
        "INVALID_REQUEST",
        f"The request is not valid: {field}: {text}",
        violations=(FieldViolation(field, text),),
    )
