"""Pages of lists: sizes and opaque tokens (AIP-158)."""

from __future__ import annotations

import base64
from uuid import UUID

from studio_platform.errors import FieldViolation, InvalidInput


def page_size(asked: int, default: int, most: int) -> int:
    """The size to use: `default` for 0, never more than `most`."""
    return min(asked or default, most)


def write_token(position: str) -> str:
    """An opaque token of a position."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def read_token(token: str) -> str:
    """The position of a token. Raises InvalidInput for one that no page gave."""
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        # No base64, no UTF-8, or no ASCII.
        raise bad_token() from None


def read_id_token(token: str) -> UUID | None:
    """The id of a token; None for the first page. Raises InvalidInput for one that no page gave."""
    if not token:
        return None
    try:
        return UUID(read_token(token))
    except ValueError:
        raise bad_token() from None


def read_number_token(token: str) -> int:
    """The number of a token; 0 for the first page. Raises InvalidInput for one that no page gave."""
    if not token:
        return 0
    text = read_token(token)
    if not text.isdecimal() or len(text) > 9:
        raise bad_token()
    return int(text)


def bad_token() -> InvalidInput:
    """The refusal of a token."""
    text = "must be the next_page_token of an earlier page"
    return InvalidInput(
        "PAGE_TOKEN_INVALID", f"page_token {text}", violations=(FieldViolation("page_token", text),)
    )
