"""The shelf: what a changed film has in common with the one before is neither encoded nor looked at again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.orders import SegmentOrder
from studio_composer.shelf import Key, Shelf
from studio_platform.engine import Product
from tests.unit.composer.material import WatchedRun, film_order, segment_order


class WatchedShelf(Shelf):
    """A shelf that keeps what was asked for in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: list[Key] = []

    def find(self, key: Key) -> bytes | None:
        found = super().find(key)
        if found is None:
            self.missed.append(key)
        return found


def composed(order: SegmentOrder, shelf: Shelf, folder: Path) -> Product:
    [product] = SegmentEngine(folder, shelf).run([order], [WatchedRun()])
    return product


def contents(product: Product) -> dict[str, bytes]:
    """The parts' bytes by role."""
    return {part.role: part.path.read_bytes() if part.path else part.data or b"" for part in product.parts}


def scene(folder: Path, **changes: int) -> SegmentOrder:
    order = segment_order(folder, lengths=(48, 60, 48), fade_in=12, fade_out=12)
    return replace(order, **changes)  # type: ignore[arg-type]


def test_a_scene_with_the_same_pictures_is_neither_encoded_nor_decoded_again(tmp_path: Path) -> None:
    shelf, order = WatchedShelf(), scene(tmp_path / "in")
    composed(order, shelf, tmp_path)
    shelf.missed.clear()

    again = composed(order, shelf, tmp_path)

    assert not shelf.missed
    assert contents(again) == contents(composed(order, Shelf(), tmp_path))


def test_a_scene_with_another_fade_encodes_that_joint_alone(tmp_path: Path) -> None:
    shelf = WatchedShelf()
    composed(scene(tmp_path / "in"), shelf, tmp_path)
    shelf.missed.clear()
    changed = scene(tmp_path / "in", fade_out_frames=8)

    product = composed(changed, shelf, tmp_path)

    joints = [key for key in shelf.missed if "faded" in key]
    pictures = [key for key in shelf.missed if "pictures" in key]
    assert (len(joints), len(pictures)) == (1, 1)
    assert contents(product) == contents(composed(changed, Shelf(), tmp_path))


def test_the_cards_of_a_film_are_encoded_once(tmp_path: Path) -> None:
    shelf = WatchedShelf()
    segments = {"INT. ROOM - DAY": composed(scene(tmp_path / "in"), shelf, tmp_path)}
    order = film_order(tmp_path, segments)
    [first] = FilmEngine(tmp_path, shelf).run([order], [WatchedRun()])
    shelf.missed.clear()

    [again] = FilmEngine(tmp_path, shelf).run([order], [WatchedRun()])

    assert not shelf.missed
    assert contents(again) == contents(first)


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    shelf = Shelf(bytes_max=4_000)
    shelf.keep(("one",), bytes(1_000))
    shelf.keep(("two",), bytes(1_000))
    shelf.find(("one",))

    shelf.keep(("three",), bytes(1_000))

    assert shelf.find(("two",)) is None
    assert shelf.find(("one",)) == bytes(1_000)


def test_what_is_larger_than_the_shelf_is_not_kept() -> None:
    shelf = Shelf(bytes_max=4_000)

    shelf.keep(("one",), bytes(5_000))

    assert shelf.find(("one",)) is None
