"""film login, register, logout and whoami: a session at a studio elsewhere, and clear words without one."""

from __future__ import annotations

import pytest

from tests.integration.filmstudio.film_process import Film
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, StudioRig


async def test_who_signs_in_works_there_from_then_on(rig: StudioRig, stranger: Film) -> None:
    signed_in = await stranger("login", "--server", rig.address, "--email", EMAIL, stdin=f"{PASSWORD}\n")
    who = await stranger("whoami")

    assert signed_in.code == 0, signed_in.err
    assert who.out == f"{EMAIL} (Ada) at {rig.address}\n"


async def test_wrong_password_is_one_line_and_its_exit_code(rig: StudioRig, stranger: Film) -> None:
    refused = await stranger("login", "--server", rig.address, "--email", EMAIL, stdin="not the password\n")

    assert refused.code == 5
    assert refused.err == "film: The e-mail address or the password is wrong.\n"


async def test_studio_that_is_not_there_is_named(stranger: Film) -> None:
    refused = await stranger("login", "--server", "127.0.0.1:9", "--email", EMAIL, stdin=f"{PASSWORD}\n")

    assert refused.code == 4
    assert refused.err == "film: the studio at 127.0.0.1:9 does not answer: nothing listens there\n"


@pytest.mark.parametrize("address", ["ftp://host", "host:port", "https://user@host", "https://host/path"])
async def test_address_that_cannot_be_read_is_refused(stranger: Film, address: str) -> None:
    refused = await stranger("login", "--server", address)

    assert refused.code == 2
    assert "give host:port, or https://host" in refused.err
    assert len(refused.err.splitlines()) == 1


async def test_named_studio_without_a_session_says_how_to_sign_in(stranger: Film) -> None:
    refused = await stranger("jobs", "--server", "studio.example.org")

    assert refused.code == 5
    assert "film login --server studio.example.org:8484" in refused.err


async def test_session_that_was_ended_says_how_to_sign_in_again(rig: StudioRig, film: Film) -> None:
    rig.script.refused_tokens = 2

    refused = await film("jobs")

    assert refused.code == 5
    assert f"sign in again: film login --server {rig.address}" in refused.err
    assert len(refused.err.splitlines()) == 1


async def test_who_signs_out_is_signed_in_nowhere(rig: StudioRig, film: Film) -> None:
    signed_out = await film("logout")
    after = await film("jobs", "--server", rig.address)

    assert (signed_out.code, signed_out.out) == (0, f"Signed out of {rig.address}.\n")
    assert after.code == 5


async def test_new_account_is_made_and_signed_in(rig: StudioRig, stranger: Film) -> None:
    arguments = ("register", "--server", rig.address, "--email", "bea@example.org", "--name", "Bea")

    made = await stranger(*arguments, stdin=f"{PASSWORD}\n")
    who = await stranger("whoami", "--json")

    assert made.code == 0, made.err
    assert '"email": "bea@example.org"' in who.out


async def test_password_that_breaks_a_rule_is_refused_with_the_rule(rig: StudioRig, stranger: Film) -> None:
    arguments = ("register", "--server", rig.address, "--email", "bea@example.org")

    refused = await stranger(*arguments, stdin="short\n")

    assert refused.code == 2
    assert "password" in refused.err
    assert "10" in refused.err


async def test_password_is_asked_for_unseen(rig: StudioRig, stranger: Film) -> None:
    async with stranger.at_terminal("login", "--server", rig.address) as terminal:
        await terminal.shows("E-mail address: ")
        terminal.press(f"{EMAIL}\n")
        await terminal.shows("Password: ")
        terminal.press(f"{PASSWORD}\n")
        code = await terminal.ends()
        await terminal.shows("Signed in at")

    assert code == 0
    assert PASSWORD not in terminal.text


async def test_ctrl_c_at_the_password_ends_quietly(rig: StudioRig, stranger: Film) -> None:
    async with stranger.at_terminal("login", "--server", rig.address, "--email", EMAIL) as terminal:
        await terminal.shows("Password: ")
        terminal.press("\x03")
        code = await terminal.ends()

    assert code == 130
    assert "Traceback" not in terminal.text


async def test_verbs_of_this_machines_studio_refuse_another(stranger: Film) -> None:
    refused = await stranger("logs", "--server", "studio.example.org")

    assert refused.code == 2
    assert "this machine's own studio only" in refused.err


async def test_verbs_of_this_machines_studio_say_so_to_who_works_elsewhere(
    rig: StudioRig, film: Film
) -> None:
    status = await film("status")

    assert status.code == 3
    assert f"other verbs work at {rig.address}" in status.err
    assert "No studio runs" in status.out
