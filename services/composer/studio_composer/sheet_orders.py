"""What the composer is asked for: the order of a storyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio_platform.engine import Input


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a shot; `delivery` is its parenthetical."""

    character: str
    delivery: str
    text: str


@dataclass(frozen=True, slots=True)
class SheetFrame:
    """A shot on a sheet; `camera` says size and move in words, such as "close, push in"."""

    still_role: str
    ordinal: int
    camera: str
    action: str
    lines: tuple[SheetLine, ...]
    expected_ms: int


@dataclass(frozen=True, slots=True)
class SheetScene:
    """A scene on a sheet."""

    number: str
    heading: str
    frames: tuple[SheetFrame, ...]

    @property
    def expected_ms(self) -> int:
        """How long it lasts."""
        return sum(frame.expected_ms for frame in self.frames)


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """A storyboard. `language` is BCP-47."""

    title: str
    scenes: tuple[SheetScene, ...]
    credit: str = ""
    author: str = ""
    language: str = "en"
    inputs: Mapping[str, Input] = field(default_factory=dict)

    @property
    def frames(self) -> tuple[SheetFrame, ...]:
        """All shots in order."""
        return tuple(frame for scene in self.scenes for frame in scene.frames)

    @property
    def expected_ms(self) -> int:
        """How long the film lasts."""
        return sum(scene.expected_ms for scene in self.scenes)
