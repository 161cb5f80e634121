"""film comment, comments and approve: what people say of a film, and what they decide of its shots."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from filmstudio.cli.durations import age
from filmstudio.cli.exits import Exit
from filmstudio.cli.job_names import full_name
from filmstudio.cli.plain import plain
from filmstudio.cli.project_names import named_project
from filmstudio.cli.shots import id_of, meant_shot
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.cli.workspaces import names_of_users
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.reviews.v1 import reviews_pb2

COMMENT_COLUMNS = (
    Column("COMMENT"),
    Column("ABOUT", yields=True),
    Column("BY"),
    Column("AGO", right=True),
    Column("STATE"),
    Column("TEXT", yields=True),
)
APPROVAL_COLUMNS = (
    Column("SHOT"),
    Column("DECISION"),
    Column("BY"),
    Column("AGO", right=True),
    Column("RENDER"),
    Column("NOTE", yields=True),
)
ID_SHOWN_CHARS = 12
NO_COMMENTS = "Nobody has commented."
NO_APPROVALS = "Nothing was decided of any shot."

_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,5}(?:\.\d{1,3})?)")


@dataclass(frozen=True, slots=True)
class About:
    """What a comment is about, as the command line says it: one of shot, at with job, line, reply."""

    shot: str = ""
    at: str = ""
    job: str = ""
    line: int = 0
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which comments are listed."""

    shot: str = ""
    job: str = ""
    resolved: bool | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is decided of a shot."""

    shot: str
    changes: str = ""
    note: str = ""
    job: str = ""


async def comment(studio: FilmStudio, project: str, text: str, about: About, *, as_json: bool) -> Exit:
    """Say something. Raises FilmStudioError."""
    if sum(map(bool, (about.shot, about.at, about.line, about.reply))) != 1:
        raise RefusedError(
            "about what? Give one of --shot ID, --at TIME --job JOB, --line N, --reply COMMENT"
        )
    where = (await named_project(studio, project)).name
    wanted = reviews_pb2.Comment(text=text)
    if about.shot:
        wanted.shot = id_of(await meant_shot(studio, where, about.shot))
    elif about.at:
        if not about.job:
            raise RefusedError("a moment of which film? Give --job JOB")
        wanted.film_time.at_ms = milliseconds(about.at)
        wanted.film_time.job = await full_name(studio, about.job)
    elif about.line:
        wanted.script_line.line = about.line
    elif about.reply:
        wanted.parent = (await _named_comment(studio, where, about.reply)).name
    made = await studio.reviews.comment(where, wanted)
    return await _printed(studio, where, [made], as_json=as_json)


async def list_comments(studio: FilmStudio, project: str, asked: Asked, *, as_json: bool) -> Exit:
    """The comments of a project. Raises FilmStudioError."""
    where = (await named_project(studio, project)).name
    request = reviews_pb2.ListCommentsRequest(
        project=where,
        shot=id_of(await meant_shot(studio, where, asked.shot)) if asked.shot else "",
        job=await full_name(studio, asked.job) if asked.job else "",
        resolved=asked.resolved,
    )
    found = [each async for each in studio.reviews.comments(request)]
    return await _printed(studio, where, found, as_json=as_json)


async def settle(studio: FilmStudio, project: str, action: str, written: str, *, as_json: bool) -> Exit:
    """Resolve, reopen or delete a comment. Raises FilmStudioError."""
    where = (await named_project(studio, project)).name
    meant = await _named_comment(studio, where, written)
    if action == "delete":
        await studio.reviews.delete(meant.name)
        if as_json:
            print_json([meant])
        else:
            print(f"Deleted {meant.name}.")
        return Exit.OK
    settled = await studio.reviews.resolve(meant.name, reopen=action == "reopen")
    return await _printed(studio, where, [settled], as_json=as_json)


async def decide(studio: FilmStudio, project: str, wanted: Wanted, *, as_json: bool) -> Exit:
    """Approve a shot, or ask for changes. Raises FilmStudioError."""
    if wanted.changes and (wanted.note or wanted.job):
        raise RefusedError("--changes says all that is said: leave --note and --job out")
    where = (await named_project(studio, project)).name
    shot = id_of(await meant_shot(studio, where, wanted.shot))
    if wanted.changes:
        decided = await studio.reviews.request_changes(where, shot, wanted.changes)
    else:
        job = await full_name(studio, wanted.job) if wanted.job else ""
        decided = await studio.reviews.approve(where, shot, job, wanted.note)
    return await _decisions(studio, where, [decided], as_json=as_json)


async def list_approvals(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """The last decision about each shot. Raises FilmStudioError."""
    where = (await named_project(studio, project)).name
    found = [each async for each in studio.reviews.approvals(where)]
    return await _decisions(studio, where, found, as_json=as_json)


def milliseconds(written: str) -> int:
    """A time of a film: "62.5", "1:02.5", "1:01:02.5". Raises RefusedError."""
    match = _TIME.fullmatch(written.strip())
    if match is None:
        raise RefusedError(f"{written!r} is no time of a film; write 1:02.5, or 62.5 seconds")
    hours, minutes, seconds = int(match[1] or 0), int(match[2] or 0), float(match[3])
    return (hours * 60 + minutes) * 60_000 + round(seconds * 1000)


def moment(at_ms: int) -> str:
    """A time of a film as people write it: "1:02.500"."""
    minutes, rest = divmod(at_ms, 60_000)
    return f"{minutes}:{rest / 1000:06.3f}"


async def _named_comment(studio: FilmStudio, project: str, written: str) -> reviews_pb2.Comment:
    """The comment or answer whose id begins or ends so. Raises RefusedError for none, or several."""
    wanted = written.strip().lower().rpartition("/")[2]
    fitting: list[reviews_pb2.Comment] = []
    async for each in studio.reviews.comments(reviews_pb2.ListCommentsRequest(project=project)):
        for one in (each, *each.replies):
            identifier = one.name.rpartition("/")[2]
            if identifier.startswith(wanted) or identifier.endswith(wanted):
                fitting.append(one)
    if len(fitting) != 1:
        count = "no comment" if not fitting else "several comments"
        raise RefusedError(f"{written!r} names {count}; film comments lists them")
    return fitting[0]


async def _printed(
    studio: FilmStudio, project: str, found: list[reviews_pb2.Comment], *, as_json: bool
) -> Exit:
    if as_json:
        print_json(found)
    elif not found:
        print(NO_COMMENTS)
    else:
        names = await names_of_users(studio)
        shots = await _labels(studio, project) if any(each.shot for each in found) else {}
        rows = [
            _comment_row(one, names, shots, is_answer=one is not each)
            for each in found
            for one in (each, *each.replies)
        ]
        print_table(COMMENT_COLUMNS, rows)
    return Exit.OK


async def _decisions(
    studio: FilmStudio, project: str, found: list[reviews_pb2.Approval], *, as_json: bool
) -> Exit:
    if as_json:
        print_json(found)
    elif not found:
        print(NO_APPROVALS)
    else:
        names, shots = await names_of_users(studio), await _labels(studio, project)
        print_table(APPROVAL_COLUMNS, [_approval_row(each, names, shots) for each in found])
    return Exit.OK


async def _labels(studio: FilmStudio, project: str) -> dict[str, str]:
    """What people call the shots, by their ids."""
    return {id_of(shot): shot.display_name for shot in await studio.directing.shots(project)}


def _comment_row(
    one: reviews_pb2.Comment, names: Mapping[str, str], shots: Mapping[str, str], *, is_answer: bool
) -> tuple[str, ...]:
    return (
        one.name[-ID_SHOWN_CHARS:],
        "  answer" if is_answer or one.parent else _about(one, shots),
        names.get(one.author, "somebody"),
        age(time.time() - one.create_time.ToSeconds()),
        "resolved" if one.HasField("resolve_time") else "" if is_answer or one.parent else "open",
        plain(" ".join(one.text.split())),
    )


def _about(one: reviews_pb2.Comment, shots: Mapping[str, str]) -> str:
    match one.WhichOneof("place"):
        case "film_time":
            return f"film at {moment(one.film_time.at_ms)}"
        case "shot":
            return f"shot {shots.get(one.shot, one.shot)}"
        case _:
            line = one.script_line
            where = f"line {line.current_line}" if line.current_line else f"line {line.line}, since changed"
            return f"{where}: {line.text}"


def _approval_row(
    one: reviews_pb2.Approval, names: Mapping[str, str], shots: Mapping[str, str]
) -> tuple[str, ...]:
    decision = reviews_pb2.Decision.Name(one.decision).removeprefix("DECISION_").lower().replace("_", " ")
    return (
        shots.get(one.shot, one.shot),
        f"{decision}, locked" if one.locked else decision,
        names.get(one.author, "somebody"),
        age(time.time() - one.decide_time.ToSeconds()),
        "changed since" if one.outdated else "",
        plain(" ".join(one.note.split())),
    )
