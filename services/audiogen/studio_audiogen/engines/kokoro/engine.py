"""The kokoro engine itself: orders in, FLAC and word times out, phrases said side by side."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from studio_audiogen.engines.kokoro.delivery import delivery_of
from studio_audiogen.engines.kokoro.voices import voices_in
from studio_audiogen.orders import TEMPO_PERMILLE_MAX, TEMPO_PERMILLE_MIN, SpeechOrder
from studio_audiogen.pronunciation.lexicon import Accent
from studio_audiogen.pronunciation.pronouncer import Pronouncer, SpokenLine, UnpronounceableError
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run

if TYPE_CHECKING:
    from studio_audiogen.engines.kokoro.model import KokoroModel, Utterance
    from studio_audiogen.engines.kokoro.phrases import Phrase

_ENGLISH = re.compile(r"(?i)en(?:-[a-z0-9-]+)?|")
_MODEL_REVISION = "6e742170d309"
_PHRASE_THREADS = 2


class KokoroEngine:
    """Speech by one of Kokoro's English voices.

    `threads` phrases are said at a time, however many runs there are: as many lanes keep the machine busy.
    A phrase that is said alone has a second core, which takes a third off its time. `assets` is the folder
    that scripts/voices.py laid out.
    """

    def __init__(self, assets: Path, threads: int) -> None:
        if threads < 1:
            raise ValueError(f"{threads} threads")
        self._assets = assets
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="kokoro")
        self._phrase_threads = min(threads, _PHRASE_THREADS)
        self._model: KokoroModel | None = None
        self._pronouncers: dict[Accent, Pronouncer] = {}

    def describe(self) -> EngineDescription:
        """Say what this engine is, without loading anything."""
        return EngineDescription(
            kind="SPEECH",
            engine="kokoro",
            revision="2",
            model="kokoro-82m-int8",
            model_revision=_MODEL_REVISION,
            voices=voices_in(self._assets),
            languages=("en",),
        )

    def load(self) -> None:
        """Load model and dictionaries. Raises AssetsError when scripts/voices.py has not run."""
        from studio_audiogen.engines.kokoro.prepared import load_model

        # The library loads the model without holding Python up.
        dictionaries = self._pool.submit(self._read_dictionaries)
        self._model = load_model(self._assets, self._phrase_threads)
        self._pronouncers = dictionaries.result()

    def run(self, orders: Sequence[SpeechOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Say each order; the phrases of all runs share the engine's threads.

        Raises EngineFailure for another language, an unknown voice or a word in a script that can't be read.
        """
        from studio_audiogen.engines.kokoro.phrases import phrases_of

        for run in runs:
            run.raise_if_cancelled()
        lines = [self._read(order) for order in orders]
        phrases = [phrases_of(line.words) for line in lines]
        said = [self._start(order, parts) for order, parts in zip(orders, phrases, strict=True)]
        try:
            return [
                _product(order, line, parts, _collected(futures, run))
                for order, line, parts, futures, run in zip(orders, lines, phrases, said, runs, strict=True)
            ]
        finally:
            for future in itertools.chain.from_iterable(said):
                future.cancel()

    def _read_dictionaries(self) -> dict[Accent, Pronouncer]:
        return {accent: Pronouncer(accent, self._assets / "dictionaries") for accent in Accent}

    def _read(self, order: SpeechOrder) -> SpokenLine:
        if not _ENGLISH.fullmatch(order.language):
            raise EngineFailure(
                "LANGUAGE_UNSUPPORTED",
                f"The kokoro voices speak English, not {order.language}.",
                permanent=True,
            )
        voices = self._loaded().voices()
        if order.voice not in voices:
            known = ", ".join(voices)
            raise EngineFailure(
                "VOICE_UNKNOWN", f"There is no voice {order.voice}; there are {known}.", permanent=True
            )
        try:
            line = self._pronouncers[_accent(order.voice)].read(order.text)
        except UnpronounceableError as error:
            text = f"The voice can't read “{error}”."
            raise EngineFailure("TEXT_UNPRONOUNCEABLE", text, permanent=True) from error
        if not line.words:
            raise EngineFailure("TEXT_EMPTY", "The speech holds no word to say.", permanent=True)
        return line

    def _start(self, order: SpeechOrder, phrases: list[Phrase]) -> list[Future[Utterance]]:
        tempo_permille = order.tempo_permille * delivery_of(order.delivery).tempo_permille // 1_000
        bounded = max(TEMPO_PERMILLE_MIN, min(TEMPO_PERMILLE_MAX, tempo_permille))
        model = self._loaded()
        return [self._pool.submit(model.say, phrase.signs, order.voice, bounded) for phrase in phrases]

    def _loaded(self) -> KokoroModel:
        if self._model is None:
            raise RuntimeError("kokoro is used before load()")
        return self._model


def _accent(voice: str) -> Accent:
    return Accent.BRITISH if voice.startswith("b") else Accent.AMERICAN


def _collected(futures: list[Future[Utterance]], run: Run) -> list[Utterance]:
    utterances = []
    for done, future in enumerate(futures, start=1):
        run.raise_if_cancelled()
        utterances.append(future.result())
        run.progress(95 * done // len(futures))
    return utterances


def _product(
    order: SpeechOrder, line: SpokenLine, phrases: list[Phrase], utterances: list[Utterance]
) -> Product:
    from studio_audiogen.engines.kokoro.speech import speech_of
    from studio_media.sound import encode_flac

    speech = speech_of(phrases, utterances, delivery_of(order.delivery).level_millibels)
    words = json.dumps([asdict(word) for word in speech.words], ensure_ascii=False).encode()
    facts = {"voice": order.voice, "engine": "kokoro"}
    if line.unread:
        facts["unread_signs"] = line.unread[:64]
    return Product(
        parts=(
            Part("speech", "audio/flac", data=encode_flac(speech.samples)),
            Part("words", "application/json", data=words),
        ),
        length_ms=speech.length_ms,
        facts=facts,
    )
