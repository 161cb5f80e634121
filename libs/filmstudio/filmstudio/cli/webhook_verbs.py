"""The verbs of film webhook: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

HELP = "Addresses that are told what happens to jobs, signed by the Standard Webhooks scheme."
EVENTS_HELP = "created, progressed, completed, failed or cancelled; by default the last three. Repeat it."

WebhookName = Annotated[
    str, typer.Argument(metavar="WEBHOOK", help="Its name, its address, or its id as film webhook list says.")
]
Verb = Callable[..., None]


def add_to(app: typer.Typer) -> None:
    """The verb webhook, with its own verbs."""
    webhook = typer.Typer(no_args_is_help=True, help=HELP, rich_markup_mode=None)
    verbs: tuple[tuple[str, Verb], ...] = (
        ("list", list_),
        ("add", add),
        ("log", log),
        ("replay", replay),
        ("enable", enable),
        ("disable", disable),
        ("rotate", rotate),
        ("remove", remove),
    )
    for name, verb in verbs:
        webhook.command(name)(verb)
    app.add_typer(webhook, name="webhook")


def list_(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List the webhooks."""
    _at(lambda studio: _verbs().list_webhooks(studio, as_json=as_json), server, local)


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages go: https, a public address.")],
    event: Annotated[list[str] | None, typer.Option(metavar="EVENT", help=EVENTS_HELP)] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call it.")] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Add an address; its secret is shown once."""
    _at(lambda studio: _verbs().add(studio, url, event or [], name, as_json=as_json), server, local)


def log(
    webhook: WebhookName,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 20,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List what was sent to a webhook and what waits, the newest first."""
    _at(lambda studio: _verbs().log(studio, webhook, limit, as_json=as_json), server, local)


def replay(
    webhook: WebhookName,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="As film webhook log says it.")],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Send a message again, with its id and body."""
    _at(lambda studio: _verbs().replay(studio, webhook, message, as_json=as_json), server, local)


def enable(webhook: WebhookName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Let messages be sent to a webhook again."""
    _at(lambda studio: _verbs().enable(studio, webhook, disabled=False, as_json=as_json), server, local)


def disable(webhook: WebhookName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Send nothing to a webhook; what waits for it is dropped."""
    _at(lambda studio: _verbs().enable(studio, webhook, disabled=True, as_json=as_json), server, local)


def rotate(webhook: WebhookName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Give a webhook a new secret; the one before signs too for a day."""
    _at(lambda studio: _verbs().rotate(studio, webhook, as_json=as_json), server, local)


def remove(webhook: WebhookName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Remove a webhook with its log."""
    _at(lambda studio: _verbs().remove(studio, webhook, as_json=as_json), server, local)


def _verbs() -> Any:
    """The module that does it, loaded when it is called."""
    from filmstudio.cli import webhooks

    return webhooks


def _at(call: Callable[[FilmStudio], Awaitable[int]], server: str, local: bool) -> None:
    async def work(studio: FilmStudio, _: Place) -> int:
        return await call(studio)

    at_studio(server, work, local=local)
