"""The forms that a screenplay is written in, and how XML is known by its first bytes."""

from __future__ import annotations

from enum import StrEnum

_HEAD_BYTES = 256
_XML_OPENINGS = ("<?xml", "<FinalDraft", "<!DOCTYPE", "<!--")
_UTF8_MARK = b"\xef\xbb\xbf"


class Form(StrEnum):
    """How a screenplay is written. AUTO is for reading alone, JSON for writing alone."""

    AUTO = "AUTO"
    FOUNTAIN = "FOUNTAIN"
    FDX = "FDX"
    MARKDOWN = "MARKDOWN"
    PLAIN = "PLAIN"
    JSON = "JSON"


def is_xml(data: bytes) -> bool:
    """Say whether bytes open as XML, in UTF-8 or UTF-16, with or without a byte order mark."""
    head = data[:_HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"<\x00")):
        text = head.decode("utf-16-le", "ignore")
    elif head.startswith((b"\xfe\xff", b"\x00<")):
        text = head.decode("utf-16-be", "ignore")
    else:
        text = head.removeprefix(_UTF8_MARK).decode("utf-8", "ignore")
    opening = text.lstrip("\ufeff \t\r\n")
    # Markdown may open with a comment too; XML goes on with an element of Final Draft's.
    if opening.startswith("<!--"):
        return "<FinalDraft" in text
    return opening.startswith(_XML_OPENINGS)
