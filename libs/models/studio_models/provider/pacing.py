"""When the next call may be made: what a provider asks for, and pauses that don't march in step."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

PAUSE_MAX_SECONDS = 30.0
JITTER = 0.25

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_KINDS = ("requests", "images", "tokens")


def pause_seconds(first_seconds: float, attempt: int) -> float:
    """The pause after a try (counted from 1) of which the provider says nothing: doubled, half by chance."""
    longest = min(PAUSE_MAX_SECONDS, first_seconds * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def asked_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the provider asks to wait after a refusal, a little more by chance; None if it doesn't say."""
    asked = _retry_after_seconds(headers, now)
    if asked is None:
        asked = reset_seconds(headers)
    return None if asked is None else asked * random.uniform(1.0, 1.0 + JITTER)  # noqa: S311 - no secret


def reset_seconds(headers: Mapping[str, str]) -> float | None:
    """How long until the provider takes calls again, of which it says that none remain; None otherwise."""
    waits = [
        duration_seconds(headers.get(f"x-ratelimit-reset-{kind}", ""))
        for kind in _KINDS
        if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0"
    ]
    said = [wait for wait in waits if wait is not None]
    return max(said) if said else None


def duration_seconds(said: str) -> float | None:
    """Seconds of a duration such as "6m0s", "120ms" or "1.5"; None for anything else."""
    said = said.strip()
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    found = _DURATION.fullmatch(said)
    if not said or found is None:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """In seconds or as a date."""
    milliseconds = duration_seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after", "")
    seconds = duration_seconds(said)
    if seconds is not None:
        return seconds
    try:
        return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
    except (TypeError, ValueError):
        return None
