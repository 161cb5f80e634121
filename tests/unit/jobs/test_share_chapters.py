"""The chapters of a shared film, from its report."""

from __future__ import annotations

import json

import pytest

from filmstudio.shares.v1 import shares_pb2
from studio_jobs.servicers.shares import CHAPTERS_MAX, chapters_in


def test_chapters_are_those_of_the_report_as_many_as_a_page_takes() -> None:
    told = [{"title": f"INT. {number}", "start_ms": number, "end_ms": number + 1} for number in range(600)]

    found = chapters_in(json.dumps({"chapters": told}))

    assert found[1] == shares_pb2.WatchChapter(title="INT. 1", start_ms=1)
    assert len(found) == CHAPTERS_MAX


@pytest.mark.parametrize("report", ["", "{}", "[]", "not JSON"])
def test_a_report_that_tells_of_none_gives_none(report: str) -> None:
    assert chapters_in(report) == []
