"""Which studio a command talks to."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmstudio.cli.places import Logins, Which
from filmstudio.errors import RefusedError, SignInError
from filmstudio.servers import parse_server

HERE, THERE = parse_server("https://studio.example.org"), parse_server("10.0.0.7:8484")


@pytest.fixture
def logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Logins:
    """Sessions at both studios; the first one is used."""
    monkeypatch.setenv("FILM_CONFIG_DIR", str(tmp_path))
    monkeypatch.delenv("FILM_SERVER", raising=False)
    logins = Logins(tmp_path)
    for server in (HERE, THERE):
        logins.session_file(server).parent.mkdir(exist_ok=True)
        logins.session_file(server).touch()
    logins.choose(HERE)
    return logins


def test_who_signed_in_nowhere_works_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_CONFIG_DIR", str(tmp_path / "none"))

    assert Which().place() is None


def test_studio_of_the_last_sign_in_is_used(logins: Logins) -> None:
    place = Which().place()

    assert place is not None
    assert place.server == HERE
    assert not place.is_local


def test_local_is_this_machine_whoever_is_signed_in(logins: Logins) -> None:
    assert Which(local=True).place() is None


def test_variable_names_another_studio(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_SERVER", str(THERE))

    place = Which().place()

    assert place is not None
    assert place.server == THERE


def test_command_line_counts_before_the_variable(logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_SERVER", str(HERE))

    place = Which(server=str(THERE)).place()

    assert place is not None
    assert place.server == THERE


def test_named_studio_without_a_session_says_how_to_sign_in(logins: Logins) -> None:
    with pytest.raises(SignInError, match=r"film login --server https://other\.example\.org"):
        Which(server="https://other.example.org").place()


def test_two_studios_at_once_are_refused(logins: Logins) -> None:
    with pytest.raises(RefusedError, match="give one of them"):
        Which(server="x", local=True).place()


def test_studio_that_was_left_is_used_no_more(logins: Logins) -> None:
    logins.leave(HERE)

    assert logins.chosen() is None


def test_leaving_another_studio_changes_nothing(logins: Logins) -> None:
    logins.leave(THERE)

    assert logins.chosen() == HERE


def test_each_address_has_a_file_of_its_own(logins: Logins) -> None:
    servers = ("studio:8484", "https://studio:8484", "[::1]:8484", "https://studio", "studio:80")

    assert len({logins.session_file(parse_server(server)) for server in servers}) == len(servers)
