"""Log lines as people read them: the services' JSON lines in words, all others as they are."""

from __future__ import annotations

import json

WORDLESS = frozenset({"event", "level", "timestamp", "logger", "service", "exception"})
QUIET_LEVELS = frozenset({"info", "debug"})


def readable(line: str) -> str:
    """ "11:31:25.302 ERROR could not start port=8484: RuntimeError: ..." of a service's JSON line.

    An exception is told by its last line. Any other line comes back unchanged.
    """
    fields = _fields(line)
    if fields is None:
        return line
    level = str(fields.get("level", ""))
    parts = [
        str(fields.get("timestamp", "")).partition("T")[2][:12],
        "" if level in QUIET_LEVELS else level.upper(),
        str(fields["event"]),
        *(f"{name}={_value(value)}" for name, value in fields.items() if name not in WORDLESS),
    ]
    last_words = str(fields.get("exception", "")).strip().rpartition("\n")[2]
    return " ".join(part for part in parts if part) + (f": {last_words}" if last_words else "")


def _fields(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and "event" in fields else None


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
