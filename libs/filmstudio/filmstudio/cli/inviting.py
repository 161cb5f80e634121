"""film invite, invitations and join: letting people into a workspace."""

from __future__ import annotations

import sys
from datetime import UTC

from filmstudio.auth.v1 import invitations_pb2
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.cli.workspaces import role_number, role_word
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError

COLUMNS = (Column("ADDRESS", yields=True), Column("ROLE"), Column("ENDS"), Column("INVITATION"))
ANYBODY = "anybody with the token"


async def invite(studio: FilmStudio, email: str, role: str, *, as_json: bool) -> Exit:
    """A new invitation; its token alone goes to standard output. Raises FilmStudioError."""
    return say_token(await studio.members.invite(role_number(role), email), as_json=as_json)


def say_token(made: invitations_pb2.CreateInvitationResponse, *, as_json: bool) -> Exit:
    """Show an invitation's token, once."""
    if as_json:
        print_json([made])
        return Exit.OK
    print(made.token)
    whom = made.invitation.email or ANYBODY
    what = "film join TOKEN" if made.invitation.workspace else "film register --invitation TOKEN"
    said = f"This token is for {whom}, once, until {_end(made.invitation)}; it is used by: {what}"
    print(plain(said), file=sys.stderr)
    return Exit.OK


async def list_invitations(studio: FilmStudio, *, as_json: bool) -> Exit:
    """The open ones. Raises FilmStudioError."""
    found = [each async for each in studio.members.invitations()]
    if as_json:
        print_json(found)
        return Exit.OK
    rows = [(each.email or ANYBODY, role_word(each.role), _end(each), each.name) for each in found]
    print_table(COLUMNS, rows)
    return Exit.OK


async def take_back(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """End one. Raises FilmStudioError."""
    wanted = written.strip().casefold()
    fitting = [each async for each in studio.members.invitations() if wanted in (each.name, each.email)]
    if len(fitting) != 1:
        raise RefusedError(f"{len(fitting)} invitations fit {written!r}; film invitations lists them")
    await studio.members.take_back(fitting[0].name)
    if as_json:
        print_json(fitting)
    else:
        print(plain(f"{fitting[0].name} lets nobody in any more."))
    return Exit.OK


async def join(studio: FilmStudio, token: str, *, as_json: bool) -> Exit:
    """Become a member. Raises FilmStudioError."""
    joined = await studio.members.join(token)
    if as_json:
        print_json([joined])
    else:
        said = f"You are in {joined.display_name} as {role_word(joined.role)}"
        print(plain(f"{said}; film workspace use {joined.name} works there."))
    return Exit.OK


def _end(invitation: invitations_pb2.Invitation) -> str:
    return f"{invitation.expire_time.ToDatetime(UTC).astimezone():%Y-%m-%d}"
