"""Settings of the image generator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio_platform.generator import GeneratorSettings, lanes_of


class ImagegenSettings(GeneratorSettings):
    """The image generator: its engine, and how many stills it makes at a time."""

    imagegen_engine: Literal["storyboard", "null"] = Field(
        default="storyboard", description="The engine of this process: storyboard or null."
    )
    imagegen_lanes: int = Field(
        default=0, ge=0, le=64, description="Stills made at a time; 0: one a core (0 to 64)."
    )

    @property
    def lanes(self) -> int:
        """The lanes, with 0 resolved to the cores of this machine."""
        return lanes_of(self.imagegen_lanes)
