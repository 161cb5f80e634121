"""Reads a request's body within its limits of bytes and time; each method's limit comes from its contract."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from starlette.types import Receive

from studio_gateway.http.constraints import rules_of
from studio_gateway.http.headers import Headers
from studio_gateway.http.refusals import Refusal, body_too_large, body_too_slow, wrong_media_type
from studio_gateway.http.routes import WHOLE, Route, field_at
from studio_gateway.http.wellknown import OPEN_FORMS

BODY_MAX_BYTES = 4 * 1024 * 1024
BODY_SMALLEST_LIMIT_BYTES = 64 * 1024
"""No method's limit is less: names, white space and escapes need room."""

BODY_SECONDS_MAX = 30.0
DISCARDED_MAX_BYTES = 64 * 1024
DISCARD_SECONDS_MAX = 2.0
FIELD_ALLOWANCE_BYTES = 4 * 1024
"""For a field's name, and for a value that its rules keep short."""

CHARACTER_MAX_BYTES = 12
"""Of one character in JSON: two escapes."""


async def read_whole(receive: Receive, headers: Headers, limit_bytes: int) -> bytes:
    """The body, of whatever type. Raises Refusal: 413, 408; and ConnectionError when the client goes away."""
    declared = headers.one("content-length")
    if declared.isdecimal() and int(declared) > limit_bytes:
        raise body_too_large(limit_bytes)
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            return await _read(receive, limit_bytes)
    except TimeoutError:
        raise body_too_slow(BODY_SECONDS_MAX) from None


async def discard_body(receive: Receive, headers: Headers) -> bool:
    """Reads what a refused request still sends, if that is little; whether all of it came."""
    declared = headers.first("content-length")
    if headers.first("transfer-encoding") or (declared.isdecimal() and int(declared) > DISCARDED_MAX_BYTES):
        return False
    if declared in ("", "0"):
        return True
    try:
        async with asyncio.timeout(DISCARD_SECONDS_MAX):
            await _read(receive, DISCARDED_MAX_BYTES)
    except (TimeoutError, Refusal, ConnectionError):
        return False
    return True


async def _read(receive: Receive, limit_bytes: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client went away within its body")
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            raise body_too_large(limit_bytes)
        if not message.get("more_body", False):
            return bytes(body)


def check_is_json(headers: Headers) -> None:
    """Raises Refusal (415) unless the headers say that the body is JSON in UTF-8, as it is."""
    given = headers.one("content-type")
    media_type, *parameters = (part.strip().lower() for part in given.split(";"))
    charsets = [part for part in parameters if part.startswith("charset=")]
    is_utf8 = all(part.removeprefix("charset=").strip('"') in ("utf-8", "utf8") for part in charsets)
    if media_type != "application/json" or not is_utf8:
        raise wrong_media_type(given[:100])
    if headers.one("content-encoding").lower() not in ("", "identity"):
        raise wrong_media_type("content-encoding " + headers.one("content-encoding")[:100])


def body_limits(routes: Iterable[Route]) -> Mapping[str, int]:
    """Bytes by method path."""
    limits: dict[str, int] = {}
    for route in routes:
        limits[route.path] = max(limits.get(route.path, 0), body_limit(route))
    return limits


def body_limit(route: Route) -> int:
    """What the longest valid body may have, from the rules of its fields; BODY_MAX_BYTES at most."""
    if not route.body:
        return BODY_SMALLEST_LIMIT_BYTES
    whole = route.method.input_type
    message = whole if route.body == WHOLE else field_at(whole, route.body).message_type
    bound = _bound_of(message, ()) if message is not None else None
    if bound is None:
        return BODY_MAX_BYTES
    return min(BODY_MAX_BYTES, max(BODY_SMALLEST_LIMIT_BYTES, bound))


def _bound_of(message: Descriptor, seen: tuple[str, ...]) -> int | None:
    if message.full_name in seen or message.full_name in OPEN_FORMS:
        return None
    bounds = [_bound_of_field(field, (*seen, message.full_name)) for field in message.fields]
    known = [bound for bound in bounds if bound is not None]
    return sum(known) if len(known) == len(bounds) else None


def _bound_of_field(field: FieldDescriptor, seen: tuple[str, ...]) -> int | None:
    rules = rules_of(field)
    times = 1
    if field.is_repeated:
        times = rules.repeated.max_items or rules.map.max_pairs
        if not times:
            return None
        rules = rules.repeated.items
    if field.message_type is not None:
        bound = _bound_of(field.message_type, seen)
        return None if bound is None else times * (bound + FIELD_ALLOWANCE_BYTES)
    if field.type == FieldDescriptor.TYPE_BYTES:
        bound = (rules.bytes.max_len + 2) // 3 * 4 if rules.bytes.HasField("max_len") else None
    elif field.type == FieldDescriptor.TYPE_STRING:
        text = rules.string
        bound = 0 if text.pattern or text.email or text.uuid else None
        if text.HasField("max_len"):
            bound = text.max_len * CHARACTER_MAX_BYTES
        elif text.HasField("max_bytes"):
            bound = text.max_bytes * CHARACTER_MAX_BYTES
    else:
        bound = 0
    return None if bound is None else times * (bound + FIELD_ALLOWANCE_BYTES)
