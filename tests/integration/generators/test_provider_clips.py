"""Clips by a provider on a socket: asked for once whatever dies, and made into what the shot needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio_media.picture import frames, probe
from studio_models.provider.choices import ProviderChoice
from studio_platform.engine import EngineFailure, Input, Product, RunCancelled
from studio_videogen.engines.openai.choices import ClipChoice
from studio_videogen.engines.openai.engine import OpenAIClipEngine
from studio_videogen.orders import ClipOrder, Move
from tests.integration.generators.conftest import KeptRun
from tests.integration.generators.provider import (
    NATIVE_RATE_HZ,
    VIDEOS,
    FakeProvider,
    FakeVideo,
    clip,
    picture,
    png,
    typed,
)
from tests.integration.jobs.model_server import body, breaks_off, fails

SIZES = ((128, 72), (72, 128))
FIRST = f"{VIDEOS}/video_1"
CONTENT = f"{FIRST}/content"


def told(status: str, **error: str) -> bytes:
    return json.dumps({"id": "video_1", "object": "video", "status": status, "error": error or None}).encode()


@pytest.fixture
def chosen(choice: ProviderChoice) -> ClipChoice:
    return ClipChoice(choice, SIZES, (1, 2), poll_seconds=0.02)


@pytest.fixture
def engine(chosen: ClipChoice) -> Iterator[OpenAIClipEngine]:
    made = OpenAIClipEngine(chosen)
    made.load()
    yield made
    made.close()


@pytest.fixture
def order(tmp_path: Path) -> ClipOrder:
    """A second and a half at 24 pictures a second."""
    return order_of(tmp_path, 36)


def order_of(folder: Path, length_frames: int) -> ClipOrder:
    still = folder / "still.png"
    still.write_bytes(png(picture((200, 120))))
    return ClipOrder(
        width_px=160,
        height_px=90,
        rate_numerator=24,
        rate_denominator=1,
        length_frames=length_frames,
        move=Move.PUSH_IN,
        strength_permille=1000,
        seed=3,
        still=Input("still", {"image": still}),
        prompt="A quay in the rain.",
    )


def clip_of(product: Product) -> bytes:
    return {part.role: part for part in product.parts}["clip"].data or b""


def test_a_clip_has_the_shots_length_size_and_rate_whatever_the_provider_makes(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder
) -> None:
    run = KeptRun()

    [product] = engine.run([order], [run])

    facts = probe(clip_of(product))
    assert (facts.width_px, facts.height_px, facts.frames) == (160, 90, 36)
    assert facts.rate_hz == 24
    assert facts.is_house_colour
    [asked] = fake.of(VIDEOS)
    assert asked.fields["prompt"] == "A quay in the rain. The camera moves towards its subject."
    assert (asked.fields["size"], asked.fields["seconds"]) == ("128x72", "2")
    assert asked.fields["input_reference"].startswith(b"\x89PNG")
    assert product.facts["native_rate_hz"] == str(NATIVE_RATE_HZ)
    assert product.facts["provider_videos"] == "video_1"
    assert run.percents == sorted(run.percents)


def test_a_shot_longer_than_any_clip_is_chained_from_last_picture_to_first(
    engine: OpenAIClipEngine, fake: FakeProvider, tmp_path: Path
) -> None:
    [product] = engine.run([order_of(tmp_path, 60)], [KeptRun()])

    first, second = fake.of(VIDEOS)
    assert [first.fields["seconds"], second.fields["seconds"]] == ["2", "1"]
    assert second.fields["input_reference"] != first.fields["input_reference"]
    assert len(list(frames(clip_of(product)))) == 60
    assert "held_frames" not in product.facts


def test_a_worker_that_dies_while_it_waits_goes_on_with_the_same_clip_and_pays_once(
    chosen: ClipChoice, fake: FakeProvider, order: ClipOrder
) -> None:
    run = KeptRun()
    fake.polls_of_a_video = 1_000
    dying = OpenAIClipEngine(chosen)
    dying.load()

    def die(_: FakeVideo) -> None:
        run.cancelled.set()

    fake.on_poll = die
    with pytest.raises(RunCancelled):
        dying.run([order], [run])
    dying.close()
    fake.honours_keys = False
    fake.videos["video_1"].polls_left = 1
    again = OpenAIClipEngine(chosen)
    again.load()
    [product] = again.run([order], [KeptRun(run.receipts)])
    again.close()

    assert fake.paid[VIDEOS] == 1
    assert product.facts["provider_videos"] == "video_1"


def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_key(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder
) -> None:
    fake.replies[VIDEOS].append(breaks_off)

    [product] = engine.run([order], [KeptRun()])

    assert len({asked.headers["idempotency-key"] for asked in fake.of(VIDEOS)}) == 1
    assert product.frames == 36


def test_looks_that_fail_are_made_again_and_cost_nothing(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder
) -> None:
    fake.replies[FIRST].extend([fails(500), breaks_off, fails(429, retry_after="0.01")])
    fake.replies[CONTENT].extend([breaks_off])

    engine.run([order], [KeptRun()])

    assert fake.paid[VIDEOS] == 1


def test_a_cancel_ends_the_waiting_within_a_moment(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder
) -> None:
    run = KeptRun()
    fake.polls_of_a_video = 1_000_000
    fake.on_poll = lambda _: run.cancelled.set()

    with pytest.raises(RunCancelled):
        engine.run([order], [run])


@pytest.mark.parametrize(
    ("reply", "reason", "permanent"),
    [
        (told("failed", code="moderation_blocked"), "PROVIDER_CONTENT_REFUSED", True),
        (told("failed", code="internal"), "PROVIDER_ANSWER_UNUSABLE", False),
        (told("burnt"), "PROVIDER_ANSWER_UNUSABLE", False),
    ],
)
def test_a_clip_that_the_provider_fails_at_is_asked_for_anew_by_the_next_dispatch(
    engine: OpenAIClipEngine,
    fake: FakeProvider,
    order: ClipOrder,
    reply: bytes,
    reason: str,
    permanent: bool,
) -> None:
    run = KeptRun()
    fake.replies[FIRST].append(body(reply))

    with pytest.raises(EngineFailure) as caught:
        engine.run([order], [run])
    [product] = engine.run([order], [run])

    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert product.facts["provider_videos"] == "video_2"


def test_a_clip_that_the_provider_forgot_is_asked_for_anew(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder
) -> None:
    run = KeptRun()
    run.receipts.keep("clip.1.1", b"video_of_long_ago")

    with pytest.raises(EngineFailure, match="video_of_long_ago is gone"):
        engine.run([order], [run])
    engine.run([order], [run])

    assert fake.paid[VIDEOS] == 1


USELESS = {
    "another type": typed(b"<html>", "text/html"),
    "an error inside": body(b'{"error": {"message": "m", "code": "server_error"}}'),
    "nothing": typed(b"", "video/mp4"),
    "bytes that are no clip": typed(b"\0" * 5_000, "video/mp4"),
    "a list of other files": typed(b"ffconcat version 1.0\nfile /etc/passwd\n", "video/mp4"),
    "a clip cut short": typed(clip((128, 72), 2)[:3_000], "video/mp4"),
    "a clip that stands still": typed(clip((128, 72), 2, moves=False), "video/mp4"),
    "a black clip": typed(clip((128, 72), 2, -1), "video/mp4"),
}


@pytest.mark.parametrize("useless", USELESS)
def test_what_is_no_clip_to_be_shown_fails_clearly_and_never_comes_into_a_film(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder, useless: str
) -> None:
    run = KeptRun()
    fake.replies[CONTENT].append(USELESS[useless])

    with pytest.raises(EngineFailure) as caught:
        engine.run([order], [run])
    [product] = engine.run([order], [run])

    assert caught.value.reason == "PROVIDER_ANSWER_UNUSABLE"
    assert not caught.value.permanent
    assert product.frames == 36


def test_a_clip_that_ends_far_too_early_is_not_stretched_into_a_still(
    engine: OpenAIClipEngine, fake: FakeProvider, order: ClipOrder
) -> None:
    fake.replies[CONTENT].append(typed(clip((128, 72), 1), "video/mp4"))

    with pytest.raises(EngineFailure, match="too early"):
        engine.run([order], [KeptRun()])
