"""A studio on one machine: it starts in order, survives kills, is joined, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys

import asyncpg
import pytest
import urllib3
from minio import Minio
from minio.error import S3Error

from studio_standalone.state import load_state
from studio_standalone.studio import StudioPlan

from .conftest import StudioUnderTest, eventually

ONCE = {"If-None-Match": "*"}
ALL = {"postgres", "nats", "s3", "gateway", "jobs", "imagegen", "videogen", "audiogen", "composer"}


def test_up_starts_everything_and_down_leaves_nothing(studio: StudioUnderTest) -> None:
    studio.up()
    children, supervisor = studio.children(), studio.status().supervisor

    done = studio.verb("down")

    assert set(children) == ALL
    assert done.returncode == 0
    assert not any(process.is_alive for process in (supervisor, *children.values()))
    assert exit_statuses(studio) == dict.fromkeys(ALL, 0)
    assert studio.verb("status").returncode == 3


def test_second_up_joins_the_running_studio(running: StudioUnderTest) -> None:
    before = running.status()

    second = running.up()

    assert (second["joined"], second["address"]) == (True, before.address)
    assert running.status().supervisor == before.supervisor


def test_killed_service_comes_back(running: StudioUnderTest) -> None:
    before = running.children()["imagegen"]

    before.signal(signal.SIGKILL)

    eventually(lambda: running.children().get("imagegen", before) != before)
    eventually(lambda: {service.phase for service in running.status().services} == {"ready"})


def test_killed_servers_come_back(running: StudioUnderTest) -> None:
    before = {name: running.children()[name] for name in ("postgres", "nats", "s3")}

    for server in before.values():
        server.signal(signal.SIGKILL)

    eventually(lambda: all(running.children().get(name, old) != old for name, old in before.items()))
    eventually(lambda: {service.phase for service in running.status().services} == {"ready"})


def test_killed_supervisor_leaves_no_child_and_its_studio_starts_again(studio: StudioUnderTest) -> None:
    first = studio.up()
    children = studio.children()

    os.kill(studio.status().supervisor.pid, signal.SIGKILL)
    second = studio.up()

    assert (second["joined"], second["address"]) == (False, first["address"])
    assert not any(child.is_alive for child in children.values())


def test_killed_supervisor_leaves_no_child_where_children_watch_a_pipe(studio: StudioUnderTest) -> None:
    studio.environment["FILM_WATCH_PIPE"] = "1"
    studio.up()
    children = studio.children()

    os.kill(studio.status().supervisor.pid, signal.SIGKILL)

    assert set(children) == ALL
    eventually(lambda: not any(child.is_alive for child in children.values()))


def test_state_is_private_and_kept(studio: StudioUnderTest) -> None:
    studio.up()
    first = load_state(studio.home.state_file)
    mode = stat.S_IMODE(studio.home.state_file.stat().st_mode)
    studio.verb("down")

    studio.up()

    assert mode == 0o600
    assert load_state(studio.home.state_file) == first


def test_foreground_studio_ends_in_order_at_an_interrupt(studio: StudioUnderTest) -> None:
    argv = [sys.executable, "-m", "studio_standalone", "up", "--foreground", "--home", str(studio.home.path)]
    with subprocess.Popen(argv, env=studio.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        children = studio.children()
        process.send_signal(signal.SIGINT)
        status = process.wait(30)

    assert "The studio runs at 127.0.0.1:" in said
    assert set(children) == ALL
    assert status == 0
    assert studio.children() == {}


async def test_owners_find_their_own_schema_only(running: StudioUnderTest) -> None:
    settings = settings_in(running)

    connection = await asyncpg.connect(settings.settings_of("jobs")["FILM_DATABASE_URL"])
    own = await connection.fetchval("SELECT to_regclass('kept')::oid = to_regclass('jobs.kept')::oid")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT * FROM gateway.kept")
    await connection.close()

    assert own


def test_generator_writes_an_object_once(running: StudioUnderTest) -> None:
    settings = settings_in(running).settings_of("imagegen")
    with urllib3.PoolManager() as pool:
        client = Minio(
            settings["FILM_S3_ENDPOINT"],
            access_key=settings["FILM_S3_ACCESS_KEY"],
            secret_key=settings["FILM_S3_SECRET_KEY"],
            secure=False,
            region="us-east-1",
            http_client=pool,
        )
        address = client.presigned_put_object(settings["FILM_S3_BUCKET"], "still")
        answers = [pool.request("PUT", address, body=body, headers=ONCE).status for body in (b"1st", b"2nd")]
        with pytest.raises(S3Error, match="AccessDenied"):
            client.make_bucket("another")

    assert answers == [200, 412]


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


def test_service_that_cannot_start_is_named_with_its_log(studio: StudioUnderTest) -> None:
    studio.environment["FILM_BREAK"] = "composer"

    done = studio.verb("up")

    assert done.returncode == 1
    assert "composer did not start" in done.stderr
    assert "  composer: told to break" in done.stderr
    assert "film logs composer" in done.stderr
    assert studio.children() == {}


def test_logs_are_kept_by_service(running: StudioUnderTest) -> None:
    done = running.verb("logs", "composer")

    assert "stands in at" in done.stdout


def test_logs_of_all_services_begin_with_their_names(running: StudioUnderTest) -> None:
    done = running.verb("logs", "-n", "1")

    names = {line.partition(": ")[0] for line in done.stdout.splitlines()}
    assert names >= {"composer", "gateway", "nats", "postgres"}
    assert len(done.stdout.splitlines()) == len(names)


def test_start_is_told_and_what_to_do_next(studio: StudioUnderTest) -> None:
    done = studio.verb("up")

    assert done.stderr == f"Starting the studio in {studio.home.path} ...\n"
    assert "The studio runs at 127.0.0.1:" in done.stdout
    assert "Its API over HTTP: http://127.0.0.1:" in done.stdout
    assert "film render SCRIPT" in done.stdout


def test_status_is_a_table_of_all_parts(running: StudioUnderTest) -> None:
    first, http, folder, _, head, *rows = running.verb("status").stdout.splitlines()

    assert first == f"The studio runs at {running.status().address}."
    assert http == f"HTTP: http://{running.status().http_address}/docs"
    assert str(running.home.path) in folder
    assert head.split() == ["service", "state", "pid", "port", "restarts"]
    assert {row.split()[0] for row in rows} == ALL
    assert {row.split()[1] for row in rows} == {"ready"}


def test_doctor_of_a_running_studio_asks_its_api(running: StudioUnderTest) -> None:
    """The stand-ins speak no gRPC, so that is what is found."""
    done = running.verb("doctor", "--json")

    findings = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert all(findings[name]["well"] for name in ("disk", "folder", "studio", *ALL))
    assert "does not answer" in findings["api"]["state"]


def exit_statuses(studio: StudioUnderTest) -> dict[str, int]:
    last = studio.home.log_file("supervisor").read_text().splitlines()[-1]
    statuses: dict[str, int] = json.loads(last)["exit_statuses"]
    return statuses


def settings_in(studio: StudioUnderTest) -> StudioPlan:
    state = load_state(studio.home.state_file)
    assert state is not None
    return StudioPlan(studio.home, state, {}, studio.home.assets)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
