"""Revisions broken down, with the ids that their shots were given when they were imported."""

from __future__ import annotations

from studio_jobs.formats import FORMS
from studio_jobs.screenplay.alignment import SceneKey, align, keys_of
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.store.identities import packed, unpacked

Before = tuple[bytes, int, bytes | None]
"""A revision's content, format and identities."""


def broken_down(content: bytes, format_number: int, identities: bytes | None) -> Breakdown:
    """A kept revision's scenes and shots; the same ids whatever rules have changed since its import.

    Raises ScreenplayRefused.
    """
    fresh = break_down(read(content, form=FORMS[format_number]))
    return align(unpacked(identities), fresh) if identities else fresh


def identified(breakdown: Breakdown, before: Before | None) -> Breakdown:
    """A new revision with the ids of the one before it."""
    return align(_keys_before(*before), breakdown) if before else breakdown


def identities_of(breakdown: Breakdown) -> bytes:
    """What is kept beside a revision's text."""
    return packed(keys_of(breakdown))


def _keys_before(content: bytes, format_number: int, identities: bytes | None) -> tuple[SceneKey, ...]:
    """What the revision before was known by; nothing when it can no longer be read."""
    if identities:
        return unpacked(identities)
    try:
        return keys_of(broken_down(content, format_number, None))
    except ScreenplayRefused:
        return ()
