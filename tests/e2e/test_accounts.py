"""Accounts with the film command: keys by which programs call, passwords, and the end of an account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import RENDER_TIMEOUT_SECONDS, Studio
from tests.e2e.test_working_together import PASSWORD, person

pytestmark = pytest.mark.timeout(600)

NOBODY = 5


def with_key(studio: Studio, folder: Path, key: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The film command of a machine on which nobody is signed in, with a key."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "film"), *arguments, "--server", studio.address],
        env={**os.environ, "FILM_CONFIG_DIR": str(folder / "nobody"), "FILM_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=RENDER_TIMEOUT_SECONDS,
        check=False,
    )


def test_a_key_that_a_person_made_lets_a_program_call_until_it_is_revoked(
    studio: Studio, tmp_path: Path
) -> None:
    ada = person(studio, tmp_path, "Ada")
    made = ada.film("keys", "new", "render farm", "--scope", "account.read")
    [listed] = ada.said("keys")

    key = made.stdout.strip()
    known = with_key(studio, tmp_path, key, "whoami")
    denied = with_key(studio, tmp_path, key, "jobs")
    revoked = ada.film("keys", "revoke", "render farm")
    refused = with_key(studio, tmp_path, key, "whoami")

    assert (made.returncode, made.stderr.count("\n")) == (0, 1), made.stderr
    assert (listed["hint"], listed["scopes"]) == (key[:10], ["account.read"])
    assert known.stdout == f"{ada.email} (Ada) at {studio.address}\n"
    assert "scope jobs.read" in denied.stderr
    assert revoked.returncode == 0
    assert (refused.returncode, refused.stderr) == (
        NOBODY,
        "film: the studio refused the API key: it is unknown there, over or revoked; make another: "
        "film keys new NAME\n",
    )


def test_a_password_is_changed_and_the_account_removed(studio: Studio, tmp_path: Path) -> None:
    ada = person(studio, tmp_path, "Ada")
    new = "a better horse"

    changed = ada.film("account", "password", stdin=f"{PASSWORD}\n{new}\n")
    old = ada.film("login", "--server", studio.address, "--email", ada.email, stdin=f"{PASSWORD}\n")
    wrong = ada.film("account", "delete", "--yes", stdin=f"{PASSWORD}\n")
    removed = ada.film("account", "delete", "--yes", stdin=f"{new}\n")
    after = ada.film("login", "--server", studio.address, "--email", ada.email, stdin=f"{new}\n")

    assert (changed.returncode, removed.returncode) == (0, 0), changed.stderr + removed.stderr
    assert (old.returncode, after.returncode) == (NOBODY, NOBODY)
    assert "The password is wrong" in wrong.stderr


def test_who_leaves_everywhere_signs_in_again(studio: Studio, tmp_path: Path) -> None:
    ada = person(studio, tmp_path, "Ada")

    left = ada.film("logout", "--everywhere")
    after = ada.film("whoami", "--server", studio.address)

    assert left.returncode == 0, left.stderr
    assert after.returncode == NOBODY


def test_who_is_invited_joins_and_works_there(studio: Studio, tmp_path: Path) -> None:
    ada, eve = person(studio, tmp_path, "Ada"), person(studio, tmp_path, "Eve")
    [crew] = ada.said("workspace", "new", "The Crew")
    ada.said("workspace", "use", "The Crew")

    token = ada.film("invite", eve.email, "--role", "reviewer").stdout.strip()
    taken_back = ada.film("invite", "bob@example.org").stdout.strip()
    ada.said("invitations", "--take-back", "bob@example.org")
    open_ones = ada.said("invitations")
    [joined] = eve.said("join", token)
    refused = eve.film("join", taken_back)

    assert [each["email"] for each in open_ones] == [eve.email]
    assert (joined["name"], joined["role"]) == (crew["name"], "MEMBER_ROLE_REVIEWER")
    assert "The invitation is unknown, over" in refused.stderr
    assert {each["email"] for each in ada.said("members")} == {ada.email, eve.email}


def test_the_account_of_this_machine_is_an_administrator_and_lets_people_in(
    studio: Studio, tmp_path: Path
) -> None:
    ada = person(studio, tmp_path, "Ada")

    listed = studio.film("admin", "--local", "--json")
    invited = studio.film("admin", "invite", "--local")
    refused = ada.film("admin")

    roles = {each["email"]: each["role"] for each in map(json.loads, listed.stdout.splitlines())}
    assert (roles[studio.account.email], roles[ada.email]) == ("USER_ROLE_ADMIN", "USER_ROLE_USER")
    assert invited.stdout.startswith("join_")
    assert "scope admin.read" in refused.stderr
