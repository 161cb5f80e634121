"""film keys: by which programs call."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from filmstudio.auth.v1 import api_keys_pb2
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError

COLUMNS = (Column("NAME", yields=True), Column("BEGINS"), Column("ENDS"), Column("SCOPES", yields=True))
OVER = "is over"


async def list_keys(studio: FilmStudio, *, as_json: bool) -> Exit:
    """The account's keys. Raises FilmStudioError."""
    found = [each async for each in studio.api_keys.all()]
    if as_json:
        print_json(found)
        return Exit.OK
    print_table(
        COLUMNS, [(each.display_name, each.hint, _end(each), " ".join(each.scopes)) for each in found]
    )
    return Exit.OK


async def make_key(
    studio: FilmStudio, display_name: str, scopes: list[str], days: int, *, as_json: bool
) -> Exit:
    """A new key; its secret alone goes to standard output. Raises FilmStudioError."""
    made = await studio.api_keys.make(display_name, scopes, datetime.now(UTC) + timedelta(days=days))
    if as_json:
        print_json([made])
        return Exit.OK
    print(made.secret)
    said = f"This key for {display_name} is shown once, and ends on {_end(made.api_key)}."
    print(plain(f"{said} Use it as FILM_API_KEY."), file=sys.stderr)
    return Exit.OK


async def revoke_key(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """End a key. Raises FilmStudioError."""
    meant = _meant([each async for each in studio.api_keys.all()], written)
    await studio.api_keys.revoke(meant.name)
    if as_json:
        print_json([meant])
    else:
        print(plain(f"{meant.display_name} ({meant.hint}...) is refused from now on."))
    return Exit.OK


def _end(key: api_keys_pb2.ApiKey) -> str:
    ends = key.expire_time.ToDatetime(UTC)
    return OVER if ends <= datetime.now(UTC) else f"{ends.astimezone():%Y-%m-%d}"


def _meant(found: list[api_keys_pb2.ApiKey], written: str) -> api_keys_pb2.ApiKey:
    """The key of that name, id, or how its secret begins."""
    fitting = [
        each
        for each in found
        if written in (each.name, each.name.removeprefix("apiKeys/"), each.display_name, each.hint)
    ]
    if not fitting:
        raise RefusedError(f"you have no key {written!r}; film keys lists them")
    if len(fitting) > 1:
        listed = ", ".join(f"{each.name} ({each.hint}...)" for each in fitting)
        raise RefusedError(f"{written!r} names several keys: {listed}; give one of these")
    return fitting[0]
