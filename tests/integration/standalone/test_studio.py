"""A studio on one machine: it starts in order, survives kills, is joined, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import stat

from studio_standalone.state import load_state

from .conftest import StudioUnderTest, eventually

ALL = {"postgres", "nats", "s3", "gateway", "jobs", "imagegen", "videogen", "audiogen", "composer"}


def test_up_starts_everything_and_down_leaves_nothing(studio: StudioUnderTest) -> None:
    studio.up()
    children = studio.children()

    done = studio.verb("down")

    assert set(children) == ALL
    assert done.returncode == 0
    assert not any(child.is_alive for child in children.values())
    assert studio.verb("status").returncode == 3


def test_second_up_joins_the_running_studio(studio: StudioUnderTest) -> None:
    first = studio.up()
    supervisor = studio.status().supervisor

    second = studio.up()

    assert (second["joined"], second["address"]) == (True, first["address"])
    assert studio.status().supervisor == supervisor


def test_killed_service_comes_back(studio: StudioUnderTest) -> None:
    studio.up()
    before = studio.children()["imagegen"]

    before.signal(signal.SIGKILL)

    eventually(lambda: studio.children().get("imagegen", before) != before)
    eventually(lambda: {service.phase for service in studio.status().services} == {"ready"})


def test_killed_servers_come_back(studio: StudioUnderTest) -> None:
    studio.up()
    before = {name: studio.children()[name] for name in ("postgres", "nats", "s3")}

    for server in before.values():
        server.signal(signal.SIGKILL)

    eventually(lambda: all(studio.children().get(name, old) != old for name, old in before.items()))
    eventually(lambda: {service.phase for service in studio.status().services} == {"ready"})


def test_killed_supervisor_leaves_no_child(studio: StudioUnderTest) -> None:
    studio.up()
    children = studio.children()

    os.kill(studio.status().supervisor.pid, signal.SIGKILL)

    eventually(lambda: not any(child.is_alive for child in children.values()))


def test_killed_supervisor_leaves_no_child_where_children_watch_a_pipe(studio: StudioUnderTest) -> None:
    studio.environment["FILM_WATCH_PIPE"] = "1"
    studio.up()
    children = studio.children()

    os.kill(studio.status().supervisor.pid, signal.SIGKILL)

    assert set(children) == ALL
    eventually(lambda: not any(child.is_alive for child in children.values()))


def test_studio_starts_again_after_its_supervisor_was_killed(studio: StudioUnderTest) -> None:
    first = studio.up()
    os.kill(studio.status().supervisor.pid, signal.SIGKILL)

    second = studio.up()

    assert (second["joined"], second["address"]) == (False, first["address"])


def test_state_is_private_and_kept(studio: StudioUnderTest) -> None:
    studio.up()
    first = load_state(studio.home.state_file)
    mode = stat.S_IMODE(studio.home.state_file.stat().st_mode)
    studio.verb("down")

    studio.up()

    assert mode == 0o600
    assert load_state(studio.home.state_file) == first


def test_gateway_takes_the_next_port_when_its_own_is_taken(studio: StudioUnderTest) -> None:
    with socket.create_server(("127.0.0.1", 8484)) if _is_free(8484) else socket.socket():
        address = studio.up()["address"]

    assert 8484 < int(address.split(":")[1]) < 8584


def test_port_that_is_taken_is_a_named_fault(studio: StudioUnderTest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = studio.verb("up", "--port", str(port))

    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr


def test_service_that_cannot_start_is_named_with_its_log(studio: StudioUnderTest, tmp_path: object) -> None:
    studio.environment["FILM_BREAK"] = "composer"

    done = studio.verb("up")

    assert done.returncode == 1
    assert "composer did not start" in done.stderr
    assert "told to break" in done.stderr
    assert studio.children() == {}


def test_logs_are_kept_by_service(studio: StudioUnderTest) -> None:
    studio.up()

    done = studio.verb("logs", "composer")

    assert "stands in at" in done.stdout


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
