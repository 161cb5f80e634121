"""What is edited of shots: their takes, each with its settings, and which of them the film has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from studio_jobs.edits.documents import NOTHING_EDITED, Documents
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot

SHOT_KIND = "shot"
"""Which take of a shot the film has; the subject is the shot's id."""

TAKE_KIND = "take"
"""The settings of a take; the subject is the shot's id, a slash and the take's number."""

FIRST_TAKE = 1
TAKES_MAX = 100
"""Takes of one shot, with those that were undone."""


@dataclass(frozen=True, slots=True)
class TakeSettings:
    """How a take differs from what the screenplay and the cast say; empty and 0 where it doesn't.

    `prompt` replaces the studio's prompt, `prompt_addition` comes after it; `camera_move` is as PUSH_IN;
    pools are names without "pools/".
    """

    prompt: str = ""
    prompt_addition: str = ""
    negative_prompt: str = ""
    seed: int = 0
    still_pool: str = ""
    clip_pool: str = ""
    duration_ms: int = 0
    camera_move: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """Those that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value}


NO_SETTINGS = TakeSettings()


@dataclass(frozen=True, slots=True)
class ShotEdit:
    """The takes of a shot by their numbers, from 1; the first is there without a document."""

    chosen: int = FIRST_TAKE
    takes: Mapping[int, TakeSettings] = field(default_factory=dict)

    @property
    def settings(self) -> TakeSettings:
        """Those of the chosen take."""
        return self.take(self.chosen)

    def take(self, number: int) -> TakeSettings:
        """Those of a take."""
        return self.takes.get(number, NO_SETTINGS)

    @property
    def numbers(self) -> list[int]:
        """The numbers of all takes."""
        return sorted({FIRST_TAKE, self.chosen, *self.takes})


UNEDITED = ShotEdit()


def shot_edits(documents: Documents) -> dict[str, ShotEdit]:
    """The edited shots by id."""
    takes: dict[str, dict[int, TakeSettings]] = {}
    for subject, document in documents.of_kind(TAKE_KIND).items():
        shot_id, _, number = subject.rpartition("/")
        takes.setdefault(shot_id, {})[int(number)] = read_take(document.content)
    chosen = {
        shot_id: read_chosen(document.content) for shot_id, document in documents.of_kind(SHOT_KIND).items()
    }
    return {
        shot_id: ShotEdit(chosen.get(shot_id, FIRST_TAKE), takes.get(shot_id, {}))
        for shot_id in {**takes, **chosen}
    }


def retimed(breakdown: Breakdown, edits: Mapping[str, ShotEdit]) -> Breakdown:
    """The breakdown with the edited lengths of the chosen takes."""
    if not any(edit.settings.duration_ms for edit in edits.values()):
        return breakdown
    return replace(
        breakdown, scenes=tuple(replace(scene, shots=_retimed(scene, edits)) for scene in breakdown.scenes)
    )


def _retimed(scene: Scene, edits: Mapping[str, ShotEdit]) -> tuple[Shot, ...]:
    return tuple(
        replace(shot, edited_ms=edits.get(shot.shot_id, UNEDITED).settings.duration_ms)
        for shot in scene.shots
    )


def take_subject(shot_id: str, number: int) -> str:
    """The subject of a take's document."""
    return f"{shot_id}/{number}"


def write_take(number: int, settings: TakeSettings) -> bytes:
    """A take's document; the first take without settings has none."""
    if number == FIRST_TAKE and settings == NO_SETTINGS:
        return NOTHING_EDITED
    return _json({"number": number, **settings.fields})


def read_take(content: bytes) -> TakeSettings:
    """The settings in a take's document."""
    fields = json.loads(content) if content else {}
    fields.pop("number", None)
    return TakeSettings(**fields)


def write_chosen(number: int) -> bytes:
    """A shot's document; nothing when it has its first take."""
    return NOTHING_EDITED if number == FIRST_TAKE else _json({"chosen": number})


def read_chosen(content: bytes) -> int:
    """The number of the chosen take in a shot's document."""
    return int(json.loads(content)["chosen"]) if content else FIRST_TAKE


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()
