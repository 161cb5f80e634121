"""The null engine's sounds are valid and exact, and cost no library."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from studio_audiogen.engines.null import MUSIC, SILENCE, VOICE, Hum, NullEngine, flac
from studio_audiogen.orders import EffectsOrder, Length, MusicOrder, SpeechOrder
from studio_media.sound import decode
from studio_platform.engine import Run


@pytest.mark.parametrize(("samples", "channels"), [(1, 1), (16_384, 2), (16_385, 1), (48_000 * 20 + 7, 2)])
def test_the_silence_decodes_to_exactly_its_samples(samples: int, channels: int) -> None:
    decoded = decode(flac(SILENCE, samples, channels), 48_000, channels)
    assert decoded.shape == (samples, channels)
    assert not decoded.any()


@pytest.mark.parametrize(("hum", "seconds", "channels"), [(VOICE, 5, 1), (MUSIC, 12, 2)])
def test_a_hum_swings_to_its_level_from_its_first_block_to_its_last(
    hum: Hum, seconds: int, channels: int
) -> None:
    samples = 48_000 * seconds + 7

    decoded = decode(flac(hum, samples, channels), 48_000, channels)

    assert decoded.shape == (samples, channels)
    is_high = np.arange(samples) // hum.block_samples % 2 == 0
    expected = np.where(is_high, hum.level, -hum.level) / 32_768
    assert np.abs(decoded - expected[:, None]).max() < 1e-4


def test_each_kind_gives_the_parts_of_its_real_engine(quiet: Run) -> None:
    length = Length(48, 24, 1)
    orders: dict[str, SpeechOrder | MusicOrder | EffectsOrder] = {
        "SPEECH": SpeechOrder("Two words", "en", "af_heart"),
        "MUSIC": MusicOrder("CALM", 1, length),
        "EFFECTS": EffectsOrder(length, 1),
    }
    roles = {
        kind: [part.role for part in NullEngine(kind).run([order], [quiet])[0].parts]
        for kind, order in orders.items()
    }
    assert roles == {"SPEECH": ["speech", "words"], "MUSIC": ["music"], "EFFECTS": ["effects"]}


def test_a_speech_has_a_time_for_each_word(quiet: Run) -> None:
    product = NullEngine("SPEECH").run([SpeechOrder("Two words", "en", "af_heart")], [quiet])[0]
    words = json.loads(product.parts[1].data or b"")
    assert [word["word"] for word in words] == ["Two", "words"]
    assert words[-1]["end_ms"] == product.length_ms


def test_it_imports_nothing_heavy() -> None:
    program = (
        "import sys, studio_audiogen.engines.null; "
        "print(sorted({'numpy', 'av', 'onnxruntime', 'misaki'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
