"""Webhooks: what is told to whom, signed so that it can be checked, until it was taken."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from standardwebhooks import Webhook

from filmstudio.webhooks.v1 import webhooks_pb2
from studio_jobs.servicers.webhooks import WebhooksServicer
from studio_jobs.webhooks.addresses import AddressRule
from studio_jobs.webhooks.deliveries import LEASE, PAUSES_SECONDS, Deliveries, Patience, pause_after
from studio_jobs.webhooks.endpoints import Endpoints
from studio_jobs.webhooks.sending import Answer, HttpSender, Message, headers_of, open_sender
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound, ResourceExhausted
from studio_platform.faults import NO_FAULTS, Fault, FaultAction, FaultInjected, Faults
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.listener import SILENCE, Listener, answer, listening
from tests.integration.jobs.stage import Stage, build_stage

ALL_TYPES = ("job.created", "job.progressed", "job.completed", "job.failed", "job.cancelled")
PATIENCE = Patience(log_kept=timedelta(days=30), failing_max=timedelta(hours=120))
DELIVERED, FAILED, WAITING = (
    webhooks_pb2.DELIVERY_STATE_DELIVERED,
    webhooks_pb2.DELIVERY_STATE_FAILED,
    webhooks_pb2.DELIVERY_STATE_WAITING,
)


@dataclass(slots=True)
class Post:
    """A workspace with a webhook that leads to a listener, and the time in the test's hands."""

    stage: Stage
    clock: ManualClock
    database: Database
    sender: HttpSender
    listener: Listener
    servicer: WebhooksServicer
    senders: list[Deliveries] = field(default_factory=list)

    def deliveries(self, faults: Faults = NO_FAULTS) -> Deliveries:
        return Deliveries(self.database, self.sender, self.clock, faults, PATIENCE)

    async def send_all(self) -> None:
        while await self.deliveries().step():
            pass

    async def add(self, *event_types: str, request_id: str = "", **said: Any) -> webhooks_pb2.Webhook:
        webhook = webhooks_pb2.Webhook(**{"url": self.listener.url, "event_types": event_types, **said})
        request = webhooks_pb2.CreateWebhookRequest(webhook=webhook, request_id=request_id)
        return await self.servicer.CreateWebhook(request, None)

    async def get(self, name: str) -> webhooks_pb2.Webhook:
        return await self.servicer.GetWebhook(webhooks_pb2.GetWebhookRequest(name=name), None)

    async def update(self, mask: str, **said: Any) -> webhooks_pb2.Webhook:
        request = webhooks_pb2.UpdateWebhookRequest(
            webhook=webhooks_pb2.Webhook(**said), update_mask=FieldMask(paths=[mask])
        )
        return await self.servicer.UpdateWebhook(request, None)

    async def log(self, name: str) -> list[webhooks_pb2.WebhookDelivery]:
        """Every message, the newest first, read in pages of two."""
        request = webhooks_pb2.ListWebhookDeliveriesRequest(webhook=name, page_size=2)
        found: list[webhooks_pb2.WebhookDelivery] = []
        while True:
            page = await self.servicer.ListWebhookDeliveries(request, None)
            found += page.deliveries
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def replay(self, name: str) -> webhooks_pb2.WebhookDelivery:
        request = webhooks_pb2.ReplayWebhookDeliveryRequest(name=name)
        return await self.servicer.ReplayWebhookDelivery(request, None)

    async def cancelled_job(self) -> str:
        """A job that is over at once; its name."""
        job = await self.stage.submit()
        await self.stage.jobs.request_cancel(job.workspace_id, job.job_id)
        await self.stage.settle()
        return f"jobs/{job.job_id}"


def called_by(workspace: UUID) -> None:
    set_current_identity(Identity(str(uuid4()), str(workspace)))


@pytest.fixture
async def post(database: Database, clock: ManualClock) -> AsyncIterator[Post]:
    broker = MemoryBroker(clock)
    await broker.ensure()
    stage = build_stage(database, broker, MemoryObjectStore(), clock=clock)
    await stage.announce_pools()
    called_by(stage.workspace)
    rule = AddressRule(private_allowed=True)
    servicer = WebhooksServicer(Endpoints(database, clock), rule)
    async with listening() as listener, open_sender(rule) as sender:
        yield Post(stage, clock, database, sender, listener, servicer)


