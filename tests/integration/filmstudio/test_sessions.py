"""Sessions are renewed in time, kept for the next command, and spend no refresh token twice."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
import time
from pathlib import Path

import pytest

from filmstudio import errors
from filmstudio.account import Account
from filmstudio.auth.v1 import auth_pb2_grpc
from filmstudio.channels import open_channel
from filmstudio.client import FilmStudio, connect
from filmstudio.kept_session import KeptTokens, SessionFile
from filmstudio.servers import parse_server
from filmstudio.session import AccountTokens, Session
from filmstudio.signing_in import make_account, sign_in, sign_out
from studio_platform.errors import Unauthenticated
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, StudioRig

ADA = Account(EMAIL, PASSWORD)
ANOTHER_PROCESS = """
import asyncio, sys, time
from pathlib import Path
from filmstudio.auth.v1 import auth_pb2_grpc
from filmstudio.channels import open_channel
from filmstudio.kept_session import KeptTokens, SessionFile
from filmstudio.servers import parse_server

async def main(address, path):
    # By this clock every access token is over, so that each question renews.
    tokens = KeptTokens(SessionFile(Path(path)), address, now=lambda: time.time() + 3600)
    async with open_channel(parse_server(address)) as channel:
        for _ in range(5):
            await tokens.tokens(auth_pb2_grpc.AuthServiceStub(channel), "")

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def session_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "sessions" / "studio.json"


def is_there(path: Path) -> bool:
    return path.exists()


def text_of(path: Path) -> str:
    return path.read_text()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_second_client_needs_no_second_sign_in(rig: StudioRig, session_file: Path) -> None:
    for _ in range(2):
        async with connect(rig.address, KeptTokens(SessionFile(session_file), rig.address, ADA)) as studio:
            await studio.me()

    assert rig.script.calls["Login"] == 1
    assert rig.script.calls["Refresh"] == 0


async def test_kept_session_is_private_and_holds_no_password(rig: StudioRig, session_file: Path) -> None:
    await sign_in(parse_server(rig.address), ADA, session_file)

    assert mode_of(session_file) == 0o600
    assert mode_of(session_file.parent) == mode_of(session_file.parent.parent) == 0o700
    assert json.loads(text_of(session_file))["email"] == EMAIL
    assert PASSWORD not in text_of(session_file)


async def test_token_is_renewed_before_it_ends(rig: StudioRig) -> None:
    clock = [time.time()]
    async with open_channel(parse_server(rig.address)) as channel:
        session = Session(auth_pb2_grpc.AuthServiceStub(channel), AccountTokens(ADA), lambda: clock[0])
        await session.metadata()
        clock[0] += 9 * 60 + 1
        await session.metadata()

    assert rig.script.calls["Login"] == 1
    assert rig.script.calls["Refresh"] == 1


async def test_concurrent_calls_of_a_client_sign_in_once(rig: StudioRig, studio: FilmStudio) -> None:
    await asyncio.gather(*(studio.me() for _ in range(5)))

    assert rig.script.calls["Login"] == 1


async def test_token_that_the_studio_refuses_is_replaced(rig: StudioRig, studio: FilmStudio) -> None:
    rig.script.refused_tokens = 1

    assert (await studio.me()).email == EMAIL
    assert rig.script.calls["Refresh"] == 1


async def test_many_processes_spend_each_refresh_token_once(rig: StudioRig, session_file: Path) -> None:
    await sign_in(parse_server(rig.address), ADA, session_file)
    argv = [sys.executable, "-c", ANOTHER_PROCESS, rig.address, str(session_file)]

    processes = [await asyncio.create_subprocess_exec(*argv) for _ in range(3)]
    codes = [await process.wait() for process in processes]

    spent = [request.refresh_token for request in rig.script.requests["Refresh"]]
    assert codes == [0, 0, 0]
    assert len(spent) == 15
    assert len(set(spent)) == 15


async def test_session_that_was_ended_elsewhere_is_forgotten(rig: StudioRig, session_file: Path) -> None:
    await sign_in(parse_server(rig.address), ADA, session_file)
    copy = session_file.with_name("copy.json")
    write(copy, text_of(session_file))
    await sign_out(parse_server(rig.address), copy)
    rig.script.refused_tokens = 1

    async with connect(rig.address, KeptTokens(SessionFile(session_file), rig.address)) as studio:
        with pytest.raises(errors.SignInError, match=f"your session at {rig.address} is over"):
            await studio.me()

    assert not is_there(session_file)


async def test_session_of_an_account_that_is_known_begins_anew(rig: StudioRig, session_file: Path) -> None:
    tokens = KeptTokens(SessionFile(session_file), rig.address, ADA)
    async with connect(rig.address, tokens) as studio:
        await studio.me()
    kept = text_of(session_file)
    await sign_out(parse_server(rig.address), session_file)
    write(session_file, kept)
    rig.script.refused_tokens = 1

    async with connect(rig.address, tokens) as studio:
        me = await studio.me()

    assert me.email == EMAIL
    assert rig.script.calls["Login"] == 2


async def test_file_that_cannot_be_understood_is_as_none(rig: StudioRig, session_file: Path) -> None:
    write(session_file, '{"server": 1')

    async with connect(rig.address, KeptTokens(SessionFile(session_file), rig.address, ADA)) as studio:
        assert (await studio.me()).email == EMAIL


async def test_wrong_password_keeps_the_session_that_was_there(rig: StudioRig, session_file: Path) -> None:
    await sign_in(parse_server(rig.address), ADA, session_file)
    before = text_of(session_file)

    with pytest.raises(errors.SignInError, match="password is wrong"):
        await sign_in(parse_server(rig.address), Account(EMAIL, "not the password"), session_file)

    assert text_of(session_file) == before


async def test_sign_out_ends_the_session_at_the_studio(rig: StudioRig, session_file: Path) -> None:
    server = parse_server(rig.address)
    await sign_in(server, ADA, session_file)
    token = json.loads(text_of(session_file))["tokens"]["refresh_token"]

    told = await sign_out(server, session_file)

    assert told
    assert not is_there(session_file)
    with pytest.raises(Unauthenticated, match="session was ended"):
        await rig.parts.sessions.renew(token)


async def test_sign_out_forgets_the_session_of_a_studio_that_is_away(
    rig: StudioRig, session_file: Path
) -> None:
    await sign_in(parse_server(rig.address), ADA, session_file)
    await rig.stop()

    told = await sign_out(parse_server(rig.address), session_file)

    assert not told
    assert not is_there(session_file)


async def test_new_account_is_signed_in(rig: StudioRig, session_file: Path) -> None:
    user = await make_account(
        parse_server(rig.address), Account("bea@example.org", PASSWORD), "Bea", session_file
    )

    async with connect(rig.address, KeptTokens(SessionFile(session_file), rig.address)) as studio:
        assert (await studio.me()).name == user.name


async def test_address_that_is_taken_is_refused(rig: StudioRig, session_file: Path) -> None:
    with pytest.raises(errors.RefusedError, match="account with this e-mail address"):
        await make_account(parse_server(rig.address), ADA, "Ada", session_file)
