"""Verdicts: what was found out about a scene's pictures, kept so that a film need not look again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio_composer.defects import Meant, meant_from
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Check, Piece, Reference
from studio_composer.stretches import PictureFacts, Stretch
from studio_composer.timeline import Scene, Timeline
from studio_composer.verification import decode_pictures
from studio_media.picture import frames, packets


@dataclass(frozen=True, slots=True)
class Verdict:
    """The packets of which every picture was decoded, by their trail, and the best frame for a poster.

    `facts` are what they show, `meant` what of it the plan declares, and of the scene's sound.
    """

    trail: str
    poster_frame: int
    poster_score: float
    facts: PictureFacts = field(default_factory=PictureFacts)
    meant: tuple[Meant, ...] = ()

    def record(self) -> bytes:
        """The verdict as JSON."""
        record = {
            "trail": self.trail,
            "poster_frame": self.poster_frame,
            "poster_score": self.poster_score,
            "black": self.facts.black,
            "still": self.facts.still,
            "meant": [meant.record() for meant in self.meant],
        }
        return json.dumps(record, sort_keys=True).encode()


def verdict_from(data: bytes) -> Verdict:
    """Read a verdict. Raises ValueError, KeyError, TypeError for another file."""
    record: dict[str, Any] = json.loads(data)
    facts = PictureFacts(_stretches(record.get("black", ())), _stretches(record.get("still", ())))
    return Verdict(
        str(record["trail"]),
        int(record["poster_frame"]),
        float(record["poster_score"]),
        facts,
        meant_from(record.get("meant", ())),
    )


def look_at(
    picture: Path, length_frames: int, reference: Reference, shelf: Shelf, check: Check
) -> tuple[Verdict, bytes]:
    """Count and decode a scene's pictures; the verdict, which declares nothing, and its best frame as JPEG.

    What is on the shelf of another scene's, or of this one before an edit, is not decoded again.

    Raises FilmFault for a wrong count, a gap in time or a picture that can't be decoded.
    """
    scene = Scene("", "", Piece(picture, 0, length_frames), 0, encoded_again=False)
    timeline = Timeline((scene,), length_frames, reference.form.rate_hz)
    poster = PosterChoice()
    counted = decode_pictures(packets(picture), reference, timeline, poster, shelf, check)
    jpeg = poster.jpeg(lambda frame: next(frames(picture, frame, frame + 1)))
    return Verdict(counted.trail, poster.frame, round(poster.score, 6), counted.facts), jpeg


def _stretches(records: Sequence[Sequence[int]]) -> tuple[Stretch, ...]:
    return tuple((int(start), int(stop)) for start, stop in records)