async def test_a_webhook_is_told_what_it_asked_for_in_order_and_signed(post: Post) -> None:
    webhook = await post.add(*ALL_TYPES)
    await post.add("job.failed")

    job = await post.cancelled_job()
    await post.send_all()

    told = [json.loads(heard.body) for heard in post.listener.heard]
    assert [each["type"] for each in told] == ["job.created", "job.progressed", "job.cancelled"]
    assert [each["data"]["sequence"] for each in told] == ["1", "3", "4"]
    assert {each["data"]["job"] for each in told} == {job}
    assert told[2]["data"]["state"] == "JOB_STATE_CANCELLED"
    [newest, *_] = await post.log(webhook.name)
    heard = post.listener.heard[2]
    assert (heard.path, newest.body.encode()) == ("/film", heard.body)
    assert newest.name.rpartition("/")[2] == heard.headers["webhook-id"].removeprefix("msg_")
    assert [attempt.status for attempt in newest.attempts] == [204]


def test_a_message_is_signed_as_the_scheme_says() -> None:
    # The vector of the scheme's own libraries.
    secret = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    key, body = secret._whsecret, '{"test": 2432232314}'
    at = ManualClock().now()
    message = Message(UUID(int=1), "", body, [key, b"x" * 32])

    headers = headers_of(message, at)

    signatures = headers["webhook-signature"].split()
    assert secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at.fromtimestamp(1614265330, at.tzinfo), body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
    assert signatures[0] == secret.sign(f"msg_{UUID(int=1)}", at, body)
    assert len(signatures) == 2
    assert headers["webhook-timestamp"] == str(int(at.timestamp()))


async def test_what_is_not_taken_is_tried_again_for_a_day_and_then_failed(post: Post) -> None:
    webhook = await post.add()
    post.listener.answers.extend([answer(500, b"out of order")] * (len(PAUSES_SECONDS) + 1))
    await post.cancelled_job()
    await post.send_all()
    [waiting] = await post.log(webhook.name)

    for pause in PAUSES_SECONDS:
        await post.clock.advance(pause - 1)
        await post.send_all()
        before = len(post.listener.heard)
        await post.clock.advance(pause * 0.2 + 1)
        await post.send_all()
        assert len(post.listener.heard) == before + 1

    [failed] = await post.log(webhook.name)
    assert (waiting.state, failed.state) == (WAITING, FAILED)
    assert waiting.next_attempt_time.ToDatetime() > waiting.create_time.ToDatetime()
    assert [each.response for each in failed.attempts] == ["out of order"] * 9
    assert len({heard.headers["webhook-id"] for heard in post.listener.heard}) == 1
    assert not (await post.get(webhook.name)).disabled


def test_messages_that_failed_together_are_not_tried_again_together() -> None:
    pauses = {pause_after(UUID(int=number), 1) for number in range(20)}

    assert len(pauses) > 10
    assert all(pause and 5 <= pause.total_seconds() <= 6 for pause in pauses)


@pytest.mark.parametrize("point", ["jobs.webhooks.claimed", "jobs.webhooks.sent", "jobs.webhooks.noted"])
async def test_a_sender_that_dies_is_replaced_when_its_lease_is_over(
    post: Post, tmp_path: Path, point: str
) -> None:
    webhook = await post.add()
    await post.cancelled_job()
    dying = post.deliveries(Faults({point: Fault(FaultAction.FAIL, tmp_path / "once")}))
    with pytest.raises(FaultInjected):
        await dying.step()
    await post.send_all()
    early = len(post.listener.heard)

    await post.clock.advance(LEASE.total_seconds())
    await post.send_all()

    [delivered] = await post.log(webhook.name)
    assert delivered.state == DELIVERED
    assert (early, len(post.listener.heard)) == {
        "jobs.webhooks.claimed": (0, 1),
        "jobs.webhooks.sent": (1, 2),
        "jobs.webhooks.noted": (1, 1),
    }[point]
    assert len({heard.headers["webhook-id"] for heard in post.listener.heard}) == 1


