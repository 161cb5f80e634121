"""film workspace and film members: where one works, and with whom."""

from __future__ import annotations

from filmstudio.auth.v1 import members_pb2
from filmstudio.cli.exits import Exit
from filmstudio.cli.places import Place
from filmstudio.cli.plain import plain
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError

PERSONAL = "personal"
WORKSPACE_COLUMNS = (Column("USED"), Column("NAME", yields=True), Column("ROLE"), Column("WORKSPACE"))
MEMBER_COLUMNS = (Column("ADDRESS"), Column("NAME", yields=True), Column("ROLE"))


async def list_workspaces(studio: FilmStudio, place: Place, *, as_json: bool) -> Exit:
    """The account's workspaces, the one in use marked. Raises FilmStudioError."""
    found = [each async for each in studio.members.workspaces()]
    if as_json:
        print_json(found)
        return Exit.OK
    used = place.workspace or (await studio.me()).workspace
    rows = [
        ("*" if each.name == used else "", _called(each), role_word(each.role), each.name) for each in found
    ]
    print_table(WORKSPACE_COLUMNS, rows)
    return Exit.OK


async def use_workspace(studio: FilmStudio, place: Place, written: str, *, as_json: bool) -> Exit:
    """Work in a workspace from now on. Raises FilmStudioError, OSError."""
    found = [each async for each in studio.members.workspaces()]
    meant = _meant(found, written)
    place.use_workspace(meant.name)
    if as_json:
        print_json([meant])
    else:
        print(plain(f"Works in {_called(meant)} from now on, as {role_word(meant.role)}."))
    return Exit.OK


async def make_workspace(studio: FilmStudio, display_name: str, *, as_json: bool) -> Exit:
    """A new workspace. Raises FilmStudioError."""
    made = await studio.members.make_workspace(display_name)
    if as_json:
        print_json([made])
    else:
        print(plain(f"Made {made.name}; film workspace use {display_name!r} works in it."))
    return Exit.OK


async def list_members(studio: FilmStudio, *, as_json: bool) -> Exit:
    """The members of the workspace in use. Raises FilmStudioError."""
    return _printed([each async for each in studio.members.members()], as_json=as_json)


async def add_member(studio: FilmStudio, email: str, role: str, *, as_json: bool) -> Exit:
    """Make somebody a member. Raises FilmStudioError."""
    return _printed([await studio.members.add(email, role_number(role))], as_json=as_json)


async def set_role(studio: FilmStudio, written: str, role: str, *, as_json: bool) -> Exit:
    """Give a member another role. Raises FilmStudioError."""
    member = await named_member(studio, written)
    return _printed([await studio.members.set_role(member.name, role_number(role))], as_json=as_json)


async def remove_member(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """Take a member out. Raises FilmStudioError."""
    member = await named_member(studio, written)
    await studio.members.remove(member.name)
    if as_json:
        print_json([member])
    else:
        print(plain(f"{member.email} is no member any more."))
    return Exit.OK


async def named_member(studio: FilmStudio, written: str) -> members_pb2.Member:
    """The member with an address or a name. Raises RefusedError for none."""
    wanted = written.strip().casefold()
    async for member in studio.members.members():
        if wanted in (member.email.casefold(), member.name, member.user):
            return member
    raise RefusedError(f"no member has the address {written!r}; film members lists them")


async def names_of_users(studio: FilmStudio) -> dict[str, str]:
    """What people call the members, by the users' names."""
    return {each.user: each.display_name async for each in studio.members.members()}


def role_number(word: str) -> members_pb2.MemberRole.ValueType:
    """The role that a word names."""
    return members_pb2.MemberRole.Value(f"MEMBER_ROLE_{word.upper()}")


def role_word(role: members_pb2.MemberRole.ValueType) -> str:
    """A role in a word."""
    return members_pb2.MemberRole.Name(role).removeprefix("MEMBER_ROLE_").lower()


def _called(workspace: members_pb2.Workspace) -> str:
    return f"{workspace.display_name} ({PERSONAL})" if _is_own(workspace) else workspace.display_name


def _is_own(workspace: members_pb2.Workspace) -> bool:
    return workspace.personal and workspace.role == members_pb2.MEMBER_ROLE_OWNER


def _printed(members: list[members_pb2.Member], *, as_json: bool) -> Exit:
    if as_json:
        print_json(members)
    else:
        print_table(
            MEMBER_COLUMNS, [(each.email, each.display_name, role_word(each.role)) for each in members]
        )
    return Exit.OK


def _meant(found: list[members_pb2.Workspace], written: str) -> members_pb2.Workspace:
    """The workspace of that name, or id; "personal" is one's own."""
    wanted = written.strip()
    if wanted == PERSONAL:
        return next(each for each in found if _is_own(each))
    fitting = [
        each
        for each in found
        if wanted in (each.name, each.name.removeprefix("workspaces/"), each.display_name)
    ]
    if not fitting:
        raise RefusedError(f"you are in no workspace {written!r}; film workspace lists them")
    if len(fitting) > 1:
        listed = ", ".join(each.name for each in fitting)
        raise RefusedError(f"{written!r} names several workspaces: {listed}; give one of these")
    return fitting[0]
