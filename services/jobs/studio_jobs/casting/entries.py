"""The cast and the locations of a project as a plan takes them: the studio's choices and what was edited."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio_jobs.screenplay.headings import normalised
from studio_jobs.screenplay.scenes import Breakdown, Line, Scene, Shot

ID_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Part:
    """A character. `voice` is the studio's choice; every other field was edited, or is empty or 0."""

    voice: str = ""
    aliases: tuple[str, ...] = ()
    look: str = ""
    edited_voice: str = ""
    seed: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A place: what was edited of it, or empty and 0."""

    look: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Casting:
    """All of a project's parts by the character's name, and its sites by `site_name`."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """The part of a name; an unedited one for a name that is new."""
        return self.parts.get(name, _UNKNOWN_PART)

    def site(self, location: str) -> Site:
        """The site of a heading's location; an unedited one for a place that is new."""
        return self.sites.get(site_name(location), _UNKNOWN_SITE)

    @property
    def voices(self) -> dict[str, str]:
        """The studio's choices of voices so far."""
        return {name: part.voice for name, part in self.parts.items() if part.voice}

    @property
    def edited_voices(self) -> dict[str, str]:
        """The voices that people chose."""
        return {name: part.edited_voice for name, part in self.parts.items() if part.edited_voice}

    @property
    def looks(self) -> dict[str, str]:
        """The edited looks."""
        return {name: part.look for name, part in self.parts.items() if part.look}

    @property
    def aliases(self) -> dict[str, str]:
        """The character of each alias."""
        return {alias: name for name, part in self.parts.items() for alias in part.aliases}


_UNKNOWN_PART = Part()
_UNKNOWN_SITE = Site()


def name_sha256(name: str) -> bytes:
    """By what a name of any length is found."""
    return hashlib.sha256(name.encode()).digest()


def name_id(name: str) -> str:
    """A name's id: 16 hexadecimal digits."""
    return name_sha256(name).hex()[:ID_CHARACTERS]


def site_name(location: str) -> str:
    """A heading's location as one knows it again: in capitals, without dots, with single spaces."""
    return normalised(location)


def recast(breakdown: Breakdown, aliases: Mapping[str, str]) -> Breakdown:
    """The breakdown in which characters stand under one name each, whatever alias their cues have."""
    if not aliases:
        return breakdown
    return replace(breakdown, scenes=tuple(_recast_scene(scene, aliases) for scene in breakdown.scenes))


def _recast_scene(scene: Scene, aliases: Mapping[str, str]) -> Scene:
    return replace(scene, shots=tuple(_recast_shot(shot, aliases) for shot in scene.shots))


def _recast_shot(shot: Shot, aliases: Mapping[str, str]) -> Shot:
    return replace(
        shot,
        figures=tuple(dict.fromkeys(aliases.get(name, name) for name in shot.figures)),
        speaker=aliases.get(shot.speaker, shot.speaker),
        lines=tuple(_recast_line(line, aliases) for line in shot.lines),
    )


def _recast_line(line: Line, aliases: Mapping[str, str]) -> Line:
    return replace(line, character=aliases.get(line.character, line.character))
