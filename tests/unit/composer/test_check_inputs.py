"""What a check of a pool gives the composer is what the composer takes today."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from studio_composer.joined_sound import SceneSound, join_sound
from studio_jobs.checks.bodies import LENGTH_MS
from studio_media.house import SAMPLE_RATE_HZ

INPUTS = Path(str(resources.files("studio_jobs.checks"))) / "inputs"


def test_the_sound_of_a_check_can_be_joined(tmp_path: Path) -> None:
    samples = LENGTH_MS * SAMPLE_RATE_HZ // 1_000
    scene = SceneSound(INPUTS / "sound.mp4", INPUTS / "loudness.json", 0, samples)

    joined = join_sound([scene], samples, tmp_path, tmp_path / "joined.mp4", lambda: None)

    assert joined.is_silent
    assert (tmp_path / "joined.mp4").stat().st_size
