"""XML bytes into a small tree that knows its lines; all that XML can do to a server is refused.

A document type, entities, references to other files, XInclude and processing instructions have no place
in a screenplay: each is refused by name. Size, depth, number of elements and length of names are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NoReturn
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from studio_jobs.screenplay.elements import ScreenplayRefused, Span

_DEPTH_MAX = 64
_NODES_MAX = 250_000
_ATTRIBUTES_MAX = 64
_PLAIN_CURE = "Save it again from Final Draft or Fade In, or export it as Fountain."
_XINCLUDE = "http://www.w3.org/2001/XInclude"


@dataclass(slots=True)
class Node:
    """One XML element: its attributes, and its text and elements in order.

    `line` and `column` are those of its opening tag, `line_last` and `column_last` of its end.
    """

    name: str
    attributes: dict[str, str]
    line: int
    column: int
    line_last: int = 0
    column_last: int = 0
    parts: list[Node | str] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """Where the element stands in the file."""
        return Span(self.line, self.line_last, self.column, self.column_last)

    @property
    def children(self) -> Iterator[Node]:
        """The elements directly within."""
        return (part for part in self.parts if isinstance(part, Node))

    def named(self, *names: str) -> Iterator[Node]:
        """The elements directly within that have one of these names."""
        return (child for child in self.children if child.name in names)

    def child(self, name: str) -> Node | None:
        """The first element of a name directly within, None when there is none."""
        return next(self.named(name), None)

    def attribute(self, name: str) -> str:
        """An attribute without white space around it, "" when it is missing."""
        return self.attributes.get(name, "").strip()


def parse_markup(data: bytes) -> Node:
    """Parse XML in UTF-8, UTF-16 or what its declaration names; return its root.

    Raises ScreenplayRefused: XML_FORBIDDEN, XML_TOO_COMPLEX or XML_BROKEN, with the line.
    """
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder = _Builder()
    parser.setContentHandler(builder)
    try:
        parser.parse(BytesIO(data))
    except DefusedXmlException as error:
        raise _forbidden("a document type or an entity", parser.getLineNumber()) from error
    except SAXParseException as error:
        raise _broken(error) from error
    except (LookupError, ValueError) as error:  # an encoding that is none, or not of single bytes
        raise ScreenplayRefused(
            "WRONG_ENCODING", f"The XML's encoding can't be read: {error}.", "Save it as UTF-8.", line=1
        ) from error
    if builder.root is None:
        raise AssertionError("expat reports a file without an element as broken")
    return builder.root


def _forbidden(what: str, line: int | None) -> ScreenplayRefused:
    return ScreenplayRefused(
        "XML_FORBIDDEN",
        f"Line {line or 1} holds {what}, which no screenplay needs.",
        f"Take it out. {_PLAIN_CURE}",
        line=line or 1,
    )


def _broken(error: SAXParseException) -> ScreenplayRefused:
    line, column = error.getLineNumber() or 1, (error.getColumnNumber() or 0) + 1
    return ScreenplayRefused(
        "XML_BROKEN",
        f"The XML is broken at line {line}, column {column}: {error.getMessage()}.",
        _PLAIN_CURE,
        line=line,
    )


class _Builder(ContentHandler):
    """Builds the tree, within the limits."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self._open: list[Node] = []
        self._nodes = 0
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - SAX names it
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        self._nodes += 1
        if self._nodes > _NODES_MAX:
            self._refuse(f"more than {_NODES_MAX:,} XML elements")
        if len(self._open) >= _DEPTH_MAX:
            self._refuse(f"XML elements more than {_DEPTH_MAX} deep")
        attributes = dict(attrs.items())
        if len(attributes) > _ATTRIBUTES_MAX:
            self._refuse(f"an XML element of more than {_ATTRIBUTES_MAX} attributes")
        if _XINCLUDE in attributes.values():
            raise _forbidden("XInclude", self._line)
        node = Node(name, attributes, self._line, self._column)
        if self._open:
            self._open[-1].parts.append(node)
        else:
            self.root = node
        self._open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802
        node = self._open.pop()
        node.line_last, node.column_last = self._line, self._column
        # Expat stands before the closing tag, but behind an element that closes itself.
        node.column_last += len(f"</{name}>") - 1 if node.parts else -1

    def characters(self, content: str) -> None:
        self._open[-1].parts.append(content)

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: N802, ARG002
        raise _forbidden(f"the processing instruction <?{target[:40]}", self._line)

    @property
    def _line(self) -> int:
        return int(self._locator.getLineNumber() or 1)

    @property
    def _column(self) -> int:
        return int(self._locator.getColumnNumber() or 0) + 1

    def _refuse(self, what: str) -> NoReturn:
        raise ScreenplayRefused(
            "XML_TOO_COMPLEX",
            f"The file holds {what} at line {self._line}.",
            _PLAIN_CURE,
            line=self._line,
        )
