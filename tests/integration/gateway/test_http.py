"""HTTP as clients meet it: the gateway's process, a real Postgres, and a job service behind it."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest

from studio_platform.ids import new_id
from tests.integration.gateway.rig import (
    JOB,
    MIGRATIONS,
    MISSING,
    PASSWORD,
    Gateway,
    JobsRig,
    running_gateway,
    wait_until_serving,
)

EVENTS = f"/api/v1/{JOB}/events"


@pytest.fixture
async def web(gateway: Gateway, channel: grpc.aio.Channel) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the gateway, which is ready."""
    del channel
    async with httpx2.AsyncClient(base_url=f"http://{gateway.http_address}", timeout=30) as client:
        yield client


@pytest.fixture
async def ada(web: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """The client, signed in."""
    web.headers["authorization"] = f"Bearer {await signed_in(web)}"
    return web


async def signed_in(web: httpx2.AsyncClient) -> str:
    """A new account's access token."""
    body = {"email": f"ada-{new_id()}@example.org", "password": PASSWORD}
    answer = await web.post("/api/v1/auth/register", json=body)
    return str(answer.json()["tokens"]["accessToken"])


def error_of(answer: httpx2.Response) -> dict[str, Any]:
    """The error of a refusal, which says its own status again."""
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == answer.status_code
    return error


def reason_of(answer: httpx2.Response) -> str:
    """The reason for programs."""
    return str(error_of(answer)["details"][0]["reason"])


def fields_of(answer: httpx2.Response) -> list[str]:
    """The fields at fault."""
    return [violation.get("field", "") for violation in error_of(answer)["details"][1]["fieldViolations"]]


async def test_the_seed_paths_register_sign_in_and_show_the_account(web: httpx2.AsyncClient) -> None:
    account = {"email": f"ada-{new_id()}@example.org", "password": PASSWORD}

    registered = await web.post("/api/v1/auth/register", json=account)
    login = await web.post("/api/v1/auth/login", json=account)
    token = login.json()["tokens"]["accessToken"]
    me = await web.get("/api/v1/auth/me", headers={"authorization": f"Bearer {token}"})

    assert [answer.status_code for answer in (registered, login, me)] == [200, 200, 200]
    assert me.json() == registered.json()["user"]
    assert me.json()["email"] == account["email"]


async def test_the_key_set_is_a_json_web_key_set(web: httpx2.AsyncClient) -> None:
    answer = await web.get("/.well-known/jwks.json")

    [key] = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")


async def test_a_call_reaches_the_job_service_with_the_gateways_word_on_who_calls(
    gateway: Gateway, ada: httpx2.AsyncClient
) -> None:
    forged = {"x-film-user": "root", "cookie": "a=b", "x-request-id": "r-1", "grpc-timeout": "1n"}

    async with JobsRig(gateway) as jobs:
        answer = await answered(lambda: ada.get(f"/api/v1/{JOB}/status", headers=forged))

    assert answer.json()["name"] == JOB
    assert answer.headers["x-request-id"] == "r-1"
    [seen] = jobs.seen
    assert seen["metadata"]["x-request-id"] == "r-1"
    assert not {"x-film-user", "cookie"} & seen["metadata"].keys()
    assert ada.headers["authorization"] != seen["metadata"]["authorization"]
    assert 0 < seen["left_seconds"] < 61


async def answered(call: Callable[[], Any]) -> httpx2.Response:
    """Calls until the job service, which has just started, is found."""
    for _ in range(100):
        answer: httpx2.Response = await call()
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("still unavailable")


async def test_every_field_of_an_answer_is_there_with_its_default(
    gateway: Gateway, ada: httpx2.AsyncClient
) -> None:
    async with JobsRig(gateway):
        job = (await answered(lambda: ada.get(f"/api/v1/{JOB}"))).json()

    assert (job["state"], job["stages"], job["cancelRequested"]) == ("JOB_STATE_UNSPECIFIED", [], False)
    assert job["sequence"] == "0"


async def test_the_services_own_error_arrives_whole(gateway: Gateway, ada: httpx2.AsyncClient) -> None:
    async with JobsRig(gateway):
        answer = await answered(lambda: ada.get(f"/api/v1/{MISSING}"))

    assert answer.status_code == 404
    assert (error_of(answer)["status"], reason_of(answer)) == ("NOT_FOUND", "JOB_NOT_FOUND")


async def test_while_the_job_service_is_away_retry_after_says_when_to_come_back(
    ada: httpx2.AsyncClient,
) -> None:
    answer = await ada.get(f"/api/v1/{JOB}")

    assert (answer.status_code, reason_of(answer)) == (503, "SERVICE_AWAY")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Basic YTpi"])
async def test_without_a_good_token_nothing_is_forwarded(web: httpx2.AsyncClient, token: str) -> None:
    answer = await web.get(f"/api/v1/{JOB}", headers={"authorization": token} if token else {})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_every_bad_field_is_named_at_once(web: httpx2.AsyncClient) -> None:
    unread = await web.post("/api/v1/auth/register", json={"email": 1, "passwort": "x"})
    broken = await web.post("/api/v1/auth/register", json={"email": "a", "password": "x"})

    assert [answer.status_code for answer in (unread, broken)] == [400, 400]
    assert fields_of(unread) == ["email", "passwort"]
    assert fields_of(broken) == ["email", "password"]


async def test_a_client_cannot_set_a_jobs_state_and_is_told_what_it_can_do(ada: httpx2.AsyncClient) -> None:
    answers = [
        await ada.request(verb, f"/api/v1/{JOB}/status", json={"state": "JOB_STATE_COMPLETED"})
        for verb in ("PUT", "PATCH", "POST", "DELETE")
    ]

    for answer in answers:
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert f"POST /api/v1/{JOB}:cancel" in error_of(answer)["message"]
        assert f"POST /api/v1/{JOB}:retry" in error_of(answer)["message"]


async def test_head_is_get_without_its_body_and_options_tells_the_verbs(web: httpx2.AsyncClient) -> None:
    head = await web.head("/.well-known/jwks.json")
    options = await web.options(f"/api/v1/{JOB}")

    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


async def test_no_page_of_another_origin_may_read_answers(web: httpx2.AsyncClient) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "GET"}

    preflight = await web.options(f"/api/v1/{JOB}", headers=headers)
    answer = await web.get("/.well-known/jwks.json", headers=headers)

    assert not [name for name in (*preflight.headers, *answer.headers) if "access-control" in name]


