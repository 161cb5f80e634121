"""Etags: a row's version, as clients send it back."""

from __future__ import annotations

from collections.abc import Callable

from studio_platform.errors import Aborted

_DIGITS_MAX = 18


def version_of(etag: str, stale: Callable[[], Aborted]) -> int:
    """The row version of an etag; 0 without one. Raises what `stale` makes for an etag never given."""
    if not etag:
        return 0
    if not etag.isdecimal() or len(etag) > _DIGITS_MAX:
        raise stale()
    return int(etag)
