"""Structured logs: one event a line, with the ids of the request, job, task and run at hand, no secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TextIO

import structlog
from pydantic import SecretBytes, SecretStr

from studio_platform.settings import LogFormat, LogLevel

REDACTED = "[redacted]"
_SECRET_WORDS = ("password", "secret", "token", "authorization", "private_key", "cookie", "credential")
_DEPTH_MAX_LEVELS = 6


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
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(_level_number(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
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


def bound(**ids: str) -> AbstractContextManager[None]:
    """Within it every line of this task and of those it starts carries `ids` (request, job, task, run...)."""
    return structlog.contextvars.bound_contextvars(**ids)


def _level_number(level: LogLevel) -> int:
    return logging.getLevelNamesMapping()[level.value.upper()]


def _shared_processors(service: str) -> list[structlog.types.Processor]:
    def add_service(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        redact,
        structlog.processors.StackInfoRenderer(),
    ]


def _renderer(log_format: LogFormat) -> list[structlog.types.Processor]:
    match log_format:
        case LogFormat.JSON:
            return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        case LogFormat.CONSOLE:
            return [structlog.dev.ConsoleRenderer(colors=False)]


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides the value of every key that names a secret, at any depth."""
    for key in list(event):
        if key != "event":
            event[key] = _clean(key, event[key], _DEPTH_MAX_LEVELS)
    return event


def _clean(key: str, value: Any, levels_left: int) -> Any:
    if isinstance(value, SecretStr | SecretBytes) or any(word in key.lower() for word in _SECRET_WORDS):
        return REDACTED
    if isinstance(value, Mapping):
        if levels_left == 0:
            return REDACTED
        return {name: _clean(str(name), part, levels_left - 1) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, part, levels_left - 1) for part in value] if levels_left else REDACTED
    return value
