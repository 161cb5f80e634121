"""Kokoro-82M on onnxruntime: phonemes and a voice in, 24 kHz samples and each phoneme's length out."""

from __future__ import annotations

import hashlib
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio_audiogen.assets import AssetsError, present
from studio_audiogen.engines.kokoro.graph import (
    signed_products_are_exact,
    with_output,
    with_signed_activations,
)
from studio_audiogen.engines.kokoro.runtime import onnxruntime
from studio_audiogen.engines.kokoro.voices import voices_in

MODEL_NAME = "kokoro-v1.0.int8.onnx"
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
MODEL_RATE_HZ = 24_000
TOKENS_MAX = 510
SAMPLES_PER_DURATION_UNIT = 600
# The node whose value is how many units of 600 samples each token lasts; the export keeps it inside.
_DURATIONS_NODE = "/encoder/Clip_output_0"
_STYLE_FLOATS = 256
# The signs of Kokoro-82M v1.0 in runs of consecutive tokens, by each run's first; 0 pads both ends.
_RUNS = {
    1: ";:,.!?",
    9: '—…"()“” ',
    24: "AI",
    31: "O",
    33: "Q",
    35: "ST",
    39: "W",
    41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ",
    76: "ɔ",
    81: "ðʤə",
    85: "ɚɛɜ",
    92: "ɡ",
    102: "ɪ",
    112: "ŋ",
    119: "θ",
    123: "ɹ",
    125: "ɾ",
    131: "ʃ",
    133: "ʧ",
    135: "ʊ",
    138: "ʌ",
    147: "ʒʔ",
    156: "ˈˌː",
    177: "ᵻ",
}
_TOKENS = {sign: number for first, signs in _RUNS.items() for number, sign in enumerate(signs, first)}

KNOWN_SIGNS = frozenset(_TOKENS)
"""The phonemes and signs that the model was trained on."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the model said: mono samples at 24 kHz, and how many of them each phoneme sign lasts.

    `lead_samples` comes before the first sign; `sign_samples` has one number for each sign of the input.
    """

    samples: Samples
    lead_samples: int
    sign_samples: NDArray[np.int64]


class KokoroModel:
    """The loaded model and its voices; `say` may be called from several threads at a time.

    Calls share the session's threads, if it has some. The samples depend neither on these nor on how many
    calls there are at a time.
    """

    def __init__(self, assets: Path, session: Any) -> None:
        """`session` is of the pinned model; see prepared.py."""
        self._assets = assets
        self._session = session
        self._styles: dict[str, Samples] = {}

    def say(self, phonemes: str, voice: str, tempo_permille: int) -> Utterance:
        """Say 1..510 phoneme signs by a voice; 1000 permille is the voice's own tempo.

        Raises ValueError for a sign that the model doesn't know, or too many, and AssetsError for a voice
        that isn't there.
        """
        unknown = sorted(set(phonemes) - _TOKENS.keys())
        if unknown or not 0 < len(phonemes) <= TOKENS_MAX:
            raise ValueError(f"{len(phonemes)} phoneme signs, unknown among them: {unknown}")
        tokens = np.array([[0, *(_TOKENS[sign] for sign in phonemes), 0]], dtype=np.int64)
        style = self._style(voice)[len(phonemes) - 1][np.newaxis]
        speed = np.array([tempo_permille / 1_000], dtype=np.float32)
        inputs = {"tokens": tokens, "style": style, "speed": speed}
        audio, durations = self._session.run(None, inputs, _giving_back())
        lengths = durations.ravel().astype(np.int64) * SAMPLES_PER_DURATION_UNIT
        return Utterance(audio.ravel().astype(np.float32), int(lengths[0]), lengths[1:-1])

    def voices(self) -> tuple[str, ...]:
        """Return the names of the voices that are there, sorted."""
        return voices_in(self._assets)

    def _style(self, voice: str) -> Samples:
        if voice not in self._styles:
            file = self._assets / "voices" / f"{voice}.bin"
            if voice not in self.voices():
                raise AssetsError(f"no voice {voice} in {file.parent}")
            style = np.fromfile(file, dtype="<f4")
            if style.size != TOKENS_MAX * _STYLE_FLOATS:
                raise AssetsError(f"{file} holds {style.size} numbers: run scripts/voices.py again")
            self._styles[voice] = style.reshape(TOKENS_MAX, _STYLE_FLOATS)
        return self._styles[voice]


def pinned_model(assets: Path) -> bytes:
    """Return the pinned model, made fast for this processor, with the durations as one more output."""
    path = present(assets / MODEL_NAME)
    # Mapped, so that the file's 92 MB are in memory only in the form that is used.
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pinned:
        if hashlib.sha256(pinned).hexdigest() != MODEL_SHA256:
            raise AssetsError(f"{path} is not the pinned model: run scripts/voices.py again")
        wanted = with_signed_activations(pinned) if signed_products_are_exact() else pinned
        return with_output(wanted, _DURATIONS_NODE)


def _giving_back() -> Any:
    """Return the options of a run that returns its working memory, over 100 MB, when it ends."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
