"""The same pictures give the same bytes, whatever the process's memory held before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# glibc fills memory with a byte that follows from this when it is taken and when it is given back.
FILLINGS = ("0", "85", "170")

PROGRAM = """
import hashlib, sys
from studio_composer.cards import Card, card_frames
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter

width_px, height_px = int(sys.argv[1]), int(sys.argv[2])
with ClipWriter(PictureForm(width_px, height_px, 24, 1, 84)) as writer:
    for picture in card_frames(Card("The End"), width_px, height_px, 84):
        writer.write_planes(picture.y, picture.u, picture.v)
print(hashlib.sha256(writer.data).hexdigest())
"""


def digest(width_px: int, height_px: int, filling: str) -> str:
    """What a process makes whose memory was filled so."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(width_px), str(height_px)],
        env={**os.environ, "MALLOC_PERTURB_": filling},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


# Rows of 20, 24 and 54 macroblocks: x264 works on groups of eight or sixteen.
@pytest.mark.parametrize(("width_px", "height_px"), [(320, 180), (384, 216), (854, 480)])
def test_a_card_has_the_same_bytes_in_every_process(width_px: int, height_px: int) -> None:
    digests = {digest(width_px, height_px, filling) for filling in FILLINGS}

    assert len(digests) == 1
