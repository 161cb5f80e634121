"""The sizes in docs/install-kubernetes.md are those of the examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.chart.release import ROOT, Object, Release

ROW = re.compile(
    r"^\| ([a-z-]+) \| (\d+) \| ([\d.]+) cores \| ([\d.]+) GiB \| ([\d.]+) GiB \|$", re.MULTILINE
)
GIB = {"Mi": 1 / 1024, "Gi": 1.0}


def _running(release: Release) -> Iterator[tuple[int, Object]]:
    """Each container that keeps running, with how many of it there are at first."""
    fewest = {
        item["spec"]["scaleTargetRef"]["name"]: item["spec"]["minReplicas"]
        for item in release.of_kind("HorizontalPodAutoscaler").values()
    }
    for kind in ("Deployment", "StatefulSet"):
        for name, item in release.of_kind(kind).items():
            (container,) = item["spec"]["template"]["spec"]["containers"]
            yield item["spec"].get("replicas", fewest.get(name, 1)), container


def _cores(text: str) -> float:
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)


def _gib(text: str) -> float:
    return float(text[:-2]) * GIB[text[-2:]]


def _size(release: Release) -> tuple[int, float, float, float]:
    running = [(times, container["resources"]) for times, container in _running(release)]
    return (
        sum(times for times, _ in running),
        sum(times * _cores(amounts["requests"]["cpu"]) for times, amounts in running),
        sum(times * _gib(amounts["requests"]["memory"]) for times, amounts in running),
        sum(times * _gib(amounts["limits"]["memory"]) for times, amounts in running),
    )


def test_the_page_says_what_the_examples_ask_for(releases: dict[str, Release]) -> None:
    page = (ROOT / "docs" / "install-kubernetes.md").read_text("utf-8")
    told = {name: tuple(map(float, amounts)) for name, *amounts in ROW.findall(page)}
    asked = {name: _size(release) for name, release in releases.items()}
    assert told.keys() == asked.keys()
    for name, amounts in asked.items():
        assert all(abs(a - b) <= 0.051 for a, b in zip(told[name], amounts, strict=True)), (name, amounts)