async def test_senders_at_once_send_each_message_once(post: Post) -> None:
    await post.add(*ALL_TYPES)
    await post.add(*ALL_TYPES)
    await post.cancelled_job()

    await asyncio.gather(*(post.send_all() for _ in range(4)))

    assert len(post.listener.heard) == 6
    assert len({heard.headers["webhook-signature"] for heard in post.listener.heard}) == 6


async def test_a_webhook_that_fails_for_days_is_disabled_and_can_be_enabled_again(post: Post) -> None:
    webhook = await post.add()
    post.listener.answers.extend([answer(503)] * 100)
    await post.cancelled_job()
    await post.send_all()
    await post.clock.advance(PATIENCE.failing_max.total_seconds() - 1)
    await post.send_all()
    failing = await post.get(webhook.name)
    await post.cancelled_job()

    await post.clock.advance(7300)
    await post.send_all()
    disabled = await post.get(webhook.name)
    await post.cancelled_job()
    await post.send_all()

    assert (failing.disabled, failing.HasField("failing_since")) == (False, True)
    assert (disabled.disabled, disabled.disabled_reason) == (True, "Every attempt failed for 120 hours.")
    log = await post.log(webhook.name)
    assert [each.state for each in log] == [FAILED, FAILED]
    with pytest.raises(FailedPrecondition):
        await post.replay(log[0].name)
    enabled = await post.update("disabled", name=webhook.name, disabled=False)
    assert (enabled.disabled, enabled.disabled_reason, enabled.HasField("failing_since")) == (
        False,
        "",
        False,
    )
    post.listener.answers.clear()
    again = await post.replay(log[0].name)
    await post.send_all()
    assert again.state == WAITING
    assert (await post.log(webhook.name))[0].state == DELIVERED


async def test_an_address_that_is_gone_is_disabled_at_once(post: Post) -> None:
    webhook = await post.add()
    post.listener.answers.append(answer(410))
    await post.cancelled_job()
    await post.send_all()

    assert (await post.get(webhook.name)).disabled_reason == "It answered 410: gone."


async def test_a_message_is_replayed_with_its_id_and_body(post: Post) -> None:
    webhook = await post.add()
    await post.cancelled_job()
    await post.send_all()
    [sent] = await post.log(webhook.name)

    await post.replay(sent.name)
    await post.send_all()

    first, second = post.listener.heard
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert len((await post.log(webhook.name))[0].attempts) == 2


async def test_a_message_that_waits_for_its_next_attempt_is_sent_at_once_when_it_is_replayed(
    post: Post,
) -> None:
    webhook = await post.add()
    post.listener.answers.append(answer(500))
    await post.cancelled_job()
    await post.send_all()
    [waits] = await post.log(webhook.name)

    for _ in range(2):
        await post.replay(waits.name)
    await post.send_all()

    [sent] = await post.log(webhook.name)
    assert (waits.state, sent.state) == (WAITING, DELIVERED)
    assert [each.status for each in sent.attempts] == [500, 204]


async def test_a_secret_is_shown_once_and_the_one_before_signs_for_a_day(post: Post) -> None:
    request_id = str(uuid4())
    webhook = await post.add(request_id=request_id)
    again = await post.add(request_id=request_id)
    rotate = webhooks_pb2.RotateWebhookSecretRequest(name=webhook.name)
    rotated = await post.servicer.RotateWebhookSecret(rotate, None)

    await post.cancelled_job()
    await post.send_all()
    await post.clock.advance(25 * 3600)
    await post.cancelled_job()
    await post.send_all()

    assert (again.name, again.secret) == (webhook.name, webhook.secret)
    assert (await post.add(request_id=request_id)).secret == ""
    assert (await post.get(webhook.name)).secret == ""
    signatures = [heard.headers["webhook-signature"].split() for heard in post.listener.heard]
    for heard, secrets in zip(post.listener.heard, ([rotated, webhook], [rotated]), strict=True):
        at = post.clock.now().fromtimestamp(int(heard.headers["webhook-timestamp"]), post.clock.now().tzinfo)
        expected = [
            Webhook(each.secret).sign(heard.headers["webhook-id"], at, heard.body.decode())
            for each in secrets
        ]
        assert heard.headers["webhook-signature"].split() == expected
    assert [len(each) for each in signatures] == [2, 1]


