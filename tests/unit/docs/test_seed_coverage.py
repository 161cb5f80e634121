"""docs/seed-coverage.md names tests that exist, and nothing of the seed without a test or an issue."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "seed-coverage.md").read_text("utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ISSUE = re.compile(r"issue (\d+)")
EVERY_TEST = "every test on this page"


def rows() -> list[tuple[str, str, str]]:
    """Feature, tests and issues of each line of the tables."""
    lines = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    found = [(cells[0].strip(), cells[1].strip(), cells[2].strip()) for cells in lines]
    return [row for row in found if row[2] != "still to come"]


@pytest.mark.parametrize(("file", "name"), sorted(set(TEST.findall(PAGE))))
def test_a_test_that_the_page_names_exists(file: str, name: str) -> None:
    module = ast.parse((ROOT / file).read_text("utf-8"))

    assert name in {
        node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_line_has_a_test_that_shows_it_or_an_issue_that_will() -> None:
    bare = [
        feature
        for feature, tests, issues in rows()
        if not (TEST.search(tests) or tests == EVERY_TEST or ISSUE.search(issues))
    ]

    assert bare == []


def test_every_issue_that_a_line_names_has_its_title_on_the_page() -> None:
    titled = set(re.findall(r"^- issue (\d+): ", PAGE, re.MULTILINE))
    named = {number for _, _, issues in rows() for number in ISSUE.findall(issues)}

    assert named == titled
