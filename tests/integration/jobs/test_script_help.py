"""Help by a language model: a real client and a real socket, behind which everything goes wrong once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import pytest

from filmstudio.scripthelp.v1 import scripthelp_pb2
from studio_jobs.moderation import LocalPolicy
from studio_jobs.screenplay import break_down, read
from studio_jobs.scripthelp.model_help import ModelHelp
from studio_jobs.scripthelp.port import Topic
from studio_jobs.scripthelp.provider import ANSWER_BYTES_MAX, Provider, open_model
from studio_jobs.servicers.script_help import ScriptHelpServicer
from studio_platform.clock import ManualClock
from studio_platform.deadlines import set_remaining_seconds
from studio_platform.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidInput,
    ResourceExhausted,
    StudioError,
    Unavailable,
)
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.model_server import (
    ModelServer,
    Reply,
    body,
    breaks_off,
    fails,
    model_server,
    never_answers,
    never_ends,
    says,
)
from tests.integration.jobs.stage import SCRIPT

TIMEOUT_SECONDS = 5.0
DRAFT: dict[str, Any] = {
    "title": "The Fox",
    "scenes": [
        {
            "heading": "EXT. STREET - NIGHT",
            "elements": [
                {
                    "kind": "DRAFT_ELEMENT_KIND_ACTION",
                    "character": "",
                    "parenthetical": "",
                    "text": "A fox crosses the street.",
                },
                {
                    "kind": "DRAFT_ELEMENT_KIND_SPEECH",
                    "character": "Mara",
                    "parenthetical": "softly",
                    "text": "Wait.",
                },
            ],
        }
    ],
}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as running:
        yield running


@pytest.fixture(autouse=True)
def caller() -> None:
    """Who asks the service."""
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@asynccontextmanager
async def asked(
    server: ModelServer, clock: ManualClock, *replies: Reply, timeout_seconds: float = TIMEOUT_SECONDS
) -> AsyncIterator[ModelHelp]:
    server.replies.extend(replies)
    provider = Provider(server.address, "a key", "small-model", timeout_seconds, 900, pause_seconds=0)
    async with open_model(provider, clock) as model:
        yield ModelHelp(model)


async def fault(
    server: ModelServer, clock: ManualClock, *replies: Reply, timeout_seconds: float = TIMEOUT_SECONDS
) -> StudioError:
    """What a draft ends in."""
    async with asked(server, clock, *replies, timeout_seconds=timeout_seconds) as script_help:
        with pytest.raises(StudioError) as raised:
            await script_help.write(Topic("a fox", 1))
    return raised.value


async def test_a_draft_becomes_fountain_that_reads_as_it_says(
    server: ModelServer, clock: ManualClock
) -> None:
    async with asked(server, clock, says(DRAFT)) as script_help:
        written = await script_help.write(Topic("a fox", 1, "de"))

    assert written.content.decode() == (
        "Title: The Fox\nCredit: a first draft\nLanguage: de\n\nEXT. STREET - NIGHT\n\n"
        "A fox crosses the street.\n\nMARA\n(softly)\nWait.\n"
    )


async def test_the_question_names_model_key_limit_and_a_strict_schema_of_the_contract(
    server: ModelServer, clock: ManualClock
) -> None:
    async with asked(server, clock, says(DRAFT)) as script_help:
        await script_help.write(Topic("a fox", 3))

    (question,) = server.asked
    assert server.keys == ["Bearer a key"]
    assert (question["model"], question["max_completion_tokens"]) == ("small-model", 900)
    assert question["messages"][1] == {"role": "user", "content": "a fox"}
    form = question["response_format"]["json_schema"]
    assert (form["name"], form["strict"]) == ("ScreenplayDraft", True)
    assert form["schema"]["required"] == ["title", "scenes"]
    scene = form["schema"]["properties"]["scenes"]["items"]
    element = scene["properties"]["elements"]["items"]
    assert element["additionalProperties"] is False
    assert element["properties"]["kind"]["enum"] == [
        "DRAFT_ELEMENT_KIND_ACTION",
        "DRAFT_ELEMENT_KIND_SPEECH",
    ]


NO_SPEAKER = {
    **DRAFT,
    "scenes": [
        {
            "heading": "INT. HALL - DAY",
            "elements": [
                {"kind": "DRAFT_ELEMENT_KIND_SPEECH", "character": "", "parenthetical": "", "text": "Hm."}
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"title": "The', "not the JSON"),
        ("a fox, of course", "not the JSON"),
        ("[1, 2]", "not the JSON"),
        ({**DRAFT, "title": 7}, "not the JSON"),
        ({**DRAFT, "sequel": "yes"}, "not the JSON"),
        ({**DRAFT, "scenes": []}, "scenes"),
        ({**DRAFT, "title": "x" * 121}, "title"),
        (NO_SPEAKER, "names its character"),
        ("", "empty"),
        ("[" * 3000, "not the JSON"),
    ],
)
async def test_an_answer_that_breaks_a_rule_is_asked_for_once_more_with_the_rule(
    server: ModelServer, clock: ManualClock, answer: Any, said: str
) -> None:
    async with asked(server, clock, says(answer), says(DRAFT)) as script_help:
        written = await script_help.write(Topic("a fox", 1))

    assert b"A fox crosses" in written.content
    assert said in server.asked[1]["messages"][-1]["content"]


async def test_a_second_unusable_answer_is_a_fault_that_does_not_quote_it(
    server: ModelServer, clock: ManualClock
) -> None:
    wrong = says({**DRAFT, "title": 7})

    found = await fault(server, clock, wrong, wrong)

    assert isinstance(found, Internal)
    assert found.reason == "SCRIPT_HELP_ANSWER_UNUSABLE"
    assert len(server.asked) == 2


async def test_an_answer_that_was_cut_at_its_limit_is_asked_for_in_brief(
    server: ModelServer, clock: ManualClock
) -> None:
    async with asked(server, clock, says('{"title', finish_reason="length"), says(DRAFT)) as script_help:
        await script_help.write(Topic("a fox", 1))

    assert "be brief" in server.asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "reply",
    [
        says(None, refusal="I can't help with that."),
        says(None, finish_reason="content_filter"),
        fails(400, "content_policy_violation"),
        fails(400, "content_filter"),
    ],
)
async def test_a_refusal_of_the_providers_policy_is_a_reason_of_its_own(
    server: ModelServer, clock: ManualClock, reply: Reply
) -> None:
    found = await fault(server, clock, reply)

    assert isinstance(found, InvalidInput)
    assert found.reason == "SCRIPT_HELP_REFUSED"
    assert len(server.asked) == 1


async def test_a_busy_provider_is_asked_again_after_the_time_that_it_names(
    server: ModelServer, clock: ManualClock
) -> None:
    moment = format_datetime(clock.now())
    replies = (fails(429, retry_after="0"), fails(429, retry_after=moment), says(DRAFT))

    async with asked(server, clock, *replies) as script_help:
        await script_help.write(Topic("a fox", 1))

    assert len(server.asked) == 3


async def test_a_wait_that_is_longer_than_the_deadline_is_handed_on(
    server: ModelServer, clock: ManualClock
) -> None:
    found = await fault(server, clock, fails(429, retry_after="30"))

    assert isinstance(found, ResourceExhausted)
    assert found.retry_after_seconds == 30
    assert len(server.asked) == 1


async def test_a_spent_quota_is_not_asked_again(server: ModelServer, clock: ManualClock) -> None:
    found = await fault(server, clock, fails(429, "insufficient_quota", retry_after="0"))

    assert isinstance(found, ResourceExhausted)
    assert found.retry_after_seconds is None
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_key_model_or_form_that_the_provider_does_not_know_is_the_operators_to_mend(
    server: ModelServer, clock: ManualClock, status: int
) -> None:
    found = await fault(server, clock, fails(status))

    assert isinstance(found, FailedPrecondition)
    assert found.reason == "SCRIPT_HELP_MISCONFIGURED"
    assert f"HTTP {status}" in found.log_text


@pytest.mark.parametrize(
    "reply",
    [fails(500), fails(503, retry_after="0"), fails(408), breaks_off],
    ids=["500", "503", "408", "cut"],
)
async def test_a_fault_that_may_pass_is_tried_three_times(
    server: ModelServer, clock: ManualClock, reply: Reply
) -> None:
    found = await fault(server, clock, reply, reply, reply)

    assert isinstance(found, Unavailable)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "content",
    [
        b'{"error": {"message": "provider secret"}}',
        b"<html>provider secret</html>",
        b'{"choices": []}',
        b'{"choices": [{"message": "provider secret"}]}',
        b'{"choices": "provider secret"}',
        b"[]",
        b"",
    ],
)
async def test_a_200_that_holds_no_completion_is_a_fault_of_the_provider(
    server: ModelServer, clock: ManualClock, content: bytes
) -> None:
    assert isinstance(await fault(server, clock, body(content)), Unavailable)


async def test_nobody_at_the_address_is_a_fault_that_may_pass(
    server: ModelServer, clock: ManualClock
) -> None:
    provider = Provider("http://127.0.0.1:9/v1", "", "m", TIMEOUT_SECONDS, 900, pause_seconds=0)

    async with open_model(provider, clock) as model:
        with pytest.raises(Unavailable):
            await ModelHelp(model).write(Topic("a fox", 1))


async def test_an_answer_without_end_is_left_at_the_limit(server: ModelServer, clock: ManualClock) -> None:
    found = await fault(server, clock, never_ends, never_ends)

    assert isinstance(found, Internal)
    assert f"{ANSWER_BYTES_MAX:,}" in found.log_text
    await asyncio.wait_for(server.left.wait(), TIMEOUT_SECONDS)


async def test_silence_ends_with_the_time_for_an_answer(server: ModelServer, clock: ManualClock) -> None:
    found = await fault(server, clock, never_answers, timeout_seconds=0.2)

    assert isinstance(found, DeadlineExceeded)
    assert found.reason == "SCRIPT_HELP_SLOW"


async def test_the_callers_deadline_goes_before_the_models_own(
    server: ModelServer, clock: ManualClock
) -> None:
    set_remaining_seconds(0.2)
    try:
        found = await fault(server, clock, never_answers, timeout_seconds=50)
    finally:
        set_remaining_seconds(None)

    assert isinstance(found, DeadlineExceeded)


async def test_a_cancelled_call_hangs_up_at_the_provider(server: ModelServer, clock: ManualClock) -> None:
    async with asked(server, clock, never_answers) as script_help:
        call = asyncio.ensure_future(script_help.write(Topic("a fox", 1)))
        await server.asked_now.wait()
        call.cancel()

        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(server.left.wait(), TIMEOUT_SECONDS)


@pytest.mark.parametrize(
    "reply",
    [fails(401), fails(429, retry_after="90"), fails(400, "content_filter"), body(b"provider secret")],
)
async def test_no_word_of_the_provider_reaches_a_client(
    server: ModelServer, clock: ManualClock, reply: Reply
) -> None:
    found = await fault(server, clock, reply)

    assert "provider secret" not in found.user_text
    assert "provider secret" not in str(found.metadata)


async def test_prompts_are_those_of_the_shots_that_were_asked_for_and_no_others(
    server: ModelServer, clock: ManualClock
) -> None:
    breakdown = break_down(read(SCRIPT))
    shot_ids = [shot.shot_id for shot in breakdown.scenes[0].shots][:2]
    lacking = {"prompts": [{"shot_id": shot_ids[0], "prompt": "A kitchen."}]}
    whole = {"prompts": [{"shot_id": shot_id, "prompt": "A  kitchen."} for shot_id in [*shot_ids, "more"]]}

    async with asked(server, clock, says(lacking), says(whole)) as script_help:
        prompts = await script_help.prompts(breakdown, shot_ids)

    assert prompts == dict.fromkeys(shot_ids, "A kitchen.")
    assert shot_ids[1] in server.asked[1]["messages"][-1]["content"]
    assert "MARA" in server.asked[0]["messages"][1]["content"]


async def test_looks_are_those_of_everybody_who_speaks(server: ModelServer, clock: ManualClock) -> None:
    answer = {"characters": [{"name": name, "look": f"{name} in grey"} for name in ("TOM", "MARA")]}

    async with asked(server, clock, says(answer)) as script_help:
        looks = await script_help.looks(break_down(read(SCRIPT)))

    assert list(looks.items()) == [("MARA", "MARA in grey"), ("TOM", "TOM in grey")]


async def test_the_service_says_which_model_wrote(server: ModelServer, clock: ManualClock) -> None:
    async with asked(server, clock, says(DRAFT)) as script_help:
        servicer = ScriptHelpServicer(script_help, LocalPolicy())
        written = await servicer.WriteScreenplay(
            scripthelp_pb2.WriteScreenplayRequest(topic="a fox", minutes=1), None
        )

    assert written.writer == "small-model"
    assert not written.diagnostics


async def test_what_the_studio_does_not_film_is_not_sent_to_a_model(
    server: ModelServer, clock: ManualClock
) -> None:
    async with asked(server, clock) as script_help:
        servicer = ScriptHelpServicer(script_help, LocalPolicy())
        with pytest.raises(InvalidInput) as refused:
            await servicer.WriteScreenplay(
                scripthelp_pb2.WriteScreenplayRequest(topic="step by step: how to make sarin"), None
            )

    assert refused.value.reason == "CONTENT_REFUSED"
    assert server.asked == []
