"""film webhook: addresses that are told what happens to jobs, and what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence

from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.webhooks.v1 import webhooks_pb2

WEBHOOK_COLUMNS = (
    Column("WEBHOOK"),
    Column("NAME"),
    Column("STATE"),
    Column("EVENTS"),
    Column("ADDRESS", yields=True),
)
LOG_COLUMNS = (
    Column("MESSAGE"),
    Column("MADE"),
    Column("EVENT"),
    Column("JOB"),
    Column("STATE"),
    Column("TRIES", right=True),
    Column("ANSWER", yields=True),
)

NO_WEBHOOKS = "There are no webhooks; film webhook add makes one."
NO_MESSAGES = "Nothing was sent to it, and nothing waits."
SHOWN_ONCE = "The secret is shown this once; keep it where the messages are checked."
EVENT_PREFIX = "job."
UNIQUE_START_CHARACTERS_MIN = 4
DELIVERIES_LOOKED_THROUGH_MAX = 1_000


async def add(studio: FilmStudio, url: str, events: Sequence[str], name: str, *, as_json: bool) -> Exit:
    """Make a webhook and show its secret. Raises FilmStudioError."""
    types = [event if "." in event else EVENT_PREFIX + event for event in events]
    return _show_secret(await studio.webhooks.create(url, types, name), as_json=as_json)


async def list_webhooks(studio: FilmStudio, *, as_json: bool) -> Exit:
    """Print the webhooks. Raises FilmStudioError."""
    found = await studio.webhooks.all()
    if as_json:
        print_json(found)
    elif found:
        print_table(WEBHOOK_COLUMNS, [_row(each) for each in found])
    else:
        print(NO_WEBHOOKS)
    return Exit.OK


async def remove(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """Delete a webhook. Raises FilmStudioError."""
    webhook = await _webhook(studio, written)
    await studio.webhooks.delete(webhook.name)
    return _show(webhook, "removed, with its log", as_json=as_json)


async def enable(studio: FilmStudio, written: str, *, disabled: bool, as_json: bool) -> Exit:
    """Let a webhook be sent to, or not. Raises FilmStudioError."""
    webhook = await _webhook(studio, written)
    wanted = webhooks_pb2.Webhook(name=webhook.name, disabled=disabled)
    changed = await studio.webhooks.update(wanted, "disabled")
    return _show(changed, "disabled" if disabled else "enabled", as_json=as_json)


async def rotate(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """Give a webhook a new secret and show it. Raises FilmStudioError."""
    webhook = await _webhook(studio, written)
    return _show_secret(await studio.webhooks.rotate_secret(webhook.name), as_json=as_json)


async def log(studio: FilmStudio, written: str, limit: int, *, as_json: bool) -> Exit:
    """Print what was sent to a webhook, the newest first. Raises FilmStudioError."""
    webhook = await _webhook(studio, written)
    found = await studio.webhooks.deliveries(webhook.name, limit)
    if as_json:
        print_json(found)
    elif found:
        print_table(LOG_COLUMNS, [_log_row(each) for each in found])
    else:
        print(NO_MESSAGES)
    return Exit.OK


async def replay(studio: FilmStudio, written: str, message: str, *, as_json: bool) -> Exit:
    """Send a message again. Raises FilmStudioError."""
    webhook = await _webhook(studio, written)
    found = await studio.webhooks.deliveries(webhook.name, DELIVERIES_LOOKED_THROUGH_MAX)
    ids = {_last(each.name): each.name for each in found}
    name = ids[_meant(message.removeprefix("msg_"), list(ids), f"message of {written}")]
    again = await studio.webhooks.replay(name)
    if as_json:
        print_json([again])
    else:
        print(plain(f"{again.event_type} of {again.job}: sent again"))
    return Exit.OK


async def _webhook(studio: FilmStudio, written: str) -> webhooks_pb2.Webhook:
    """The one that is called so, leads there, or has an id that begins so."""
    found = await studio.webhooks.all()
    named = [each for each in found if written in (each.display_name, each.url, each.name)]
    if len(named) == 1:
        return named[0]
    ids = {_last(each.name): each for each in found}
    return ids[_meant(written.removeprefix("webhooks/"), list(ids), "webhook")]


def _meant(written: str, ids: Sequence[str], what: str) -> str:
    """The id that is, or begins or ends, as written."""
    long_enough = len(written) >= UNIQUE_START_CHARACTERS_MIN
    fitting = [each for each in ids if long_enough and (each.startswith(written) or each.endswith(written))]
    if len(fitting) == 1:
        return fitting[0]
    trouble = "fits more than one" if fitting else "is no"
    raise RefusedError(f"{written} {trouble} {what}; film webhook list and log show them")


def _show(webhook: webhooks_pb2.Webhook, what: str, *, as_json: bool) -> Exit:
    if as_json:
        print_json([webhook])
    else:
        print(plain(f"{webhook.display_name or webhook.url}: {what}"))
    return Exit.OK


def _show_secret(webhook: webhooks_pb2.Webhook, *, as_json: bool) -> Exit:
    if as_json:
        print_json([webhook])
        return Exit.OK
    print(plain(f"{webhook.url} is told of {_events(webhook)}"))
    print(plain(f"secret: {webhook.secret}"))
    print(SHOWN_ONCE)
    return Exit.OK


def _row(webhook: webhooks_pb2.Webhook) -> Sequence[str]:
    state = "failing" if webhook.HasField("failing_since") else "on"
    if webhook.disabled:
        state = f"off: {webhook.disabled_reason}" if webhook.disabled_reason else "off"
    return _short(webhook.name), webhook.display_name, state, _events(webhook), webhook.url


def _log_row(delivery: webhooks_pb2.WebhookDelivery) -> Sequence[str]:
    state = webhooks_pb2.DeliveryState.Name(delivery.state).removeprefix("DELIVERY_STATE_").lower()
    last = delivery.attempts[-1] if delivery.attempts else webhooks_pb2.WebhookAttempt()
    answer = last.error or " ".join([str(last.status or ""), *last.response.split()])
    if delivery.HasField("next_attempt_time") and delivery.attempts:
        state = f"again {delivery.next_attempt_time.ToDatetime():%H:%M:%S}"
    return (
        _short(delivery.name),
        f"{delivery.create_time.ToDatetime():%Y-%m-%d %H:%M:%S}",
        delivery.event_type,
        _short(delivery.job),
        state,
        str(len(delivery.attempts)),
        answer.strip(),
    )


def _events(webhook: webhooks_pb2.Webhook) -> str:
    return ", ".join(each.removeprefix(EVENT_PREFIX) for each in webhook.event_types)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _short(name: str) -> str:
    """The end of an id: what was made in one moment begins alike."""
    return _last(name).rpartition("-")[2]
