"""How strings of our patterns are drawn: ids, numbers and bytes as one choice each, not letter by letter.

They are the same strings. A UUID by its pattern is more than thirty choices, and most of the time went there.
"""

from __future__ import annotations

import re
import string
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import schemathesis
from hypothesis import strategies as st

UUID = "-".join(f"[0-9a-f]{{{length}}}" for length in (8, 4, 4, 4, 12))
LETTERS = string.ascii_letters + string.digits
BASE64 = "^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$"
# Parts of patterns, by a letter that stands for them and that no text of ours has.
PIECES: dict[str, tuple[str, st.SearchStrategy[str]]] = {
    "\ue000": (UUID, st.uuids().map(str)),
    "\ue001": (
        UUID.replace("a-f", "a-fA-F"),
        st.uuids().map(str) | st.uuids().map(lambda it: str(it).upper()),
    ),
    "\ue002": ("[0-9a-f]{64}", st.binary(min_size=32, max_size=32).map(bytes.hex)),
    "\ue003": ("[0-9a-f]{16}", st.binary(min_size=8, max_size=8).map(bytes.hex)),
    "\ue004": ("[A-Za-z0-9_-]{1,100}", st.text(LETTERS + "_-", min_size=1, max_size=100)),
    "\ue005": ("[0-9A-Za-z-]{1,100}", st.text(LETTERS + "-", min_size=1, max_size=100)),
    "\ue006": (
        "[a-z0-9-]{1,63}",
        st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=63),
    ),
}
# The largest of its numbers, which only a pattern of that kind has in it, and all of them.
NUMBERS = {
    str(2**64 - 1): st.integers(0, 2**64 - 1),
    str(-(2**63)): st.integers(-(2**63), 2**63 - 1),
    str(2**63 - 1): st.integers(0, 2**63 - 1),
}


@st.composite
def _filled(draw: st.DrawFn, shape: str) -> str:
    letters = draw(st.from_regex(shape, fullmatch=True))
    return "".join(draw(PIECES[letter][1]) if letter in PIECES else letter for letter in letters)


def _base64(content: bytes, *, is_url_safe: bool, is_padded: bool) -> str:
    text = (urlsafe_b64encode if is_url_safe else b64encode)(content).decode()
    return text if is_padded else text.rstrip("=")


def spelled(pattern: str) -> st.SearchStrategy[str] | None:
    """What draws the strings of a pattern; None for one that is best drawn as it is."""
    if pattern == BASE64:
        return st.builds(_base64, st.binary(), is_url_safe=st.booleans(), is_padded=st.booleans())
    for number, numbers in NUMBERS.items():
        if number in pattern:
            return numbers.map(str)
    shape = pattern
    for letter, (part, _) in PIECES.items():
        shape = shape.replace(part, letter)
    if shape == pattern or not re.fullmatch(r"\^[^|]*\$|\^\(.*\)\??\$|\^[^|(]*\(.*\)\??\$", pattern):
        return None
    shape = shape.removeprefix("^").removesuffix("$")
    return PIECES[shape][1] if shape in PIECES else _filled(shape)


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Gives each such string a format, which is drawn as said here and judged by its pattern as before."""
    del context
    formats: dict[str, str] = {}
    for schema in _with_pattern(raw_schema):
        pattern = schema["pattern"]
        name = formats.get(pattern, f"spelling-{len(formats)}")
        if pattern not in formats and (strings := spelled(pattern)) is not None:
            formats[pattern] = name
            schemathesis.openapi.format(name, strings)
        if pattern in formats:
            schema.setdefault("format", name)


def _with_pattern(node: Any) -> list[dict[str, Any]]:
    """Every schema that has a pattern."""
    if isinstance(node, list):
        return [found for each in node for found in _with_pattern(each)]
    if not isinstance(node, dict):
        return []
    here = [node] if isinstance(node.get("pattern"), str) else []
    return here + [found for each in node.values() for found in _with_pattern(each)]
