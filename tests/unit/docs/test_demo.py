"""The README's demo is a part of the recorded run."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "docs" / "demo"


def shown_in_readme() -> list[str]:
    """The lines of the block that begins with the edit."""
    lines = (ROOT / "README.md").read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("    $ sed -i"))
    block = []
    for line in lines[first:]:
        if line and not line.startswith("    "):
            break
        block.append(line.removeprefix("    "))
    return block


def test_readme_shows_what_the_recorded_run_said() -> None:
    shown = "\n".join(shown_in_readme()).rstrip()

    assert "is ready" in shown
    assert (DEMO / "watch.txt").read_text().rstrip().endswith(shown)


def test_times_in_the_text_of_the_readme_are_those_of_the_run() -> None:
    recorded = (DEMO / "watch.txt").read_text()
    first = next(line for line in recorded.splitlines() if " and 0 taken from before" in line)
    load = recorded.splitlines()[0].partition("load average ")[2].partition(" before")[0]

    readme = " ".join((ROOT / "README.md").read_text().split())

    assert f"load average of {load} before it: the whole film took {first.rpartition(' in ')[2]}" in readme


def test_cast_is_an_asciicast_in_order_of_time() -> None:
    header, *events = [json.loads(line) for line in (DEMO / "watch.cast").read_text().splitlines()]

    assert header["version"] == 2
    assert [event[1] for event in events].count("m") == 1
    times = [event[0] for event in events]
    assert times == sorted(times)
