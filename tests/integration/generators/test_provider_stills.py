"""Stills by a provider on a socket: what is asked for, what is made of the answer, and what is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from studio_imagegen.engines.openai.choices import StillChoice
from studio_imagegen.engines.openai.engine import OpenAIStillEngine
from studio_imagegen.orders import Figure, StillOrder
from studio_models.provider.choices import ProviderChoice
from studio_platform.engine import EngineFailure, Product
from tests.integration.generators.conftest import KeptRun
from tests.integration.generators.provider import (
    EDITS,
    IMAGES,
    FakeProvider,
    image_document,
    picture,
    png,
    typed,
)
from tests.integration.jobs.model_server import body, breaks_off, fails, never_ends

ORDER = StillOrder(400, 226, seed=7, prompt="A quay in the rain.", negative_prompt="text")
SIZES = ((128, 128), (192, 128), (128, 192))
EMPTY = image_document(png(Image.new("RGB", (192, 128))))
USELESS = {
    "no JSON": typed(b"<html>busy</html>", "text/html"),
    "an error inside": body(b'{"error": {"message": "m", "code": "server_error"}}'),
    "no picture in it": body(b'{"created": 1, "data": []}'),
    "an address for a picture": body(b'{"data": [{"url": "http://127.0.0.1:1/a.png"}]}'),
    "bytes that are no picture": body(image_document(b"GIF89a, not at all")),
    "a picture cut short": body(image_document(png(picture((192, 128)))[:900])),
    "another type": typed(png(picture((192, 128))), "image/png"),
}


@pytest.fixture
def engine(choice: ProviderChoice) -> Iterator[OpenAIStillEngine]:
    made = OpenAIStillEngine(StillChoice(choice, SIZES))
    made.load()
    yield made
    made.close()


def still_of(product: Product) -> Image.Image:
    part = {part.role: part for part in product.parts}["image"]
    return Image.open(io.BytesIO(part.data or b""))


def failure_of(engine: OpenAIStillEngine, run: KeptRun | None = None) -> EngineFailure:
    with pytest.raises(EngineFailure) as caught:
        engine.run([ORDER], [run or KeptRun()])
    return caught.value


def test_a_still_is_cut_from_the_nearest_size_that_the_provider_draws(
    engine: OpenAIStillEngine, fake: FakeProvider
) -> None:
    [product] = engine.run([ORDER], [KeptRun()])

    [asked] = fake.of(IMAGES)
    assert asked.fields == {
        "model": "model-x",
        "prompt": "A quay in the rain.\nAvoid: text",
        "n": 1,
        "size": "192x128",
        "response_format": "b64_json",
    }
    assert asked.headers["authorization"] == "Bearer key-of-the-studio"
    assert asked.headers["idempotency-key"] == "w/clip/abc.0/still.1"
    assert still_of(product).size == (400, 226)
    assert product.facts["drawn_size"] == "192x128"
    assert product.facts["revised_prompt"] == "As it was drawn."


def test_a_server_of_open_models_is_told_the_seed_and_what_is_not_wanted(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    engine = OpenAIStillEngine(StillChoice(choice, SIZES, quality="low", is_extended=True))
    engine.load()

    engine.run([ORDER], [KeptRun()])

    engine.close()
    [asked] = fake.of(IMAGES)
    assert asked.fields["seed"] == 7
    assert asked.fields["negative_prompt"] == "text"
    assert asked.fields["prompt"] == "A quay in the rain."
    assert asked.fields["quality"] == "low"


def test_each_of_the_cast_is_drawn_once_and_shown_with_every_still(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    engine = OpenAIStillEngine(StillChoice(choice, SIZES, keeps_faces=True))
    engine.load()
    run = KeptRun()
    iris, tom = Figure("IRIS", "a woman of sixty", 1), Figure("TOM", "a man in a coat", 2)
    nobody = Figure("VOICE")

    [both] = engine.run([replace(ORDER, figures=(iris, tom, nobody))], [run])
    [alone] = engine.run([replace(ORDER, figures=(tom,))], [run])

    engine.close()
    portraits = [asked.fields["prompt"] for asked in fake.of(IMAGES)]
    assert [prompt.partition(".")[0] for prompt in portraits] == [
        "Portrait of Iris: a woman of sixty",
        "Portrait of Tom: a man in a coat",
    ]
    first, second = fake.of(EDITS)
    assert "picture 1 is IRIS, picture 2 is TOM" in first.fields["prompt"]
    assert second.fields["image[]"] == first.fields["image[]"]
    assert still_of(both).size == still_of(alone).size == (400, 226)
    assert both.facts["faces"] == "IRIS, TOM"


def test_a_brought_portrait_is_shown_as_it_is_and_not_drawn(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    engine = OpenAIStillEngine(StillChoice(choice, SIZES, keeps_faces=True))
    engine.load()
    iris = Figure("IRIS", "a woman of sixty", portrait=b"a photograph of her")

    [product] = engine.run([replace(ORDER, figures=(iris,))], [KeptRun()])

    engine.close()
    assert fake.of(IMAGES) == []
    [asked] = fake.of(EDITS)
    assert b"a photograph of her" in asked.fields["image[]"]
    assert product.facts["faces"] == "IRIS"


def test_a_brought_portrait_that_the_provider_is_not_shown_is_told(
    engine: OpenAIStillEngine, fake: FakeProvider
) -> None:
    iris = Figure("IRIS", portrait=b"a photograph of her")

    [product] = engine.run([replace(ORDER, figures=(iris,))], [KeptRun()])

    assert fake.of(EDITS) == []
    assert product.facts["portraits_not_shown"] == "IRIS"


@pytest.mark.parametrize("useless", USELESS)
def test_an_answer_that_is_no_picture_fails_clearly_and_the_next_dispatch_asks_anew(
    engine: OpenAIStillEngine, fake: FakeProvider, useless: str
) -> None:
    run = KeptRun()
    fake.replies[IMAGES].append(USELESS[useless])

    failure = failure_of(engine, run)
    [product] = engine.run([ORDER], [run])

    assert failure.reason == "PROVIDER_ANSWER_UNUSABLE"
    assert not failure.permanent
    assert "127.0.0.1" in failure.user_text
    assert fake.of(IMAGES)[-1].headers["idempotency-key"].endswith("/still.2")
    assert still_of(product).size == (400, 226)


def test_a_picture_of_one_colour_is_asked_for_once_more_and_never_shown(
    engine: OpenAIStillEngine, fake: FakeProvider
) -> None:
    fake.replies[IMAGES].append(body(EMPTY))

    [product] = engine.run([ORDER], [KeptRun()])

    assert product.facts["pictures_asked"] == "2"
    fake.replies[IMAGES].extend([body(EMPTY), body(EMPTY)])
    failure = failure_of(engine)
    assert (failure.reason, failure.permanent) == ("EMPTY_PICTURE", True)


@pytest.mark.parametrize("code", ["content_policy_violation", "moderation_blocked"])
def test_a_refusal_by_the_content_policy_is_a_reason_of_its_own_and_not_tried_again(
    engine: OpenAIStillEngine, fake: FakeProvider, code: str
) -> None:
    fake.replies[IMAGES].append(fails(400, code))

    failure = failure_of(engine)

    assert (failure.reason, failure.permanent) == ("PROVIDER_CONTENT_REFUSED", True)
    assert "refuses it" in failure.user_text
    assert "secret" not in failure.user_text
    assert len(fake.of(IMAGES)) == 1


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "invalid_api_key", "PROVIDER_MISCONFIGURED"),
        (404, "model_not_found", "PROVIDER_MISCONFIGURED"),
        (400, "invalid_size", "PROVIDER_MISCONFIGURED"),
        (429, "insufficient_quota", "PROVIDER_QUOTA_USED_UP"),
    ],
)
def test_what_no_try_helps_is_tried_once(
    engine: OpenAIStillEngine, fake: FakeProvider, status: int, code: str, reason: str
) -> None:
    fake.replies[IMAGES].append(fails(status, code))

    failure = failure_of(engine)

    assert (failure.reason, failure.permanent) == (reason, True)
    assert len(fake.of(IMAGES)) == 1


@pytest.mark.parametrize(
    "fault", [fails(500), fails(503, retry_after="0.01"), fails(429, retry_after="0.01"), breaks_off]
)
def test_a_provider_that_stumbles_is_asked_again_and_the_report_says_so(
    engine: OpenAIStillEngine, fake: FakeProvider, fault: Any
) -> None:
    fake.replies[IMAGES].extend([fault, fault])

    [product] = engine.run([ORDER], [KeptRun()])

    assert product.facts["provider_tries"] == "3"
    assert len({asked.headers["idempotency-key"] for asked in fake.of(IMAGES)}) == 1


def test_an_answer_without_an_end_is_cut_off(
    engine: OpenAIStillEngine, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio_imagegen.engines.openai.pictures.ANSWER_MAX_BYTES", 2 * 1024 * 1024)
    fake.replies[IMAGES].append(never_ends)

    failure = failure_of(engine)

    assert (failure.reason, failure.permanent) == ("PROVIDER_ANSWER_TOO_LARGE", True)


def test_a_provider_that_is_not_there_is_said_to_be_away(choice: ProviderChoice) -> None:
    nobody = replace(choice, base_url="http://127.0.0.1:1/v1", tries_max=2)
    engine = OpenAIStillEngine(StillChoice(nobody, SIZES))
    engine.load()

    failure = failure_of(engine)

    engine.close()
    assert (failure.reason, failure.permanent) == ("PROVIDER_AWAY", False)
