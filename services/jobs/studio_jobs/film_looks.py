"""How a film looks beyond its shots: the style of its captions, and the brand on its cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from studio_jobs.domain.graph import Edge
from studio_jobs.domain.states import TaskKind
from studio_jobs.library.brand_kits import brand_spec, files_of_kit
from studio_jobs.library.caption_styles import BRAND, caption_style_spec
from studio_jobs.task_list import TaskList
from studio_jobs.timeline.arrangement import ArrangedScene
from studio_jobs.timeline.locks import kept_of

LOGO_ROLE, TITLE_FONT_ROLE, TEXT_FONT_ROLE = "brand-logo", "brand-title-font", "brand-text-font"


@dataclass(slots=True)
class FilmLook:
    """What a film's spec says of its look, and the inputs for that."""

    caption_style: task_pb2.CaptionStyle | None = None
    brand: task_pb2.Brand | None = None
    edges: list[Edge] = field(default_factory=list)


def add_look(tasks: TaskList, scenes: Sequence[ArrangedScene], *, has_cards: bool) -> FilmLook:
    """Append what the look is made of; a style without captions, a kit that nothing shows are left out."""
    look = FilmLook()
    _add_captions(tasks, look, scenes)
    kit = tasks.production.branding.kit
    if kit is None or not (has_cards or kit.watermark_corner):
        return look
    look.brand = brand_spec(kit)
    look.brand.end_card_logo = has_cards and look.brand.end_card_logo
    if look.brand.end_card_logo or look.brand.watermark_corner:
        look.brand.logo_role = _give(tasks, look, kit, "logo", LOGO_ROLE)
    if has_cards:
        look.brand.title_font_role = _give(tasks, look, kit, "title_font", TITLE_FONT_ROLE)
        look.brand.text_font_role = _give(tasks, look, kit, "text_font", TEXT_FONT_ROLE)
    return look


def _add_captions(tasks: TaskList, look: FilmLook, scenes: Sequence[ArrangedScene]) -> None:
    style, kit = tasks.production.branding.caption_style, tasks.production.branding.kit
    if style is None or not _has_captions(scenes):
        return
    role = ""
    if kit is not None and style.font == BRAND:
        role = _give(tasks, look, kit, "text_font", TEXT_FONT_ROLE)
    look.caption_style = caption_style_spec(style, kit, role)


def _give(tasks: TaskList, look: FilmLook, kit: library_pb2.LibraryBrandKit, name: str, role: str) -> str:
    """Append a file of the kit as an input; its role, empty without such a file."""
    file = files_of_kit(kit).get(name)
    if file is None:
        return ""
    if any(edge.role == role for edge in look.edges):
        return role
    kept = kept_of(file.artifact)
    number = tasks.give(TaskKind.STILL, f"brand {name.replace('_', ' ')}", kept)
    look.edges.append(Edge(role, number))
    return role


def _has_captions(scenes: Iterable[ArrangedScene]) -> bool:
    """Whether anything is said that can be read."""
    for scene in scenes:
        for take in scene.takes:
            for number, _ in enumerate(take.shot.lines, start=1):
                level = take.edit.lines.get(number)
                if level is None or not level.muted:
                    return True
    return False
