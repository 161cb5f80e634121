"""What each component may publish and subscribe to on the broker: its own subjects and nothing else."""

from __future__ import annotations

import json

from studio_platform.embedded.nats import NatsPermissions
from studio_platform.topology import (
    ANNOUNCE_SUBJECT,
    CANCELS_BUCKET,
    RESULTS_STREAM,
    TASKS_STREAM,
    progress_subject,
    result_subject,
)

KINDS = {
    "imagegen": ("still",),
    "videogen": ("clip",),
    "audiogen": ("speech", "music", "effects"),
    "composer": ("segment", "levels", "master", "film", "reading", "sheet"),
}
INBOX = "_INBOX.>"
EVERYTHING = NatsPermissions()
# Publishing is what must be refused; a subject that nobody publishes to grants nothing.
NOTHING = NatsPermissions(publish=("studio.none",), subscribe=(INBOX,))


def permissions_of(component: str) -> NatsPermissions:
    """What a component may do: "admin" and "jobs" everything, a generator its share, others nothing."""
    if component in ("admin", "jobs"):
        return EVERYTHING
    if component not in KINDS:
        return NOTHING
    return NatsPermissions(publish=_generator_publishes(KINDS[component]), subscribe=(INBOX,))


def _generator_publishes(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """A generator takes tasks from consumers that jobs made, acknowledges, reports, watches for cancels.

    Which pool's tasks it takes isn't bound here: the broker's wildcards don't match a part of a name.
    """
    cancels = f"KV_{CANCELS_BUCKET}"
    return (
        *(result_subject(kind) for kind in kinds),
        progress_subject("*", "*"),
        ANNOUNCE_SUBJECT,
        f"$JS.API.STREAM.INFO.{RESULTS_STREAM}",
        f"$JS.API.CONSUMER.INFO.{TASKS_STREAM}.*",
        f"$JS.API.CONSUMER.MSG.NEXT.{TASKS_STREAM}.*",
        f"$JS.ACK.{TASKS_STREAM}.>",
        f"$JS.API.STREAM.INFO.{cancels}",
        f"$JS.API.CONSUMER.CREATE.{cancels}",
        f"$JS.API.CONSUMER.CREATE.{cancels}.>",
        f"$JS.API.CONSUMER.INFO.{cancels}.*",
        f"$JS.API.CONSUMER.DELETE.{cancels}.*",
        f"$JS.FC.{cancels}.>",
        f"$JS.API.DIRECT.GET.{cancels}.>",
    )


def permissions_text() -> str:
    """What each generator's user may do, as YAML (and JSON in its values) for the config of a NATS server."""
    head = "# Written by python -m studio_jobs nats-permissions; the user jobs may do everything.\n"
    return head + "".join(f"{name}: {json.dumps(_allowed(name), indent=2)}\n" for name in KINDS)


def _allowed(component: str) -> dict[str, dict[str, list[str]]]:
    permissions = permissions_of(component)
    return {
        "publish": {"allow": list(permissions.publish)},
        "subscribe": {"allow": list(permissions.subscribe)},
    }
