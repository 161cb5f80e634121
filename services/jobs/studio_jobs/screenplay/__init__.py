"""Screenplays: read from bytes, and broken down into scenes and shots, by rules and without any service."""

from __future__ import annotations

from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.elements import (
    Diagnostic,
    Element,
    Kind,
    Screenplay,
    ScreenplayRefused,
    Severity,
    Span,
)
from studio_jobs.screenplay.reader import Form, Limits, read
from studio_jobs.screenplay.scenes import Breakdown, EffectCue, Line, Scene, Shot
from studio_jobs.screenplay.shot_sizes import ShotSize

__all__ = [
    "Breakdown",
    "Diagnostic",
    "EffectCue",
    "Element",
    "Form",
    "Kind",
    "Limits",
    "Line",
    "Scene",
    "Screenplay",
    "ScreenplayRefused",
    "Severity",
    "Shot",
    "ShotSize",
    "Span",
    "break_down",
    "read",
]
