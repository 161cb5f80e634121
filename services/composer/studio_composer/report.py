"""The film's report: what was made, how loud, how long, from which scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from studio_composer.captions import Caption, Cue
from studio_composer.card_looks import caption_face, card_look
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
        "letters_missing_on_title_card": card_look(order).missing(
            order.title + order.end_title, order.credit + order.author + "".join(order.credits)
        ),
        **_missing_in_captions(order, captions),
    }


def _missing_in_captions(order: FilmOrder, captions: Sequence[Caption]) -> dict[str, str]:
    """The letters that burned-in captions lack; nothing is told of those that players draw."""
    if order.caption_style is None or not order.caption_style.burned_in:
        return {}
    spoken = "".join(line for caption in captions for line in caption.lines)
    return {"letters_missing_in_captions": caption_face(order).missing(spoken)}


def overruns_in(cues: Sequence[Cue]) -> dict[str, Any]:
    """What is told of speech in another language that is longer than its place; nothing without any."""
    found = [
        {"character": cue.character, "text": cue.text, "start_ms": cue.start_ms, **asdict(cue.overrun)}
        for cue in cues
        if cue.overrun is not None
    ]
    return {"overruns": found} if found else {}
