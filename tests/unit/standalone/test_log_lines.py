"""The services' JSON lines are told in words; what others write is left as it is."""

from __future__ import annotations

import json

import pytest

from studio_standalone.log_lines import readable

STAMP = {"timestamp": "2026-11-26T11:31:25.301966Z", "service": "jobs", "logger": "studio_jobs.owner"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"event": "ready", "level": "info"}, "11:31:25.301 ready"),
        (
            {"event": "pool joined", "level": "info", "pool": "camera-clip", "slots": 2},
            "11:31:25.301 pool joined pool=camera-clip slots=2",
        ),
        ({"event": "fetch failed", "level": "warning"}, "11:31:25.301 WARNING fetch failed"),
        (
            {
                "event": "could not start",
                "level": "error",
                "exception": "Traceback ...\n  x\nOSError: no room",
            },
            "11:31:25.301 ERROR could not start: OSError: no room",
        ),
    ],
)
def test_json_line_is_told_in_words(fields: dict[str, object], said: str) -> None:
    assert readable(json.dumps(STAMP | fields)) == said


@pytest.mark.parametrize(
    "line", ["", "[11319] 2026/11/26 11:31:00 [INF] Starting", '{"event": 1', '{"no": "event"}', "{}", "[1]"]
)
def test_any_other_line_is_left_as_it_is(line: str) -> None:
    assert readable(line) == line
