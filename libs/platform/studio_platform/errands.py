"""What a service's program does besides serving: python -m studio_jobs migrate."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from studio_platform import logs
from studio_platform.embedded.commands import CommandError
from studio_platform.errors import StudioError
from studio_platform.settings import EXIT_CODE_BAD_SETTINGS, ServerSettings

Errand = Callable[[], Coroutine[Any, Any, None]]

_log = logs.get_logger(__name__)


def run_errand(
    service: str, settings: ServerSettings, errands: Mapping[str, Errand], arguments: Sequence[str]
) -> None:
    """Runs the errand that the arguments name and raises SystemExit; without arguments it returns."""
    if not arguments:
        return
    errand = errands.get(arguments[0]) if len(arguments) == 1 else None
    if errand is None:
        print(f"studio_{service}: say nothing to serve, or one of: {', '.join(errands)}", file=sys.stderr)
        raise SystemExit(EXIT_CODE_BAD_SETTINGS)
    logs.configure(service, settings.log_format, settings.log_level)
    try:
        asyncio.run(errand())
    except (StudioError, CommandError, OSError, TimeoutError) as error:
        _log.error("failed", errand=arguments[0], error=str(error) or repr(error))
        raise SystemExit(1) from None
    raise SystemExit(0)
