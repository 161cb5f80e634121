"""A clip's bytes repeat on every processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio_media.house import PictureForm
from studio_media.instructions import encoder_limit
from studio_media.picture import ClipWriter

# No multiple of 16 high: what a clip of 1920x1080 has in common with it.
FORM = PictureForm(192, 108, 24, 1, 48)


@pytest.mark.parametrize(
    ("flags", "limit"),
    [("sse2 avx2", ""), ("sse2 avx2 avx512f avx512bw", "asm=avx2")],
    ids=["AVX2", "AVX-512"],
)
def test_the_encoder_keeps_to_avx2_where_there_is_more(tmp_path: Path, flags: str, limit: str) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")

    assert encoder_limit(cpuinfo) == limit


def test_a_silent_system_leaves_the_choice_to_the_encoder(
    tmp_path: Path,
) -> None:
    assert encoder_limit(tmp_path / "missing") == ""


def test_the_same_pictures_give_the_same_bytes_every_time() -> None:
    assert len({_fading_clip() for _ in range(12)}) == 1


def _fading_clip() -> bytes:
    rng = np.random.default_rng(7)
    still = rng.triangular(16, 40, 235, (FORM.height_px, FORM.width_px))
    with ClipWriter(FORM) as writer:
        for frame in range(FORM.length_frames):
            gain = min(1.0, frame / 16, (FORM.length_frames - 1 - frame) / 12)
            y = np.rint(16 + (still - 16) * gain).astype(np.uint8)
            u = np.full((FORM.height_px // 2, FORM.width_px // 2), 128, np.uint8)
            writer.write_planes(y, u, u)
    return writer.data
