"""The templates: a screenplay to start from each, and how its film is best rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Template:
    """A template; its screenplay is Fountain. Loudness in 1/1000 LUFS."""

    display_name: str
    description: str
    width_px: int
    height_px: int
    rate_hz: int
    loudness_millilufs: int


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "short-film": Template(
            "Short film", "Four scenes, two people, one turn; about a minute.", 1280, 720, 24, -16_000
        ),
        "trailer": Template(
            "Trailer",
            "A calm world, what breaks it, a montage, one last line; three quarters of a minute, wide.",
            1280,
            536,
            24,
            -16_000,
        ),
        "explainer": Template(
            "Explainer",
            "A question, three steps told by a narrator, one thing to do; about a minute.",
            1280,
            720,
            30,
            -16_000,
        ),
        "vertical-short": Template(
            "Vertical short",
            "One place, two people, a hook and a turn; half a minute, upright.",
            720,
            1280,
            30,
            -14_000,
        ),
    }
)


def screenplay(name: str) -> bytes:
    """The screenplay of a template in TEMPLATES."""
    return resources.files(__package__).joinpath(f"{name}.fountain").read_bytes()
