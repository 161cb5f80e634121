"""The film's pictures: its scenes between two cards, counted and looked at before they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio_composer.cards import Card, card_frames, credit_frames
from studio_composer.fades import Fades
from studio_composer.languages import closing_words
from studio_composer.orders import FilmOrder
from studio_composer.poster import PosterChoice
from studio_composer.splice import Check, Piece, Reference, encode, spliced
from studio_composer.takes import Joiner, Take
from studio_composer.timeline import Timeline
from studio_composer.verification import decode_pictures


@dataclass(frozen=True, slots=True)
class FilmPictures:
    """The pieces in order, and the trail of their packets."""

    pieces: tuple[Piece, ...]
    trail: str
    poster: PosterChoice


def film_pictures(
    order: FilmOrder,
    timeline: Timeline,
    reference: Reference,
    work: Path,
    check: Check,
    progress: Callable[[int], None],
) -> FilmPictures:
    """Draw the cards, then count all pictures in order and decode the key pictures; `progress` gets 0 to 100.

    Raises FilmFault for pictures that aren't the timeline's frames, or a key picture that can't be decoded.
    """
    title = Card(order.title, order.credit, order.author)
    closing = Card(order.end_title or closing_words(order.language) or order.title)
    pieces = (
        *_card(title, order.title_card_frames, reference, work / "title.mp4", check),
        *_scenes(timeline, reference, work, check),
        *_card(closing, order.end_card_frames, reference, work / "end.mp4", check),
        *_credits(order, reference, work, check),
    )
    poster = PosterChoice()
    trail = decode_pictures(spliced(pieces, reference), reference, timeline, poster, check, progress)
    return FilmPictures(pieces, trail, poster)


def _scenes(timeline: Timeline, reference: Reference, work: Path, check: Check) -> list[Piece]:
    pictures = [scene.picture for scene in timeline.scenes]
    if not any(scene.crossfade_frames for scene in timeline.scenes):
        return pictures
    takes = [
        Take(scene.picture.source, 0, scene.picture.length_frames, crossfade_frames=scene.crossfade_frames)
        for scene in timeline.scenes
    ]
    return Joiner(reference, work, check).join(takes, Fades(0, 0))


def _credits(order: FilmOrder, reference: Reference, work: Path, check: Check) -> list[Piece]:
    form = reference.form
    pieces = []
    for number, page in enumerate(order.credit_pages):
        path = work / f"credits-{number}.mp4"
        pictures = credit_frames(page, form.width_px, form.height_px, order.credits_card_frames)
        encode(pictures, order.credits_card_frames, reference, path, check)
        pieces.append(Piece(path, 0, order.credits_card_frames))
    return pieces


def _card(card: Card, length_frames: int, reference: Reference, path: Path, check: Check) -> list[Piece]:
    if not length_frames:
        return []
    form = reference.form
    pictures = card_frames(card, form.width_px, form.height_px, length_frames)
    encode(pictures, length_frames, reference, path, check)
    return [Piece(path, 0, length_frames)]
