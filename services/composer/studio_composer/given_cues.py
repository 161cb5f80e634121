"""The speeches of a segment that is an input, as it kept them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from studio_composer.captions import Cue, cue_from_record
from studio_composer.given import part_path, refusal
from studio_platform.engine import Input


def cues_of(inputs: Mapping[str, Input], role: str, where: str) -> list[Cue]:
    """Return the speeches of a segment. Raises EngineFailure when they can't be read."""
    path = part_path(inputs, role, "cues", where)
    try:
        return [cue_from_record(record) for record in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise refusal("CUES_INVALID", f"The subtitles of {where} can't be read.", error) from error
