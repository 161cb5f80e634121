"""The speeches of a segment that is an input, as it kept them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from studio_composer.captions import Cue, cue_from_record
from studio_composer.given import part_path, refusal
from studio_composer.orders import TranslatedCue
from studio_platform.engine import Input


def cues_of(inputs: Mapping[str, Input], role: str, where: str) -> list[Cue]:
    """Return the speeches of a segment. Raises EngineFailure when they can't be read."""
    path = part_path(inputs, role, "cues", where)
    try:
        return [cue_from_record(record) for record in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise refusal("CUES_INVALID", f"The subtitles of {where} can't be read.", error) from error


def in_translation(cues: Sequence[Cue], translated: Sequence[TranslatedCue], where: str) -> list[Cue]:
    """Return the cues of a scene with what they say in another language; all as they are without any.

    Both are in the order in which its shots say them, and a speech that trims left nothing of has no cue.
    Raises EngineFailure for a cue that is not among the translated ones.
    """
    if not translated:
        return list(cues)
    following = iter(translated)
    said: list[Cue] = []
    for cue in cues:
        own = (cue.character, cue.text)
        found = next((it for it in following if (it.character, it.source_text) == own), None)
        if found is None:
            raise refusal("CAPTION_UNKNOWN", f"A speech of {where} has no translation.")
        said.append(replace(cue, text=found.text, words=()))
    return said
