"""Settings of the video generator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio_platform.generator import GeneratorSettings, lanes_of


class VideogenSettings(GeneratorSettings):
    """The video generator: its engine, and how many clips it makes at a time."""

    videogen_engine: Literal["camera", "null"] = Field(
        default="camera", description="The engine of this process: camera or null."
    )
    videogen_lanes: int = Field(
        default=0, ge=0, le=64, description="Clips made at a time; 0: one a core (0 to 64)."
    )

    @property
    def lanes(self) -> int:
        """The lanes, with 0 resolved to the cores of this machine."""
        return lanes_of(self.videogen_lanes)
