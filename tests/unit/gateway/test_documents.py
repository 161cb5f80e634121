"""JSON texts are read strictly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio_gateway.http.documents import DEPTH_MAX_LEVELS, read_document, read_object
from studio_platform.errors import InvalidInput

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(document=JSON)
def test_every_document_of_little_depth_is_read_as_it_is(document: object) -> None:
    assert read_document(json.dumps(document).encode()) == document


def test_depth_counts_to_the_limit_and_no_further() -> None:
    at_limit = b"[" * DEPTH_MAX_LEVELS + b"]" * DEPTH_MAX_LEVELS
    beside_strings = b'{"a":"' + b"[" * 500 + b'\\"' + b"{" * 500 + b'"}'

    assert read_document(at_limit) is not None
    assert read_document(beside_strings) == {"a": "[" * 500 + '"' + "{" * 500}
    with pytest.raises(InvalidInput, match="deeper than 64"):
        read_document(b"[" + at_limit + b"]")


@pytest.mark.parametrize("levels", [10_000, 2_000_000])
@pytest.mark.parametrize(
    "unit", [b"[", b'{"a":', b'["\\""', b"[]["], ids=["arrays", "objects", "strings", "pairs"]
)
def test_great_depth_is_refused_before_it_is_parsed(levels: int, unit: bytes) -> None:
    with pytest.raises(InvalidInput, match="deeper"):
        read_document(unit * levels)


def test_many_brackets_of_no_depth_pass() -> None:
    assert read_document(b"[" + b"[]," * 1000 + b"[]]") == [[]] * 1001


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"a":1,"a":2}', "twice"),
        (b'{"a":{"b":1,"b":1}}', "twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "-Infinity"),
        (b'{"a":"\xff"}', "byte 6 is not UTF-8"),
        (b"{'a':1}", "line 1 column 2"),
        (b'{"a":1} x', "Extra data"),
        (b'{"a":' + b"9" * 5000 + b"}", "too many digits"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b"[1]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
    ],
)
def test_what_is_no_plain_object_is_refused_with_the_place(body: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_object(body)


def test_an_empty_body_is_an_empty_object() -> None:
    assert read_object(b"") == {}
