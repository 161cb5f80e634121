"""Whether a model's licence lets anybody use it, or wants to be read and accepted first."""

from __future__ import annotations

FREE = frozenset(
    {
        "apache-2.0",
        "mit",
        "bsd-2-clause",
        "bsd-3-clause",
        "cc0-1.0",
        "cc-by-4.0",
        "openrail",
        "openrail++",
        "creativeml-openrail-m",
        "bigscience-openrail-m",
    }
)
"""Licences that allow commercial use without an agreement; the openrail ones forbid some uses."""

NON_COMMERCIAL = ("non-commercial", "noncommercial", "-nc", "research")


class LicenceError(RuntimeError):
    """A licence that nobody has accepted."""


def require_accepted(model: str, licence: str, *, accepted: bool) -> None:
    """Raises LicenceError for a licence that isn't free and wasn't accepted."""
    if accepted or licence.lower() in FREE:
        return
    raise LicenceError(
        f"{model} is under {licence or 'no licence that it names'}, {_what_of(licence)}."
        " Read it; if you may use the model, say so with --accept-licence."
    )


def is_non_commercial(licence: str) -> bool:
    """Whether its name says so."""
    return any(word in licence.lower() for word in NON_COMMERCIAL)


def _what_of(licence: str) -> str:
    return "which forbids commercial use" if is_non_commercial(licence) else "which has terms of its own"
