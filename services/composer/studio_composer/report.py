"""The film's report: what was made, how loud, how long, from which scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from studio_composer.captions import Caption
from studio_composer.cards import missing_letters
from studio_composer.joined_sound import JoinedSound
from studio_composer.orders import FilmOrder
from studio_composer.timeline import Timeline
from studio_composer.verification import TrackLengths


def film_report(
    order: FilmOrder,
    timeline: Timeline,
    sound: JoinedSound,
    captions: Sequence[Caption],
    lengths: TrackLengths,
    poster_frame: int,
) -> dict[str, Any]:
    """The report, ready for JSON."""
    tracks = {"video": lengths.video, "audio": lengths.audio, "text": lengths.text}
    return {
        "title": order.title,
        "frames": timeline.length_frames,
        "length_ms": timeline.length_ms,
        **sound.record(order.loudness_target_millilufs),
        "tracks_ms": {name: round(length * 1_000) for name, length in tracks.items()},
        "segments": [
            {
                "role": scene.role,
                "heading": scene.heading,
                "start_frame": scene.start_frame,
                "frames": scene.picture.length_frames,
                "encoded_again": scene.encoded_again,
            }
            for scene in timeline.scenes
        ],
        "chapters": [asdict(chapter) for chapter in timeline.chapters()],
        "captions": len(captions),
        "credits": list(order.credits),
        "poster_frame": poster_frame,
        "letters_missing_on_title_card": missing_letters(
            order.title + order.credit + order.author + order.end_title + "".join(order.credits)
        ),
    }
