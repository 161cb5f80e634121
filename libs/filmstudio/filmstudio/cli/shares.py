"""film share: films shown to whoever has a link."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from filmstudio.cli.exits import Exit
from filmstudio.cli.job_names import full_name, short
from filmstudio.cli.plain import plain
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.shares.v1 import shares_pb2

COLUMNS = (
    Column("SHARE"),
    Column("MADE"),
    Column("ENDS"),
    Column("PASSWORD"),
    Column("VIEWS", right=True),
    Column("JOB"),
    Column("TITLE", yields=True),
)
NO_SHARES = "No film is shared; film share add shares one."
SHOWN_ONCE = "The link is shown this once."
UNIQUE_END_CHARACTERS_MIN = 4
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Sharing:
    """What to share: a job as people name it, for so many days (0: until it is revoked)."""

    job: str
    title: str
    days: int
    with_password: bool


async def add(studio: FilmStudio, sharing: Sharing, *, as_json: bool) -> Exit:
    """Share a film and show its link. Raises FilmStudioError."""
    job = await full_name(studio, sharing.job)
    password = _password() if sharing.with_password else ""
    share = await studio.shares.create(
        job, title=sharing.title, hours=sharing.days * HOURS_A_DAY, password=password
    )
    if as_json:
        print_json([share])
        return Exit.OK
    until = f" until {share.expire_time.ToDatetime():%Y-%m-%d %H:%M} UTC" if sharing.days else ""
    asked = ", to those who know the password" if share.has_password else ""
    print(plain(f"{share.title} is shown{until}{asked}:"))
    print(plain(share.url))
    print(SHOWN_ONCE)
    return Exit.OK


async def list_shares(studio: FilmStudio, *, as_json: bool) -> Exit:
    """Print the shares. Raises FilmStudioError."""
    found = await studio.shares.all()
    if as_json:
        print_json(found)
    elif found:
        print_table(COLUMNS, map(_row, found))
    else:
        print(NO_SHARES)
    return Exit.OK


async def revoke(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """End a share. Raises FilmStudioError."""
    end = written.removeprefix("shares/")
    found = [share for share in await studio.shares.all() if share.name.endswith(end)]
    if len(end) < UNIQUE_END_CHARACTERS_MIN or len(found) != 1:
        trouble = "fits more than one share" if len(found) > 1 else "is no share"
        raise RefusedError(f"{written} {trouble}; film share list shows them")
    await studio.shares.revoke(found[0].name)
    if as_json:
        print_json(found)
    else:
        print(plain(f"{found[0].title}: its link shows nothing any more"))
    return Exit.OK


def _row(share: shares_pb2.Share) -> Sequence[str]:
    has_end = share.HasField("expire_time")
    return (
        share.name.rpartition("-")[2],
        f"{share.create_time.ToDatetime():%Y-%m-%d %H:%M}",
        f"{share.expire_time.ToDatetime():%Y-%m-%d %H:%M}" if has_end else "never",
        "yes" if share.has_password else "",
        str(share.view_count),
        short(share.job),
        share.title,
    )


def _password() -> str:
    """From the keyboard, unseen, or the first line of standard input. Raises RefusedError."""
    asked = sys.stdin.isatty()
    written = getpass.getpass("Password for viewers: ") if asked else sys.stdin.readline().rstrip("\r\n")
    if not written:
        raise RefusedError("no password was given; type it, or write it to standard input")
    return written
