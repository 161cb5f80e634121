"""Request headers, and the few of them that go on to a method."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio_gateway.http.refusals import bad_fields
from studio_gateway.memberships import WORKSPACE_HEADER
from studio_platform.errors import FieldViolation
from studio_platform.interceptors.request_context import REQUEST_ID_HEADER

# What a client may say about itself; whatever else it sends, an identity above all, ends here.
FORWARDED = ("authorization", WORKSPACE_HEADER, "accept-language", "traceparent", "tracestate")
_PLAIN = re.compile(r"[\x20-\x7e]*")


class Headers:
    """Headers by their lower-case names."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in raw:
            self._values.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))

    def one(self, name: str) -> str:
        """The value, or empty. Raises InvalidInput if it is given more than once."""
        values = self._values.get(name, ())
        if len(values) > 1:
            raise bad_fields([FieldViolation(name, "the header is given more than once")])
        return values[0] if values else ""

    def has(self, name: str) -> bool:
        """Whether it is given, empty or not."""
        return name in self._values

    def put(self, name: str, value: str) -> None:
        """Give a header that was not there."""
        self._values[name] = [value]

    def first(self, name: str) -> str:
        """The first value, or empty."""
        return self._values.get(name, [""])[0]

    def joined(self, name: str) -> str:
        """All values with commas between, as one list."""
        return ", ".join(self._values.get(name, ()))


def metadata_of(headers: Headers, request_id: str, forwarded_header: str = "") -> list[tuple[str, str]]:
    """The metadata of the call; texts that gRPC could not carry are left out.

    `forwarded_header` is the proxies' own; given in several lines it is one list.
    """
    given = [(name, headers.one(name)) for name in FORWARDED]
    if forwarded_header:
        given.append((forwarded_header, headers.joined(forwarded_header)))
    kept = [(name, value) for name, value in given if value and _PLAIN.fullmatch(value)]
    return [*kept, (REQUEST_ID_HEADER, request_id)]
