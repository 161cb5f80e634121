"""The verbs of working together: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, ProjectName, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


class WorkspaceAction(StrEnum):
    """What to do with a workspace; without one all are listed."""

    USE = "use"
    NEW = "new"


class MemberAction(StrEnum):
    """What to do with a member; without one all are listed."""

    ADD = "add"
    ROLE = "role"
    REMOVE = "remove"


class CommentAction(StrEnum):
    """What to do with a comment; without one all are listed."""

    RESOLVE = "resolve"
    REOPEN = "reopen"
    DELETE = "delete"


class Role(StrEnum):
    """What a member may do; each role includes those before it."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    EDITOR = "editor"
    OWNER = "owner"


Shot = Annotated[str, typer.Option(metavar="SHOT", help="A shot, as 2.1, or its id; film shots lists them.")]
JobOf = Annotated[str, typer.Option("--job", metavar="JOB", help="The job whose film is meant.")]


def add_to(app: typer.Typer) -> None:
    """Add all."""
    for verb in (workspace, members, invite, invitations, join, comment, comments, approve):
        app.command()(verb)


def workspace(
    action: Annotated[
        WorkspaceAction | None, typer.Argument(metavar="use|new", help="Without it all are listed.")
    ] = None,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Which: its name or UUID; personal is your own.")
    ] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List your workspaces, make one, or say in which the commands work from now on."""
    checked(lambda: _require(action is None or bool(name), "which workspace? Give its name"))

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import workspaces

        match action:
            case WorkspaceAction.USE:
                return await workspaces.use_workspace(studio, place, name, as_json=as_json)
            case WorkspaceAction.NEW:
                return await workspaces.make_workspace(studio, name, as_json=as_json)
        return await workspaces.list_workspaces(studio, place, as_json=as_json)

    at_studio(server, work, local=local)


def members(
    action: Annotated[
        MemberAction | None, typer.Argument(metavar="add|role|remove", help="Without it all are listed.")
    ] = None,
    who: Annotated[str, typer.Argument(metavar="ADDRESS", help="The account's e-mail address.")] = "",
    role: Annotated[Role | None, typer.Option(help="What they may do; each includes those before.")] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the members of the workspace, or change them: film members add ADDRESS --role editor."""
    checked(lambda: _require_member(action, who, role))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import workspaces

        match action:
            case MemberAction.ADD:
                return await workspaces.add_member(studio, who, str(role), as_json=as_json)
            case MemberAction.ROLE:
                return await workspaces.set_role(studio, who, str(role), as_json=as_json)
            case MemberAction.REMOVE:
                return await workspaces.remove_member(studio, who, as_json=as_json)
        return await workspaces.list_members(studio, as_json=as_json)

    at_studio(server, work, local=local)


def invite(
    who: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="For nobody else; without it whoever has the token.")
    ] = "",
    role: Annotated[Role, typer.Option(help="What they may do; each includes those before.")] = Role.EDITOR,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Invite one person into the workspace: give them the token that is printed."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import inviting

        return await inviting.invite(studio, who, str(role), as_json=as_json)

    at_studio(server, work, local=local)


def invitations(
    take_back: Annotated[
        str, typer.Option("--take-back", metavar="NAME", help="End one: invitations/UUID, or its address.")
    ] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the open invitations into the workspace, or take one back."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import inviting

        if take_back:
            return await inviting.take_back(studio, take_back, as_json=as_json)
        return await inviting.list_invitations(studio, as_json=as_json)

    at_studio(server, work, local=local)


def join(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="What the inviter gave you.")],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Become a member of the workspace of an invitation."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import inviting

        return await inviting.join(studio, token, as_json=as_json)

    at_studio(server, work, local=local)


def comment(
    project: ProjectName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.")],
    shot: Shot = "",
    at: Annotated[str, typer.Option(metavar="TIME", help="A moment of --job's film: 1:02.5, or 62.5.")] = "",
    job: JobOf = "",
    line: Annotated[int, typer.Option(min=0, help="A line of the screenplay's newest revision.")] = 0,
    reply: Annotated[str, typer.Option("--reply", metavar="COMMENT", help="The comment to answer.")] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Comment on a shot, a moment of a film or a line, or answer a comment."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import reviews

        about = reviews.About(shot=shot, at=at, job=job, line=line, reply=reply)
        return await reviews.comment(studio, project, text, about, as_json=as_json)

    at_studio(server, work, local=local)


def comments(
    project: ProjectName,
    action: Annotated[
        CommentAction | None,
        typer.Argument(metavar="resolve|reopen|delete", help="Without it all are listed."),
    ] = None,
    name: Annotated[
        str, typer.Argument(metavar="COMMENT", help="Which: as much of its id as is unique.")
    ] = "",
    shot: Shot = "",
    job: JobOf = "",
    resolved: Annotated[
        bool | None, typer.Option("--resolved/--open", help="Resolved ones, or open ones, alone.")
    ] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the comments of a project, or settle one: film comments PROJECT resolve COMMENT."""
    checked(lambda: _require(action is None or bool(name), "which comment? film comments PROJECT lists them"))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import reviews

        if action is not None:
            return await reviews.settle(studio, project, action.value, name, as_json=as_json)
        return await reviews.list_comments(
            studio, project, reviews.Asked(shot, job, resolved), as_json=as_json
        )

    at_studio(server, work, local=local)


def approve(
    project: ProjectName,
    shot: Annotated[
        str, typer.Argument(metavar="SHOT", help="As 2.1, or its id; without one decisions are listed.")
    ] = "",
    changes: Annotated[str, typer.Option(metavar="TEXT", help="Ask for these changes instead.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What to say to it.")] = "",
    job: JobOf = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Approve a shot as it was rendered last, or ask for changes; without a shot list what was decided."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import reviews

        if not shot:
            return await reviews.list_approvals(studio, project, as_json=as_json)
        wanted = reviews.Wanted(shot, changes, note, job)
        return await reviews.decide(studio, project, wanted, as_json=as_json)

    at_studio(server, work, local=local)


def _require_member(action: MemberAction | None, who: str, role: Role | None) -> None:
    _require(action is None or bool(who), "whom? Give the account's e-mail address")
    needs_role = action in (MemberAction.ADD, MemberAction.ROLE)
    _require(not needs_role or role is not None, "as what? Give --role viewer, reviewer, editor or owner")


def _require(is_right: bool, text: str) -> None:
    """Raises RefusedError."""
    from filmstudio.errors import RefusedError

    if not is_right:
        raise RefusedError(text)
