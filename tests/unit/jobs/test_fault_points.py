"""The lists of fault points, the code that passes them, and the page that tells of them."""

from __future__ import annotations

import re
from pathlib import Path

import studio_jobs
import studio_platform
from studio_gateway.__main__ import JOBS_SERVICES
from studio_gateway.fault_points import HANDOFFS as GATEWAY_HANDOFFS
from studio_gateway.fault_points import fault_points as gateway_points
from studio_jobs.fault_points import POINTS
from studio_platform.fault_points import HANDOFFS, fault_points

ROOT = Path(__file__).resolve().parents[3]
HIT = re.compile(r"faults\.hit\(\s*f?\"([^\"]+)\"")
ROW = re.compile(r"^\| `([^`]+)` \| (.+) \|$", re.MULTILINE)


def passed_in(package: Path) -> list[str]:
    """The points that a package's code passes."""
    return [point for path in sorted(package.rglob("*.py")) for point in HIT.findall(path.read_text())]


def test_the_job_service_passes_exactly_its_points_each_in_one_place() -> None:
    assert sorted(passed_in(Path(studio_jobs.__file__).parent)) == sorted(POINTS)


def test_a_generator_passes_exactly_its_handoffs_each_in_one_place() -> None:
    passed = passed_in(Path(studio_platform.__file__).parent)

    assert sorted(point.removeprefix("{self._service}.") for point in passed) == sorted(HANDOFFS)


def test_the_page_tells_of_every_point_and_of_no_other() -> None:
    told = dict(ROW.findall((ROOT / "docs" / "fault-points.md").read_text()))

    assert told == {**fault_points(["<service>.<kind>"]), **POINTS, **GATEWAY_HANDOFFS}


def test_the_gateway_has_a_point_for_each_method_that_it_forwards() -> None:
    points = gateway_points(JOBS_SERVICES)

    assert {"gateway.answered.CreateJob", "gateway.streaming.WatchJob"} <= points
    assert len(points) == sum(len(service.methods) for service in JOBS_SERVICES)