async def test_redirects_are_not_followed_and_answers_are_kept_in_part(post: Post) -> None:
    moved = answer(302, b"x" * 100_000, f"Location: http://127.0.0.1:{post.listener.port}/elsewhere")
    post.listener.answers.append(moved)
    webhook = await post.add()
    await post.cancelled_job()
    await post.send_all()

    [waiting] = await post.log(webhook.name)
    assert [heard.path for heard in post.listener.heard] == ["/film"]
    assert [(each.status, len(each.response)) for each in waiting.attempts] == [(302, 1024)]


@pytest.mark.parametrize(
    ("said", "error"),
    [(SILENCE, "no answer within 0.2 s"), (b"SSH-2.0-x\r\n", ""), (b"HTTP/1.1 200", "")],
)
async def test_a_sender_outlives_what_does_not_answer(said: bytes, error: str) -> None:
    async with listening() as listener, open_sender(AddressRule(private_allowed=True), 0.2) as sender:
        listener.answers.append(said)

        told = await sender.send(Message(UUID(int=1), listener.url, "{}", [b"x" * 32]), ManualClock().now())

    assert (told.status, told.is_success, bool(told.error), error in told.error) == (0, False, True, True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "film",
        "http://1.1.1.1/",
        "ftp://1.1.1.1/",
        "https:///film",
        "https://user:word@1.1.1.1/",
        "https://1.1.1.1/#there",
        "https://1.1.1.1:0/",
        "https://1.1.1.1:99999/",
        "https://1.1.1.1/ film",
        "https://[::1",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://nowhere.invalid/",
    ],
)
async def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await AddressRule().check(url, "webhook.url")

    assert [violation.field for violation in refused.value.violations] == ["webhook.url"]


async def test_a_name_that_leads_elsewhere_when_it_is_called_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leads_to = ["1.1.1.1"]

    async def getaddrinfo(host: str, port: int, **_asked: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in leads_to]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    async with listening() as listener, open_sender(AddressRule()) as sender:
        url = f"https://hook.example.com:{listener.port}/"
        await AddressRule().check(url, "webhook.url")
        leads_to[:] = ["127.0.0.1"]

        told = await sender.send(Message(UUID(int=1), url, "{}", [b"x" * 32]), ManualClock().now())

    assert told == Answer(error="hook.example.com leads to 127.0.0.1, which is not a public address")
    assert listener.heard == []


async def test_the_log_forgets_what_is_old_and_nothing_that_waits(post: Post) -> None:
    webhook = await post.add()
    await post.cancelled_job()
    await post.send_all()
    post.listener.answers.append(answer(500))
    await post.cancelled_job()
    await post.send_all()

    await post.clock.advance(PATIENCE.log_kept.total_seconds() + 1)
    await post.deliveries().remove_old()

    assert [each.state for each in await post.log(webhook.name)] == [WAITING]


async def test_webhooks_are_their_workspaces_own_and_not_many(post: Post) -> None:
    names = [(await post.add()).name for _ in range(20)]
    with pytest.raises(ResourceExhausted):
        await post.add()
    await post.servicer.DeleteWebhook(webhooks_pb2.DeleteWebhookRequest(name=names[0]), None)
    listed = await post.servicer.ListWebhooks(webhooks_pb2.ListWebhooksRequest(), None)
    assert [each.name for each in listed.webhooks] == names[1:]

    called_by(uuid4())

    absent: list[Callable[[], Any]] = [
        lambda: post.get(names[1]),
        lambda: post.log(names[1]),
        lambda: post.update("url", name=names[1], url=post.listener.url),
        lambda: post.replay(f"{names[1]}/deliveries/{uuid4()}"),
        lambda: post.servicer.DeleteWebhook(webhooks_pb2.DeleteWebhookRequest(name=names[1]), None),
        lambda: post.servicer.RotateWebhookSecret(
            webhooks_pb2.RotateWebhookSecretRequest(name=names[1]), None
        ),
    ]
    for ask in absent:
        with pytest.raises(NotFound):
            await ask()
    assert not (await post.servicer.ListWebhooks(webhooks_pb2.ListWebhooksRequest(), None)).webhooks
