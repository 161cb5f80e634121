"""Speech by any address that speaks OpenAI's audio, a voice a character."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from studio_audiogen.engines.kokoro.delivery import delivery_of
from studio_audiogen.engines.openai.choices import SpeechChoice
from studio_audiogen.engines.openai.voices import declared, voice_for
from studio_audiogen.orders import SpeechOrder
from studio_models.provider import faults
from studio_models.provider.answers import Answer, media_of
from studio_models.provider.client import ProviderClient
from studio_models.provider.purse import Purse
from studio_models.provider.tickets import next_ticket, spoil
from studio_platform.clock import Clock, SystemClock
from studio_platform.engine import EngineDescription, EngineFailure, Part, Product, Run
from studio_platform.pools import pool_name
from studio_platform.receipts import receipts_of

if TYPE_CHECKING:
    import openai

    from studio_audiogen.engines.openai.sound import Said

ENGINE = "openai"
REVISION = "1"
SOUND_MAX_BYTES = 64 * 1024 * 1024
INPUT_MAX_CHARACTERS = 4_000
"""OpenAI takes 4,096."""

_SENTENCE_ENDS = (". ", "! ", "? ", "… ", "; ", ", ", " ")


class OpenAISpeechEngine:
    """One model of a provider; each lane waits for its own line."""

    def __init__(self, choice: SpeechChoice, clock: Clock | None = None) -> None:
        self._choice = choice
        self._client = ProviderClient(choice.provider, clock)
        self._purse = Purse(pool_name(ENGINE, "SPEECH"), choice.prices, clock or SystemClock())

    def describe(self) -> EngineDescription:
        """Say what this engine is. A provider never says a line the same way twice."""
        return EngineDescription(
            kind="SPEECH",
            engine=ENGINE,
            revision=REVISION,
            model=self._choice.provider.model,
            model_revision=self._choice.key(),
            deterministic=False,
            voices=declared(self._choice.voices),
            price_micros_per_call=self._choice.prices.call_micros,
        )

    def load(self) -> None:
        """Make ready to ask."""
        self._client.load()

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def run(self, orders: Sequence[SpeechOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Say each order. Raises EngineFailure, RunCancelled."""
        return [self._speech(order, run) for order, run in zip(orders, runs, strict=True)]

    def _speech(self, order: SpeechOrder, run: Run) -> Product:
        from studio_audiogen.engines.openai.sound import joined
        from studio_media.sound import encode_flac

        voice = voice_for(order.voice, self._choice.voices)
        pieces = pieces_of(order.text)
        said = []
        for done, text in enumerate(pieces, start=1):
            said.append(self._said(order, text, voice, f"speech-{order.tempo_permille}-{done}", run))
            run.progress(95 * done // len(pieces))
        speech = joined(said, delivery_of(order.delivery).level_millibels)
        words = json.dumps([asdict(word) for word in speech.words], ensure_ascii=False).encode()
        return Product(
            parts=(
                Part("speech", "audio/flac", data=encode_flac(speech.samples)),
                Part("words", "application/json", data=words),
            ),
            length_ms=speech.length_ms,
            facts={"voice": voice, "engine": ENGINE, "word_times": "estimated"},
        )

    def _said(self, order: SpeechOrder, text: str, voice: str, what: str, run: Run) -> Said:
        """One piece. Raises EngineFailure for what is no sound, or silence."""
        from studio_audiogen.engines.openai.sound import SoundUnusable, said_of

        receipts = receipts_of(run)
        ticket = next_ticket(receipts, what)
        fields = self._fields(order, text, voice)
        headers = {"Idempotency-Key": f"{receipts.key}/{ticket}"}

        def call(client: openai.AsyncOpenAI) -> AbstractAsyncContextManager[Any]:
            return client.audio.speech.with_streaming_response.create(**fields, extra_headers=headers)

        with self._purse.paying(receipts, ticket):
            answer = self._client.ask(run, call, SOUND_MAX_BYTES)
        try:
            return said_of(text, self._media(answer), self._choice.sound_format)
        except SoundUnusable as error:
            spoil(receipts, ticket, str(error))
            raise faults.unusable(self._client.host, str(error)) from error
        except EngineFailure as failure:
            spoil(receipts, ticket, failure.log_text)
            raise

    def _media(self, answer: Answer) -> bytes:
        return media_of(answer, self._client.host, ("audio/",))

    def _fields(self, order: SpeechOrder, text: str, voice: str) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "model": self._choice.provider.model,
            "voice": voice,
            "input": text,
            "response_format": self._choice.sound_format,
        }
        if order.tempo_permille != 1_000:
            fields["speed"] = order.tempo_permille / 1_000
        if self._choice.is_directed:
            fields["instructions"] = instructions_of(order)
        return fields


def instructions_of(order: SpeechOrder) -> str:
    """How the line is to be said, in words for the model."""
    manner = order.delivery.strip(" ()")
    direction = f" The script's direction for it: {manner}." if manner else ""
    return f"You are an actor in a film and say one line of dialogue, as written.{direction}"


def pieces_of(text: str) -> list[str]:
    """A text in pieces that a provider takes, each ending at a sentence, else at a word, where it can."""
    pieces = []
    left = text.strip()
    while len(left) > INPUT_MAX_CHARACTERS:
        ends = (left.rfind(sign, 0, INPUT_MAX_CHARACTERS) + len(sign.rstrip()) for sign in _SENTENCE_ENDS)
        end = next((end for end in ends if end > INPUT_MAX_CHARACTERS // 2), INPUT_MAX_CHARACTERS)
        pieces.append(left[:end].strip())
        left = left[end:].strip()
    return [*pieces, left]