async def test_answers_are_not_kept_sniffed_or_framed(web: httpx2.AsyncClient) -> None:
    found, missing = await web.get("/.well-known/jwks.json"), await web.get("/nothing")

    for answer in (found, missing):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_the_page_of_the_api_and_all_that_it_asks_for_come_from_here(web: httpx2.AsyncClient) -> None:
    page = await web.get("/docs")
    named = [part.split('"')[0] for part in page.text.split('="') if part.startswith("/")]
    parts = [await web.get(name) for name in (*named, "/openapi.json")]

    assert len(named) == 4
    assert [part.status_code for part in parts] == [200] * 5
    assert "http" not in page.text.replace("http-equiv", "")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert parts[-1].json()["openapi"] == "3.1.0"


async def test_a_watch_is_a_stream_of_events_that_begins_after_the_last_event_id(
    gateway: Gateway, ada: httpx2.AsyncClient
) -> None:
    headers = {"last-event-id": "7", "accept": "text/event-stream"}
    async with JobsRig(gateway) as jobs:
        await answered(lambda: ada.get(f"/api/v1/{JOB}"))
        jobs.draining.set()
        async with ada.stream("GET", f"{EVENTS}?sinceSequence=2", headers=headers) as answer:
            text = (await answer.aread()).decode()
        bad = await ada.get(EVENTS, headers={"last-event-id": "8&sinceSequence=1"})

    assert (bad.status_code, fields_of(bad)) == (400, ["since_sequence"])
    assert answer.headers["content-type"] == "text/event-stream"
    events = [
        dict(line.split(": ", 1) for line in event.splitlines()) for event in text.strip().split("\n\n")
    ]
    assert [event.get("id") for event in events] == ["8", None]
    assert json.loads(events[0]["data"])["event"]["sequence"] == "8"
    assert events[-1]["event"] == "end"


async def test_a_watch_is_lines_of_json_where_accept_asks_for_them(
    gateway: Gateway, ada: httpx2.AsyncClient
) -> None:
    async with JobsRig(gateway) as jobs:
        await answered(lambda: ada.get(f"/api/v1/{JOB}"))
        jobs.draining.set()
        answer = await ada.get(
            f"/api/v1/{JOB}:watch?sinceSequence=3", headers={"accept": "application/x-ndjson"}
        )

    [line] = [json.loads(line) for line in answer.text.splitlines() if line]
    assert line["event"]["sequence"] == "4"


async def test_a_watch_that_is_refused_at_once_has_that_status(web: httpx2.AsyncClient) -> None:
    answer = await web.get(EVENTS)

    assert (answer.status_code, reason_of(answer)) == (401, "NOT_SIGNED_IN")


async def test_a_client_that_goes_away_ends_the_call_behind_it(
    gateway: Gateway, ada: httpx2.AsyncClient
) -> None:
    async with JobsRig(gateway) as jobs:
        await answered(lambda: ada.get(f"/api/v1/{JOB}"))
        async with ada.stream("GET", EVENTS) as answer:
            await anext(aiter(answer.aiter_bytes()))
        async with asyncio.timeout(10):
            await jobs.left.wait()

    assert jobs.left.is_set()


async def test_a_stream_ends_with_a_failure_when_the_gateway_is_told_to_stop(
    database_url: Callable[..., str], tmp_path: Path
) -> None:
    with running_gateway(database_url(MIGRATIONS), tmp_path / "gateway.log") as gateway:
        async with grpc.aio.insecure_channel(gateway.address) as channel:
            await wait_until_serving(channel)
        async with (
            httpx2.AsyncClient(base_url=f"http://{gateway.http_address}", timeout=30) as web,
            JobsRig(gateway),
        ):
            web.headers["authorization"] = f"Bearer {await signed_in(web)}"
            await answered(lambda: web.get(f"/api/v1/{JOB}"))
            async with web.stream("GET", EVENTS) as answer:
                gateway.process.send_signal(signal.SIGTERM)
                text = (await answer.aread()).decode()
            exit_code = await asyncio.to_thread(gateway.process.wait, 20)

    last = text.strip().split("\n\n")[-1].splitlines()
    assert last[0] == "event: failure"
    assert json.loads(last[1].removeprefix("data: "))["error"]["status"] == "UNAVAILABLE"
    assert exit_code == 0
