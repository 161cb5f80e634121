"""Reads JSON texts strictly: depth, repeated names, NaN and broken Unicode are refused."""

from __future__ import annotations

import json
import re
from typing import Any

from studio_gateway.http.refusals import bad_body

DEPTH_MAX_LEVELS = 64

# The closing quote may be missing, so that no text makes the search go back.
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; an empty body is an empty object. Raises InvalidInput."""
    if not body:
        return {}
    document = read_document(body)
    if not isinstance(document, dict):
        raise bad_body("it must be a JSON object")
    return document


def read_document(body: bytes) -> Any:
    """The JSON value in `body`, UTF-8. Raises InvalidInput."""
    _check_depth(body)
    try:
        return json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise bad_body(f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise bad_body(f"{error.msg} at line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        # Python's own limit on the digits of a whole number.
        raise bad_body("a number has too many digits") from error


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEPTH_MAX_LEVELS:
        return
    left = _STRING.sub(b"", body).translate(None, _NO_BRACKETS)
    for _ in range(DEPTH_MAX_LEVELS):
        before = len(left)
        left = left.replace(b"[]", b"").replace(b"{}", b"")
        if len(left) == before:
            break
    if b"[]" in left or b"{}" in left or left.count(b"[") + left.count(b"{") > DEPTH_MAX_LEVELS:
        raise _too_deep()


def _too_deep() -> Exception:
    return bad_body(f"it is nested deeper than {DEPTH_MAX_LEVELS} levels, or its brackets don't match")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise bad_body(f"it names {repeated[:100]!r} twice in one object")
    return members


def _no_constant(name: str) -> Any:
    raise bad_body(f"{name} is not JSON")
