"""The size of a provider's that loses least."""

from __future__ import annotations

import pytest

from studio_models.provider.shapes import kept_share, nearest_size, sizes_of

OFFERED = ((1024, 1024), (1536, 1024), (1024, 1536))


@pytest.mark.parametrize(
    ("wanted", "nearest"),
    [
        ((1600, 900), (1536, 1024)),
        ((900, 1600), (1024, 1536)),
        ((1000, 1000), (1024, 1024)),
        ((2400, 1004), (1536, 1024)),
    ],
)
def test_the_proportions_decide(wanted: tuple[int, int], nearest: tuple[int, int]) -> None:
    assert nearest_size(wanted, OFFERED) == nearest


def test_of_equal_proportions_the_smallest_is_taken_that_need_not_be_enlarged() -> None:
    offered = ((640, 360), (1280, 720), (1920, 1080))

    assert nearest_size((1280, 720), offered) == (1280, 720)
    assert nearest_size((1000, 562), ((640, 360), (1000, 562), (2000, 1124))) == (1000, 562)
    assert nearest_size((3840, 2160), offered) == (1920, 1080)


def test_what_is_kept_is_a_share_of_the_picture() -> None:
    assert kept_share((16, 9), (16, 9)) == 1
    assert kept_share((1, 1), (2, 1)) == kept_share((2, 1), (1, 1)) == 0.5


@pytest.mark.parametrize("texts", [["1024"], ["axb"], ["99999x10"], []])
def test_a_size_that_is_none_is_named(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="size"):
        sizes_of(texts)
