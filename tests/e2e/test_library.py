"""The library in a film: a character brought to its newest version, and the look and music of the whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio_media.sound import encode_flac
from tests.e2e.conftest import Studio

TITLE = "From the Library"
SCRIPT = """\
Title: From the Library

INT. OFFICE - NIGHT

IRIS winds the clock.

IRIS
Is it gone?

EXT. PIER - DAY

Rain on the planks. A boat comes in.

TOM
Look.
"""

BRANDED = """\
Title: Branded

EXT. PIER - DAY

TOM
Look.
"""
GROUND, TONE_HZ = (16, 32, 96), 880

pytestmark = pytest.mark.timeout(600)


def film(studio: Studio, *arguments: str) -> list[dict[str, Any]]:
    """What a verb says to programs."""
    ran = studio.film(*arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_newer_look_makes_the_characters_shots_anew_when_the_project_takes_it(studio: Studio) -> None:
    script = studio.home / "library.fountain"
    script.write_text(SCRIPT)
    assert studio.render(script, "library.mp4").code == 0
    film(studio, "library", "add", "Iris the elder", "--kind", "character", "--look", "a blue cardigan")
    film(studio, "library", "use", TITLE, "iris", "iris the elder")
    assert studio.render(script, "library.mp4").code == 0
    film(studio, "library", "add", "Iris the elder", "--kind", "character", "--look", "a red coat")

    (used,) = film(studio, "library", "uses", TITLE)
    unchanged = film(studio, "plan", TITLE, "--size", "320x180", "--no-narrate")[0]
    (upgraded,) = film(studio, "library", "upgrade", TITLE)
    planned = film(studio, "plan", TITLE, "--size", "320x180", "--no-narrate")[0]

    assert used["version"] != used["latestVersion"]
    assert unchanged["total"]["cached"] == unchanged["total"]["tasks"]
    assert upgraded["version"] == upgraded["latestVersion"] == used["latestVersion"]
    causes = {cause["cause"] for shot in planned["diff"]["shots"] for cause in shot.get("causes", [])}
    assert causes == {"CHANGE_CAUSE_LOOK"}
    made = [task["displayName"] for task in planned["tasks"] if task["verdict"] == "VERDICT_RUN"]
    assert made
    assert all(name.startswith("scene 1") and name.endswith("still") for name in made)


def test_film_has_the_brand_the_captions_and_the_music_that_it_is_given_of_the_library(
    studio: Studio,
) -> None:
    script = studio.home / "branded.fountain"
    script.write_text(BRANDED)
    plain = studio.render(script, "plain.mp4")
    assert plain.code == 0
    logo, tide = studio.home / "logo.png", studio.home / "tide.flac"
    Image.new("RGBA", (200, 100), (255, 0, 0, 255)).save(logo)
    wave = np.sin(2 * np.pi * TONE_HZ * np.arange(96_000) / 48_000)
    tide.write_bytes(encode_flac((0.3 * wave).astype(np.float32)[:, None]))
    whose = ("--creator", "J. Doe", "--source", "own", "--licence", "CC-BY-4.0")
    film(studio, "library", "caption-style", "Serif", "--font", "serif", "--burned-in")
    kit = ("--logo", str(logo), "--ground", "#102060", "--text", "#FFFFFF", "--corner", "top-left")
    film(studio, "library", "brand-kit", "Orbis", *kit, *whose)
    film(studio, "library", "music", "Tide", str(tide), *whose)

    for entry in ("serif", "orbis", "tide"):
        film(studio, "library", "use", "Branded", "film", entry)
    branded = studio.render(script, "branded.mp4")
    film(studio, "library", "drop", "Branded", "film", "brand-kit")

    assert branded.code == 0, branded.errors[-600:]
    assert {use["kind"] for use in film(studio, "library", "uses", "Branded")} == {"caption_style", "music"}
    # The rest of what is heard is the hum of those who speak.
    assert tone_share(branded.output) > 50 * tone_share(plain.output)
    with av.open(str(branded.output)) as opened:
        assert b"EB Garamond" in (opened.streams.subtitles[0].codec_context.extradata or b"")
        pictures = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    # The credits are the last card, for their licence asks for them.
    credits = pictures[-36].astype(int)
    assert np.abs(credits[:8, :8] - np.array(GROUND)).max() < 12
    assert credits.min(axis=-1).max() > 150
    # Three quarters of a second into the scene, after a title card of three.
    corner = pictures[90][8:18, 12:30].astype(int)
    assert (corner[..., 0] - corner[..., 1:].max(axis=-1)).min() > 60


def tone_share(file: Path) -> float:
    """How much of a film's sound is the tone of its music, of all that is heard."""
    with av.open(str(file)) as opened:
        resampler = av.AudioResampler("fltp", "mono", 48_000)
        parts = [
            part.to_ndarray()[0] for frame in opened.decode(audio=0) for part in resampler.resample(frame)
        ]
    spectrum: NDArray[np.float64] = np.abs(np.fft.rfft(np.concatenate(parts))) ** 2
    at = round(TONE_HZ * 2 * (len(spectrum) - 1) / 48_000)
    return float(spectrum[at - 20 : at + 20].sum() / max(float(spectrum.sum()), 1e-9))
