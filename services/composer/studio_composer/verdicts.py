"""Verdicts: what was found out about a scene's pictures, kept so that a film need not look again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Check, Piece, Reference
from studio_composer.timeline import Scene, Timeline
from studio_composer.verification import decode_pictures
from studio_media.picture import frames, packets


@dataclass(frozen=True, slots=True)
class Verdict:
    """The packets of which every key picture was decoded, by their trail, and the best frame for a poster."""

    trail: str
    poster_frame: int
    poster_score: float

    def record(self) -> bytes:
        """The verdict as JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode()


def verdict_from(data: bytes) -> Verdict:
    """Read a verdict. Raises ValueError, KeyError, TypeError for another file."""
    record = json.loads(data)
    return Verdict(str(record["trail"]), int(record["poster_frame"]), float(record["poster_score"]))


def look_at(
    picture: Path, length_frames: int, reference: Reference, shelf: Shelf, check: Check
) -> tuple[Verdict, bytes]:
    """Count a scene's pictures and decode its key pictures; the verdict, and its best frame as JPEG.

    What is on the shelf of another scene's, or of this one before an edit, is not decoded again.

    Raises FilmFault for a wrong count, a gap in time or a key picture that can't be decoded.
    """
    scene = Scene("", "", Piece(picture, 0, length_frames), 0, encoded_again=False)
    timeline = Timeline((scene,), length_frames, reference.form.rate_hz)
    poster = PosterChoice()
    trail = decode_pictures(packets(picture), reference, timeline, poster, shelf, check)
    jpeg = poster.jpeg(lambda frame: next(frames(picture, frame, frame + 1)))
    return Verdict(trail, poster.frame, round(poster.score, 6)), jpeg
