"""The film's pictures: its scenes between two cards, counted before they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from studio_composer.card_looks import CardLook, card_look
from studio_composer.cards import Card, card_frames, credit_frames
from studio_composer.fades import Fades
from studio_composer.given import part_path, refusal
from studio_composer.languages import closing_words
from studio_composer.logos import opened_logo
from studio_composer.orders import FilmOrder
from studio_composer.shelf import Key, digest_of
from studio_composer.splice import STANDING_PICTURE, Piece, spliced
from studio_composer.takes import Joiner, Take
from studio_composer.timeline import Timeline
from studio_composer.verdicts import Verdict
from studio_composer.verification import Counted, count_pictures
from studio_composer.workbench import Workbench

_CARDS_AT_A_TIME = 2


@dataclass(frozen=True, slots=True)
class FilmPictures:
    """The pieces in order, what was counted of their packets, and the frame that stands for the film."""

    pieces: tuple[Piece, ...]
    counted: Counted
    poster_frame: int


def film_pictures(
    order: FilmOrder,
    timeline: Timeline,
    verdicts: Mapping[str, Verdict],
    workbench: Workbench,
    progress: Callable[[int], None],
) -> FilmPictures:
    """Draw the cards, and count all pictures in order; `progress` gets 0 to 100.

    `verdicts` are the scenes' own, by role: their pictures are not decoded again, but must be the very
    packets that were; those of cards, and of scenes that turn into others, are decoded here. Raises FilmFault
    for pictures that aren't the timeline's frames or the verdicts', or a picture that can't be decoded.
    """
    pieces = _pieces(order, timeline, workbench)
    trails = {scene.role: verdicts[scene.role].trail for scene in timeline.scenes_alone}
    reference = workbench.reference
    spliced_pieces = spliced(pieces, reference)
    check, shelf = workbench.check, workbench.shelf
    counted = count_pictures(spliced_pieces, reference, timeline, trails, shelf, check, progress)
    best = max(timeline.scenes, key=lambda scene: verdicts[scene.role].poster_score)
    return FilmPictures(pieces, counted, best.start_frame + verdicts[best.role].poster_frame)


def _pieces(order: FilmOrder, timeline: Timeline, workbench: Workbench) -> tuple[Piece, ...]:
    title = Card(order.title, order.credit, order.author)
    look, drawn_by = card_look(order), _drawn_by(order)
    with ThreadPoolExecutor(_CARDS_AT_A_TIME, thread_name_prefix="card") as pool:
        opening = pool.submit(_card, title, order.title_card_frames, look, workbench, "title.mp4", drawn_by)
        closing = pool.submit(
            _card, _closing(order), order.end_card_frames, look, workbench, "end.mp4", drawn_by
        )
        credits = pool.submit(_credits, order, look, workbench, drawn_by)
        scenes = _scenes(timeline, workbench)
        return (*opening.result(), *scenes, *closing.result(), *credits.result())


def _scenes(timeline: Timeline, workbench: Workbench) -> list[Piece]:
    pictures = [scene.picture for scene in timeline.scenes]
    if not any(scene.crossfade_frames for scene in timeline.scenes):
        return pictures
    takes = [
        Take(
            scene.picture.source,
            0,
            scene.picture.length_frames,
            crossfade_frames=scene.crossfade_frames,
            blend=scene.blend,
        )
        for scene in timeline.scenes
    ]
    return Joiner(workbench).join(takes, Fades(0, 0))


def _closing(order: FilmOrder) -> Card:
    """The end card: a brand's logo with what the order says, or the language's closing words."""
    brand = order.brand
    if brand is not None and brand.end_card_logo:
        path = part_path(order.inputs, brand.logo_role, "image", "the logo")
        try:
            return Card(order.end_title, logo=opened_logo(path))
        except OSError as error:
            raise refusal("BRAND_UNREADABLE", "The brand's logo can't be read.", error) from error
    return Card(order.end_title or closing_words(order.language) or order.title)


def _drawn_by(order: FilmOrder) -> Key:
    """What the look of all cards hangs on: the brand and its files, if there is one."""
    brand = order.brand
    if brand is None:
        return ()
    files = (("font", brand.title_font_role), ("font", brand.text_font_role), ("image", brand.logo_role))
    paths = [part_path(order.inputs, role, part, "the brand") for part, role in files if role]
    return (repr(brand), *map(digest_of, paths))


def _credits(order: FilmOrder, look: CardLook, workbench: Workbench, drawn_by: Key) -> list[Piece]:
    form, length_frames = workbench.reference.form, order.credits_card_frames
    pieces = []
    for number, page in enumerate(order.credit_pages):
        pictures = credit_frames(page, form.width_px, form.height_px, length_frames, look)
        key = ("credits", *page, drawn_by)
        pieces.append(
            workbench.encoded(pictures, length_frames, f"credits-{number}.mp4", key, STANDING_PICTURE)
        )
    return pieces


def _card(
    card: Card, length_frames: int, look: CardLook, workbench: Workbench, name: str, drawn_by: Key
) -> list[Piece]:
    if not length_frames:
        return []
    form = workbench.reference.form
    pictures = card_frames(card, form.width_px, form.height_px, length_frames, look)
    key = ("card", card.headline, card.small_line, card.name, card.logo is not None, drawn_by)
    return [workbench.encoded(pictures, length_frames, name, key, STANDING_PICTURE)]
