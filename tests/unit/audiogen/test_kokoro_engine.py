"""The kokoro engine with its real model, as set-up laid it out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

from studio_audiogen.assets import AssetsError
from studio_audiogen.engines.kokoro.engine import KokoroEngine
from studio_audiogen.orders import SpeechOrder
from studio_media.sound import decode
from studio_platform.engine import EngineFailure, Product, Run, RunCancelled

_ROOT = Path(__file__).parents[3]
_ASSETS = _ROOT / ".assets" / "kokoro"
_TEXT = "You said you would fix the hatch before the tide came in."


@pytest.fixture(scope="module")
def engine() -> KokoroEngine:
    loaded = KokoroEngine(_ASSETS, threads=2)
    loaded.load()
    return loaded


@pytest.fixture(scope="module")
def spoken(engine: KokoroEngine, quiet: Run) -> Product:
    return _say(engine, quiet)


def _say(
    engine: KokoroEngine, run: Run, text: str = _TEXT, voice: str = "af_heart", tempo: int = 1_000
) -> Product:
    return engine.run([SpeechOrder(text, "en-US", voice, tempo)], [run])[0]


def _data(product: Product, role: str) -> bytes:
    (data,) = [part.data for part in product.parts if part.role == role]
    assert data is not None
    return data


def _is_pinned(package: str) -> bool:
    """Whether constraints.txt pins a package for this Python and machine, as where it has a wheel."""
    lines = (_ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line.startswith(package)]
    return any(pin.marker is None or pin.marker.evaluate() for pin in pins)


def test_a_speech_is_intelligible_to_a_recogniser(spoken: Product) -> None:
    if not _is_pinned("pocketsphinx"):
        pytest.skip("pocketsphinx has no wheel for this Python")
    from pocketsphinx import Decoder  # type: ignore[import-untyped]  # its wheel carries no types

    samples = decode(_data(spoken, "speech"), 16_000, 1)[:, 0]
    recogniser = Decoder(samprate=16_000, loglevel="FATAL")
    recogniser.start_utt()
    recogniser.process_raw((np.pad(samples, 4_000) * 32_767).astype("<i2").tobytes(), full_utt=True)
    recogniser.end_utt()
    heard = set(recogniser.hyp().hypstr.split())
    wanted = set(_TEXT.lower().rstrip(".").split())
    assert len(heard & wanted) >= 0.7 * len(wanted)


def test_a_speech_is_clean_trimmed_and_timed(spoken: Product) -> None:
    samples = decode(_data(spoken, "speech"), 48_000, 1)
    words = json.loads(_data(spoken, "words"))
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    assert abs(len(samples) * 1_000 / 48_000 - spoken.length_ms) <= 1
    assert 0.1 < np.abs(samples).max() < 0.71
    assert loud[0] < 0.15 * 48_000
    assert len(samples) - loud[-1] < 0.3 * 48_000
    assert [word["word"] for word in words] == _TEXT.rstrip(".").split()
    times = [time_ms for word in words for time_ms in (word["start_ms"], word["end_ms"])]
    assert times == sorted(times)
    assert times[-1] <= spoken.length_ms
    assert all(word["end_ms"] > word["start_ms"] for word in words)


def test_the_same_order_gives_the_same_bytes_alone_and_in_a_batch(engine: KokoroEngine, quiet: Run) -> None:
    order = SpeechOrder("Once more.", "en-US", "am_michael")
    alone = engine.run([order], [quiet])[0]
    batch = engine.run([order, SpeechOrder("No.", "en-GB", "bf_emma"), order], [quiet] * 3)
    assert [_data(product, "speech") == _data(alone, "speech") for product in batch] == [True, False, True]


def test_a_slower_tempo_takes_longer(engine: KokoroEngine, quiet: Run) -> None:
    slow, fast = (_say(engine, quiet, "Wait.", tempo=tempo).length_ms for tempo in (700, 1_400))
    assert slow > 1.5 * fast


def test_a_whisper_is_quieter(engine: KokoroEngine, quiet: Run) -> None:
    levels = []
    for delivery in ("", "whispering"):
        product = engine.run([SpeechOrder("Stay here.", "en", "af_bella", 1_000, delivery)], [quiet])[0]
        levels.append(float(np.std(decode(_data(product, "speech"), 48_000, 1))))
    assert levels[1] < 0.6 * levels[0]


def test_a_speech_of_several_phrases_is_said_in_full(engine: KokoroEngine, quiet: Run) -> None:
    text = "The rain kept falling on the harbour and nobody came. " * 4
    words = json.loads(_data(_say(engine, quiet, text, tempo=2_000), "words"))
    assert [word["word"] for word in words] == text.replace(".", "").split()
    starts = [word["start_ms"] for word in words]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (SpeechOrder("Hello", "en", "zz_nobody"), "VOICE_UNKNOWN"),
        (SpeechOrder("Hello", "en", "../af_heart"), "VOICE_UNKNOWN"),
        (SpeechOrder("Bonjour", "fr-FR", "af_heart"), "LANGUAGE_UNSUPPORTED"),
        (SpeechOrder("東京", "en", "af_heart"), "TEXT_UNPRONOUNCEABLE"),
        (SpeechOrder("...", "en", "af_heart"), "TEXT_EMPTY"),
    ],
)
def test_what_it_cannot_say_is_refused_for_good(
    engine: KokoroEngine, quiet: Run, order: SpeechOrder, reason: str
) -> None:
    with pytest.raises(EngineFailure) as failure:
        engine.run([order], [quiet])
    assert (failure.value.reason, failure.value.permanent) == (reason, True)


def test_unread_signs_are_named_in_the_facts(engine: KokoroEngine, quiet: Run) -> None:
    assert _say(engine, quiet, "♪ La la.").facts["unread_signs"] == "♪"


def test_a_cancelled_speech_stops(engine: KokoroEngine, cancelled: Run) -> None:
    with pytest.raises(RunCancelled):
        _say(engine, cancelled)


def test_missing_assets_name_the_script_that_fetches_them(tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match=r"scripts/voices\.py"):
        KokoroEngine(tmp_path, threads=1).load()


def test_the_speech_runtime_keeps_and_sends_nothing_of_its_own(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from studio_audiogen.engines.kokoro.prepared import load_model; "
        f"load_model(Path({str(_ASSETS)!r})).say('h', 'af_heart', 1_000)"
    )
    # Its telemetry would lay an identifier and a store of events in the home; it is off where CI is set.
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "XDG_CACHE_HOME")}
    environment["HOME"] = str(tmp_path)
    subprocess.run([sys.executable, "-B", "-c", program], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
