"""film admin: the studio's accounts."""

from __future__ import annotations

from filmstudio.auth.v1 import auth_pb2
from filmstudio.cli.accounts import written_secret
from filmstudio.cli.exits import Exit
from filmstudio.cli.inviting import say_token
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError

COLUMNS = (Column("ADDRESS", yields=True), Column("NAME", yields=True), Column("ROLE"), Column("SINCE"))


async def claim(studio: FilmStudio, *, as_json: bool) -> Exit:
    """Become the first administrator. Raises FilmStudioError."""
    return _printed([await studio.admin.claim(written_secret("Secret of the settings: "))], as_json=as_json)


async def list_users(studio: FilmStudio, *, as_json: bool) -> Exit:
    """All accounts. Raises FilmStudioError."""
    return _printed([each async for each in studio.admin.users()], as_json=as_json)


async def invite(studio: FilmStudio, email: str, *, as_json: bool) -> Exit:
    """Let somebody make an account. Raises FilmStudioError."""
    return say_token(await studio.admin.invite(email), as_json=as_json)


async def set_role(studio: FilmStudio, email: str, *, is_admin: bool, as_json: bool) -> Exit:
    """Make somebody an administrator, or a user again. Raises FilmStudioError."""
    account = await account_called(studio, email)
    role = auth_pb2.USER_ROLE_ADMIN if is_admin else auth_pb2.USER_ROLE_USER
    return _printed([await studio.admin.set_role(account.name, role)], as_json=as_json)


async def account_called(studio: FilmStudio, email: str) -> auth_pb2.User:
    """The account of an address. Raises RefusedError when there is none, FilmStudioError."""
    wanted = email.strip().casefold()
    meant = [each async for each in studio.admin.users() if wanted in (each.email, each.name)]
    if not meant:
        raise RefusedError(f"nobody has the address {email!r}; film admin lists the accounts")
    return meant[0]


def _printed(users: list[auth_pb2.User], *, as_json: bool) -> Exit:
    if as_json:
        print_json(users)
        return Exit.OK
    rows = [
        (each.email, each.display_name, _word(each.role), f"{each.create_time.ToDatetime():%Y-%m-%d}")
        for each in users
    ]
    print_table(COLUMNS, rows)
    return Exit.OK


def _word(role: auth_pb2.UserRole.ValueType) -> str:
    return auth_pb2.UserRole.Name(role).removeprefix("USER_ROLE_").lower()
