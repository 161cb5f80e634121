"""Pages of lists: how many rows, after which, and the token of the next."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from studio_platform.errors import FieldViolation, InvalidInput

PAGE_DEFAULT = 100
PAGE_MAX = 1_000

RowT = TypeVar("RowT")


class PageRequest(Protocol):
    """What every list's request has."""

    page_size: int
    page_token: str


def page_of(request: PageRequest) -> tuple[int, UUID | None]:
    """How many, and after which id. Raises InvalidInput for a token that no page gave."""
    size = min(request.page_size or PAGE_DEFAULT, PAGE_MAX)
    if not request.page_token:
        return size, None
    try:
        padded = request.page_token + "=" * (-len(request.page_token) % 4)
        return size, UUID(base64.urlsafe_b64decode(padded).decode())
    except ValueError:
        text = "must be the next_page_token of an earlier page"
        raise InvalidInput(
            "PAGE_TOKEN_INVALID", f"page_token {text}", violations=(FieldViolation("page_token", text),)
        ) from None


def cut(found: Sequence[RowT], size: int, ids: Sequence[str]) -> tuple[Sequence[RowT], str]:
    """The page, and the token of the next one; empty where `found` is no longer than a page."""
    if len(found) <= size:
        return found, ""
    return found[:size], base64.urlsafe_b64encode(ids[size - 1].encode()).decode().rstrip("=")
