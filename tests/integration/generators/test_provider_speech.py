"""Speech by a provider on a socket: voices, directions, sound and the times of words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from studio_audiogen.engines.fitting import FittingEngine
from studio_audiogen.engines.openai.choices import SpeechChoice
from studio_audiogen.engines.openai.engine import INPUT_MAX_CHARACTERS, OpenAISpeechEngine
from studio_audiogen.orders import SAMPLE_RATE_HZ, SpeechOrder
from studio_media.sound import decode
from studio_models.provider.choices import ProviderChoice
from studio_platform.engine import EngineFailure, Product
from tests.integration.generators.conftest import KeptRun
from tests.integration.generators.provider import (
    REST_MS,
    SPEECH,
    WORD_MS,
    FakeProvider,
    spoken,
    typed,
    wave_file,
)
from tests.integration.jobs.model_server import body, fails

LINE = SpeechOrder("Who is there? Answer me.", "en", "af_heart", delivery="(whispering)")
USELESS = {
    "silence": typed(wave_file(np.zeros(9_000)), "audio/wav"),
    "no sound": typed(b"RIFF....", "audio/wav"),
    "an error inside": body(b'{"error": {"message": "m", "code": "server_error"}}'),
    "a page": typed(b"<html>", "text/html"),
    "an hour for a line": typed(wave_file(np.tile(spoken("so"), 200)), "audio/wav"),
}


@pytest.fixture
def engine(choice: ProviderChoice) -> Iterator[OpenAISpeechEngine]:
    made = OpenAISpeechEngine(SpeechChoice(choice))
    made.load()
    yield made
    made.close()


def sound_of(product: Product) -> np.ndarray:
    return decode({part.role: part for part in product.parts}["speech"].data or b"")


def words_of(product: Product) -> list[dict[str, int | str]]:
    words: list[dict[str, int | str]] = json.loads(
        {part.role: part for part in product.parts}["words"].data or b""
    )
    return words


def test_a_line_is_said_by_its_characters_voice_as_its_parenthetical_asks(
    engine: OpenAISpeechEngine, fake: FakeProvider
) -> None:
    [product] = engine.run([replace(LINE, tempo_permille=1_100)], [KeptRun()])

    [asked] = fake.of(SPEECH)
    assert asked.fields["voice"] == product.facts["voice"] == "nova"
    assert asked.fields["input"] == "Who is there? Answer me."
    assert asked.fields["speed"] == 1.1
    assert asked.fields["response_format"] == "wav"
    assert asked.fields["instructions"].endswith("direction for it: whispering.")


def test_the_sound_is_at_48_khz_trimmed_levelled_and_as_long_as_it_says(engine: OpenAISpeechEngine) -> None:
    [loud] = engine.run([replace(LINE, delivery="")], [KeptRun()])
    [quiet] = engine.run([LINE], [KeptRun()])

    samples = sound_of(loud)
    own_ms = len(spoken(LINE.text)) / 24
    assert abs(len(samples) / 48 - loud.length_ms) <= 1
    assert loud.length_ms < own_ms
    assert 0.1 < float(np.abs(samples).max()) <= 0.71
    assert float(np.abs(sound_of(quiet)).max()) < float(np.abs(samples).max())


def test_words_are_placed_in_order_where_the_voice_sounds(engine: OpenAISpeechEngine) -> None:
    [product] = engine.run([LINE], [KeptRun()])

    words = words_of(product)
    assert [word["word"] for word in words] == ["Who", "is", "there?", "Answer", "me."]
    starts = [int(word["start_ms"]) for word in words]
    ends = [int(word["end_ms"]) for word in words]
    assert all(before <= after for before, after in pairwise(starts))
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert ends[-1] <= product.length_ms
    # The rest after the question lies between its words, whatever their lengths.
    rest_ms = REST_MS + 3 * (WORD_MS + REST_MS) - REST_MS
    assert ends[2] <= rest_ms + 2 * WORD_MS
    assert starts[3] >= rest_ms


def test_bare_samples_are_the_same_sound(
    engine: OpenAISpeechEngine, choice: ProviderChoice, fake: FakeProvider
) -> None:
    bare = OpenAISpeechEngine(SpeechChoice(choice, sound_format="pcm"))
    bare.load()
    [filed] = engine.run([LINE], [KeptRun()])
    samples = (np.clip(spoken(LINE.text), -1, 1) * 32_767).astype("<i2").tobytes()
    fake.replies[SPEECH].append(typed(samples + b"\0", "audio/pcm"))

    [product] = bare.run([LINE], [KeptRun()])

    bare.close()
    assert fake.of(SPEECH)[1].fields["response_format"] == "pcm"
    assert product.length_ms == filed.length_ms
    np.testing.assert_array_equal(sound_of(product), sound_of(filed))


@pytest.mark.parametrize("useless", USELESS)
def test_what_is_no_speech_fails_clearly_and_is_asked_for_anew(
    engine: OpenAISpeechEngine, fake: FakeProvider, useless: str
) -> None:
    run = KeptRun()
    fake.replies[SPEECH].append(USELESS[useless])

    with pytest.raises(EngineFailure) as caught:
        engine.run([LINE], [run])
    engine.run([LINE], [run])

    assert (caught.value.reason, caught.value.permanent) == ("PROVIDER_ANSWER_UNUSABLE", False)
    first, second = fake.of(SPEECH)
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]


def test_words_that_the_provider_refuses_are_told_as_such(
    engine: OpenAISpeechEngine, fake: FakeProvider
) -> None:
    fake.replies[SPEECH].append(fails(400, "content_policy_violation"))

    with pytest.raises(EngineFailure, match="PROVIDER_CONTENT_REFUSED"):
        engine.run([LINE], [KeptRun()])


def test_a_speech_longer_than_a_call_takes_is_said_in_pieces(
    engine: OpenAISpeechEngine, fake: FakeProvider
) -> None:
    text = "The rain goes on. " * 260

    [product] = engine.run([replace(LINE, text=text.strip())], [KeptRun()])

    pieces = [asked.fields["input"] for asked in fake.of(SPEECH)]
    assert len(pieces) == 2
    assert all(len(piece) <= INPUT_MAX_CHARACTERS and piece.endswith(".") for piece in pieces)
    assert len(words_of(product)) == len(text.split())
    assert abs(len(sound_of(product)) / SAMPLE_RATE_HZ * 1_000 - product.length_ms) <= 1


def test_a_line_that_is_too_long_for_its_window_is_asked_for_faster(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    inner = OpenAISpeechEngine(SpeechChoice(choice))
    engine = FittingEngine(inner)
    engine.load()

    engine.run([replace(LINE, window_ms=900)], [KeptRun()])

    inner.close()
    first, *faster = fake.of(SPEECH)
    assert "speed" not in first.fields
    assert all(asked.fields["speed"] > 1 for asked in faster)
