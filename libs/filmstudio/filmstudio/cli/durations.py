"""Times as people say them."""

from __future__ import annotations

MINUTE_SECONDS = 60
HOUR_SECONDS = 3600
DAY_SECONDS = 86_400


def clock(seconds: float) -> str:
    """ "0:07", "12:30", "1:02:03"."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR_SECONDS)
    minutes, last = divmod(rest, MINUTE_SECONDS)
    return f"{hours}:{minutes:02}:{last:02}" if hours else f"{minutes}:{last:02}"


def about(seconds: float) -> str:
    """An estimate, no finer than it can be: "a few seconds", "about 40 s", "about 1 h"."""
    if seconds < 7.5:
        return "a few seconds"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} s"
    if seconds < 175:
        minutes, tens = divmod(round(seconds / 10), 6)
        return f"about {minutes} min {10 * tens} s" if tens else f"about {minutes} min"
    if seconds < 55 * MINUTE_SECONDS:
        return f"about {round(seconds / MINUTE_SECONDS)} min"
    hours, tens = divmod(round(seconds / (10 * MINUTE_SECONDS)), 6)
    return f"about {hours} h {10 * tens} min" if tens else f"about {hours} h"


def age(seconds: float) -> str:
    """How long ago: "5 s", "3 min", "2 h", "12 d"."""
    if seconds < MINUTE_SECONDS:
        return f"{max(0, int(seconds))} s"
    if seconds < HOUR_SECONDS:
        return f"{int(seconds / MINUTE_SECONDS)} min"
    if seconds < DAY_SECONDS:
        return f"{int(seconds / HOUR_SECONDS)} h"
    return f"{int(seconds / DAY_SECONDS)} d"
