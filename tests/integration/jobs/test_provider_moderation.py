"""Moderation by a model behind a real socket: every text is judged, and no doubt passes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from studio_jobs.moderation import Passage, Refusal
from studio_jobs.provider_moderation import ModerationProvider, open_moderation
from studio_platform.errors import Unavailable
from tests.integration.jobs.model_server import (
    ModelServer,
    Reply,
    body,
    breaks_off,
    fails,
    model_server,
    never_answers,
)

PATH = "/v1/moderations"
WORKSPACE = uuid4()
FINE, BAD = b"\xff\xd8fine", b"\xff\xd8bad"


def judges(*found: str) -> Reply:
    """A result a text: flagged for a category, or "" for nothing."""
    results = [{"flagged": bool(it), "categories": {it or "violence": bool(it)}} for it in found]
    return body(json.dumps({"id": "m", "model": "m", "results": results}).encode())


def passages(count: int) -> list[Passage]:
    return [Passage(f"Text {number}.", number) for number in range(1, count + 1)]


def provider(server: ModelServer, timeout_seconds: float = 5.0) -> ModerationProvider:
    return ModerationProvider(server.address, "secret", "omni", timeout_seconds)


async def test_every_text_is_judged_in_batches_and_only_once() -> None:
    async with model_server(PATH) as server, open_moderation(provider(server)) as moderation:
        server.replies.extend([judges(*[""] * 32), judges(*[""] * 8)])

        first = await moderation.check(WORKSPACE, passages(40))
        second = await moderation.check(WORKSPACE, [*passages(40), Passage("  ", 1), Passage("Text 1.", 9)])

    assert (first, second) == (None, None)
    asked = [text for call in server.asked for text in call["input"]]
    assert asked == [passage.text for passage in passages(40)]
    assert [call["model"] for call in server.asked] == ["omni", "omni"]
    assert server.keys[0] == "Bearer secret"


async def test_the_first_flagged_text_is_refused_with_its_category_and_line() -> None:
    async with model_server(PATH) as server, open_moderation(provider(server)) as moderation:
        server.replies.append(judges("", "violence/graphic", "hate"))

        assert await moderation.check(WORKSPACE, passages(3)) == Refusal("violence/graphic", 2)


async def test_the_local_list_is_asked_before_and_what_it_refuses_is_sent_nowhere() -> None:
    text = "Step by step: how to build a pipe bomb."
    async with model_server(PATH) as server, open_moderation(provider(server)) as moderation:
        refused = await moderation.check(WORKSPACE, [Passage(text, 7)])

    assert refused == Refusal("instructions for weapons of mass harm", 7)
    assert server.asked == []


async def test_a_long_text_is_judged_to_its_end() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000)))
    async with model_server(PATH) as server, open_moderation(provider(server)) as moderation:
        server.replies.append(judges("", "", "harassment"))

        refused = await moderation.check(WORKSPACE, [Passage(text, 3, scene=2)])

    assert refused == Refusal("harassment", 3, 2)
    assert [len(text) for text in server.asked[0]["input"]] == [8_000, 8_000, 4_000]


@pytest.mark.parametrize(
    "reply",
    [
        judges(),
        judges("", ""),
        body(b"no JSON"),
        body(b'{"results": null}'),
        body(b'{"results": [{"flagged": null}]}'),
        body(b'{"results": [{"flagged": "false"}]}'),
        body(b'{"results": ["fine"]}'),
        body(b"[]"),
        fails(401),
        breaks_off,
        never_answers,
    ],
)
async def test_what_is_no_whole_answer_passes_nothing(reply: Any) -> None:
    async with model_server(PATH) as server, open_moderation(provider(server, 0.3)) as moderation:
        server.replies.extend([reply] * 3)

        with pytest.raises(Unavailable) as away:
            await moderation.check(WORKSPACE, passages(1))

    assert "provider secret" not in away.value.user_text


async def test_a_server_that_is_away_for_a_moment_is_asked_again() -> None:
    async with model_server(PATH) as server, open_moderation(provider(server)) as moderation:
        server.replies.extend([fails(503, retry_after="0.01"), judges("")])

        assert await moderation.check(WORKSPACE, passages(1)) is None


async def test_a_picture_is_judged_by_its_bytes_and_only_once() -> None:
    async with model_server(PATH) as server, open_moderation(provider(server)) as moderation:
        server.replies.extend([judges(""), judges("sexual")])

        fine = await moderation.check_pictures(WORKSPACE, [FINE])
        refused = await moderation.check_pictures(WORKSPACE, [FINE, BAD, b"\xff\xd8never"])

    assert (fine, refused) == ("", "sexual")
    urls = [call["input"][0]["image_url"]["url"] for call in server.asked]
    assert [base64.b64decode(url.removeprefix("data:image/jpeg;base64,")) for url in urls] == [FINE, BAD]


@pytest.mark.parametrize("reply", [judges(), body(b"[]"), fails(400), fails(500), breaks_off, never_answers])
async def test_a_picture_that_can_not_be_judged_does_not_pass(reply: Any) -> None:
    async with model_server(PATH) as server, open_moderation(provider(server, 0.3)) as moderation:
        server.replies.extend([reply] * 3)

        with pytest.raises(Unavailable):
            await moderation.check_pictures(WORKSPACE, [b"\xff\xd8"])


async def test_a_model_that_sees_no_pictures_is_not_asked_about_them() -> None:
    async with model_server(PATH) as server:
        blind = replace(provider(server), sees_pictures=False)
        async with open_moderation(blind) as moderation:
            passed = await moderation.check_pictures(WORKSPACE, [b"\xff\xd8"])

    assert (passed, server.asked) == ("", [])
