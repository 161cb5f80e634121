"""Submits films to the Celery pipeline and prints what they took, as one JSON object.

Run by bench.throughput in the peer's environment: python -m bench.peer.driver lone|crowd FILMS SHOTS
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench.peer.pipeline import film_of

JOB_SECONDS_MAX = 600


def main(arguments: list[str]) -> None:
    """Measure one way of submitting."""
    way, films, shots = arguments[0], int(arguments[1]), int(arguments[2])
    began = time.process_time()
    seconds = [lone(shots) for _ in range(films)] if way == "lone" else [crowd(films, shots)]
    print(json.dumps({"seconds": seconds, "client_cpu_seconds": time.process_time() - began}))


def lone(shots: int) -> float:
    """Seconds from the submission of a film until its result is here."""
    began = time.monotonic()
    _result(film_of(shots).apply_async())
    return time.monotonic() - began


def crowd(jobs: int, shots: int) -> float:
    """Seconds from the first submission to the end of the last film, by the worker that made it."""
    began = time.time()
    submitted = [film_of(shots).apply_async() for _ in range(jobs)]
    ends = [_result(result)["ended_at"] for result in submitted]
    return float(max(ends) - began)


def _result(result: Any) -> dict[str, Any]:
    made: dict[str, Any] = result.get(timeout=JOB_SECONDS_MAX)
    return made


if __name__ == "__main__":
    main(sys.argv[1:])
