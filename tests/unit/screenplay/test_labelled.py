"""The labelled set: ours is right on all of it; docs/screenplay-parsers.md shows what others make of it."""

from __future__ import annotations

from typing import Any

import pytest

from studio_jobs.screenplay import Element, Kind
from studio_jobs.screenplay.emphasis import plain
from studio_jobs.screenplay.fountain import parse_fountain
from tests.unit.screenplay.labelled import Case, Expected, cases

CASES = list(cases())


def _labelled(element: Element) -> Expected:
    extras: dict[str, Any] = {}
    if element.scene_number:
        extras["number"] = element.scene_number
    if element.kind is Kind.CHARACTER and element.extensions:
        extras["extensions"] = list(element.extensions)
    if element.kind is Kind.CHARACTER and element.dual:
        extras["dual"] = True
    if element.kind is Kind.SECTION:
        extras["level"] = element.level
    if element.kind is Kind.TITLE_ENTRY:
        extras["name"] = element.name
    text = "" if element.kind is Kind.PAGE_BREAK else plain(element.text)
    return element.kind.value, text, extras


def ours(source: str) -> list[Expected]:
    """What our parser finds in a source, in the terms of the labels."""
    screenplay = parse_fountain(source)
    return [_labelled(element) for element in (*screenplay.title_page, *screenplay.elements)]


def _merged(elements: list[Expected]) -> list[Expected]:
    """Paragraphs of action that follow each other as one, as the labels have them."""
    merged: list[Expected] = []
    for kind, text, extras in elements:
        if merged and kind == merged[-1][0] == "ACTION":
            merged[-1] = (kind, f"{merged[-1][1]}\n\n{text}", extras)
        else:
            merged.append((kind, text, extras))
    return merged


def _spaced(elements: list[Expected], case: Case) -> list[Expected]:
    if case.exact:
        return elements
    return [(kind, " ".join(text.split()), extras) for kind, text, extras in elements]


def test_the_set_has_at_least_forty_five_cases() -> None:
    assert len(CASES) >= 45
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_labelled_case_is_read_as_labelled(case: Case) -> None:
    found = ours(case.source)

    assert _spaced(_merged(found), case) == _spaced(list(case.expected), case)
