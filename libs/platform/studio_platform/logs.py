"""Structured logs: one event a line, with the ids of the request, job, task and run at hand, no secrets."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextvars import ContextVar
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, TextIO

import structlog
from pydantic import SecretBytes, SecretStr

from studio_platform.settings import LogFormat, LogLevel

REDACTED = "[redacted]"
_SECRET_WORDS = ("password", "secret", "token", "authorization", "private_key", "cookie", "credential")
_DEPTH_MAX_LEVELS = 6
_PLAIN = (str, int, float, bool, type(None))
KEYS_KEPT_MAX = 1_000
"""Names of values of which it is remembered whether they name a secret."""

_bound: ContextVar[Mapping[str, str]] = ContextVar("filmstudio_log_ids", default=MappingProxyType({}))


def configure(
    service: str,
    log_format: LogFormat = LogFormat.JSON,
    level: LogLevel = LogLevel.INFO,
    stream: TextIO | None = None,
) -> None:
    """Sets up structlog, and the standard library's loggers through it, for the whole process.

    Writes to `stream` (standard error); every line has timestamp (UTC), level, service and event.
    """
    target = stream or sys.stderr
    shared = _shared_processors(service)
    renderer = _renderer(log_format)
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_level_number(level)),
        # Not by the standard library's logger, which costs three times as much a line.
        logger_factory=lambda name="": LineLogger(target, name),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(_level_number(level))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


class LineLogger:
    """Writes lines of the logger called `name`."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        """One line. Where nobody reads them any more the work goes on, as with the standard library."""
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = msg


class bound:  # noqa: N801 - reads as what it does: `with bound(job=...)`
    """Within it every line of this task and of those it starts carries `ids` (request, job, task, run...)."""

    __slots__ = ("_before", "_ids")

    def __init__(self, **ids: str) -> None:
        self._ids = ids
        self._before: Mapping[str, str] = {}

    def __enter__(self) -> None:
        self._before = _bound.get()
        _bound.set({**self._before, **self._ids})

    def __exit__(self, *_: object) -> None:
        # Set, not reset by token: a stream may be closed in another task than it began in.
        _bound.set(self._before)


def bound_ids() -> Mapping[str, str]:
    """What lines of this task carry now."""
    return _bound.get()


def add_bound_ids(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: adds `bound_ids` to a line; its own words go before."""
    return {**_bound.get(), **event}


def _level_number(level: LogLevel) -> int:
    return logging.getLevelNamesMapping()[level.value.upper()]


def _shared_processors(service: str) -> list[structlog.types.Processor]:
    def add_service(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    return [
        add_bound_ids,
        structlog.stdlib.add_log_level,
        _add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        redact,
        structlog.processors.StackInfoRenderer(),
    ]


def _add_logger_name(logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record = event.get("_record")
    event["logger"] = logger.name if record is None else record.name
    return event


@cache
def _encoder(default: Callable[[Any], Any]) -> json.JSONEncoder:
    return json.JSONEncoder(default=default)


def _dumped(event: Mapping[str, Any], default: Callable[[Any], Any]) -> str:
    return _encoder(default).encode(event)


def _renderer(log_format: LogFormat) -> list[structlog.types.Processor]:
    match log_format:
        case LogFormat.JSON:
            return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_dumped)]
        case LogFormat.CONSOLE:
            return [structlog.dev.ConsoleRenderer(colors=False)]


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides the value of every key that names a secret, at any depth."""
    for key, value in list(event.items()):
        if key == "event" or (type(value) in _PLAIN and not _names_secret(key)):
            continue
        event[key] = _clean(key, value, _DEPTH_MAX_LEVELS)
    return event


@lru_cache(KEYS_KEPT_MAX)
def _names_secret(key: str) -> bool:
    lower = key.lower()
    return any(word in lower for word in _SECRET_WORDS)


def _clean(key: str, value: Any, levels_left: int) -> Any:
    if isinstance(value, SecretStr | SecretBytes) or _names_secret(key):
        return REDACTED
    if isinstance(value, Mapping):
        if levels_left == 0:
            return REDACTED
        return {name: _clean(str(name), part, levels_left - 1) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, part, levels_left - 1) for part in value] if levels_left else REDACTED
    return value
