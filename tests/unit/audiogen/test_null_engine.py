"""The null engine's silence is valid and exact, and costs no library."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from studio_audiogen.engines.null import NullEngine, silent_flac
from studio_audiogen.orders import EffectsOrder, Length, MusicOrder, SpeechOrder
from studio_media.sound import decode
from studio_platform.engine import Run


@pytest.mark.parametrize(("samples", "channels"), [(1, 1), (16_384, 2), (16_385, 1), (48_000 * 20 + 7, 2)])
def test_the_silence_decodes_to_exactly_its_samples(samples: int, channels: int) -> None:
    decoded = decode(silent_flac(samples, channels), 48_000, channels)
    assert decoded.shape == (samples, channels)
    assert not decoded.any()


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
