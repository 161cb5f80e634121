"""film quota: what may be rendered, and what of it is used."""

from __future__ import annotations

from dataclasses import dataclass

from filmstudio.cli.administering import account_called
from filmstudio.cli.exits import Exit
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.quotas.v1 import quotas_pb2

COLUMNS = (
    Column("WHAT"),
    Column("USED", right=True),
    Column("LIMIT", right=True),
    Column("RESETS"),
    Column("SET FOR"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a workspace's own; None leaves one as it is."""

    jobs: int | None
    shots: int | None
    gpu_seconds: int | None
    to_defaults: bool


async def show(studio: FilmStudio, *, as_json: bool) -> Exit:
    """The quota of the session's workspace. Raises FilmStudioError."""
    return _printed(await studio.quotas.get(), as_json=as_json)


async def give(studio: FilmStudio, email: str, limits: Limits, *, as_json: bool) -> Exit:
    """Give an account's personal workspace limits of its own, or show them. Raises FilmStudioError."""
    account = await account_called(studio, email)
    quota = await studio.quotas.give(
        account.workspace,
        unfinished_jobs=limits.jobs,
        shots_per_film=limits.shots,
        gpu_seconds=limits.gpu_seconds,
        to_defaults=limits.to_defaults,
    )
    return _printed(quota, as_json=as_json)


def _printed(quota: quotas_pb2.Quota, *, as_json: bool) -> Exit:
    if as_json:
        print_json([quota])
        return Exit.OK
    rows = [
        _row("unfinished jobs", quota.unfinished_jobs),
        _row("shots of a film", quota.shots_per_film, is_used=False),
        _row("GPU seconds this month", quota.gpu_seconds),
    ]
    print_table(COLUMNS, rows)
    return Exit.OK


def _row(what: str, allowance: quotas_pb2.Allowance, *, is_used: bool = True) -> tuple[str, ...]:
    resets = f"{allowance.reset_time.ToDatetime():%Y-%m-%d} UTC" if allowance.HasField("reset_time") else ""
    return (
        what,
        f"{allowance.used:,}" if is_used else "",
        f"{allowance.limit:,}" if allowance.limit else "none",
        resets,
        "this workspace" if allowance.is_own else "all",
    )
