"""start.sh before a docker that only notes what it is asked: what it refuses, makes and says."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
FAKE = """#!/bin/sh
echo "$@" >>"$FAKE_LOG"
case "$*" in
*"compose version"*) exit ${FAKE_COMPOSE:-0} ;;
info*Runtimes*) echo '{"nvidia": {}}' ;;
info*) exit ${FAKE_INFO:-0} ;;
*"ps -q --all"*) echo container ;;
inspect*) echo "${FAKE_HEALTH:-healthy}" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A copy of the script with a docker of its own."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, answer: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(self.folder / "start.sh"), *arguments],
            env={**self.environment, **environment},
            input=answer,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    @property
    def asked(self) -> str:
        log = self.folder / "asked"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    @property
    def secrets(self) -> Path:
        return self.folder / "deploy" / "docker" / ".env"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "deploy" / "docker").mkdir(parents=True)
    (tmp_path / "start.sh").write_text((ROOT / "start.sh").read_text(encoding="utf-8"), encoding="utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "docker").write_text(FAKE, encoding="utf-8")
    (programs / "docker").chmod(0o755)
    ports = {name: str(free_port()) for name in ("FILM_GRPC_PORT", "FILM_HTTP_PORT", "FILM_S3_PORT")}
    return Desk(
        tmp_path,
        {
            "PATH": f"{programs}{os.pathsep}{os.defpath}",
            "FAKE_LOG": str(tmp_path / "asked"),
            "FILM_DISK_GB_MIN": "0",
            "FILM_POLL_SECONDS": "0.01",
            **ports,
        },
    )


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_a_start_says_where_the_studio_is_and_who_signs_in(desk: Desk) -> None:
    done = desk.run()

    assert done.returncode == 0, done.stderr
    assert f"http://127.0.0.1:{desk.environment['FILM_HTTP_PORT']}/docs" in done.stdout
    assert "operator@film.example" in done.stdout
    assert "up --detach --build" in desk.asked


def test_secrets_are_made_once_for_this_account_alone_and_are_all_that_compose_asks_for(desk: Desk) -> None:
    desk.run()
    first = desk.secrets.read_text(encoding="utf-8")

    desk.run()

    assert desk.secrets.read_text(encoding="utf-8") == first
    assert desk.secrets.stat().st_mode & 0o777 == 0o600
    made = dict(line.split("=", 1) for line in first.splitlines() if "=" in line)
    words = [value for name, value in made.items() if name != "FILM_OPERATOR_EMAIL"]
    assert len(set(words)) == len(words)
    assert all(word[0] == "s" and len(word) == 41 for word in words)
    compose = (ROOT / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8")
    required = {part.partition(":?")[0] for part in compose.split("${") if ":?" in part.partition("}")[0]}
    assert required == set(made) - {"FILM_OPERATOR_EMAIL"}


def test_a_gpu_comes_by_the_second_compose_file(desk: Desk) -> None:
    smi = desk.folder / "bin" / "nvidia-smi"
    smi.write_text("#!/bin/sh\n", encoding="utf-8")
    smi.chmod(0o755)

    done = desk.run("--gpu")

    assert done.returncode == 0, done.stderr
    assert "-f compose.yaml -f compose.gpu.yaml up" in desk.asked
    over = yaml.safe_load((ROOT / "deploy" / "docker" / "compose.gpu.yaml").read_text(encoding="utf-8"))
    assert set(over["services"]) == {"imagegen", "videogen", "audiogen"}


@pytest.mark.parametrize(
    ("environment", "arguments", "said"),
    [
        ({"FAKE_INFO": "1"}, (), "docker does not answer"),
        ({"FAKE_COMPOSE": "1"}, (), "docker has no compose"),
        ({"FILM_DISK_GB_MIN": "1000000"}, (), "GB of disk are free"),
        ({}, ("--gpu",), "nvidia-smi shows none"),
        ({}, ("--fast",), "unknown: --fast"),
    ],
)
def test_what_can_not_work_is_refused_before_anything_starts(
    desk: Desk, environment: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    done = desk.run(*arguments, **environment)

    assert done.returncode == 1
    assert said in done.stderr
    assert " up " not in desk.asked


def test_a_port_of_another_program_is_named_with_the_cure(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", int(desk.environment["FILM_HTTP_PORT"]))):
        done = desk.run()

    assert done.returncode == 1
    assert f"port {desk.environment['FILM_HTTP_PORT']} is taken" in done.stderr
    assert "FILM_HTTP_PORT=" in done.stderr


def test_services_that_do_not_come_up_are_named_with_their_last_lines(desk: Desk) -> None:
    done = desk.run(FAKE_HEALTH="starting", FILM_WAIT_SECONDS_MAX="0")

    assert done.returncode == 1
    assert "not ready after 0 s: gateway jobs" in done.stderr
    assert "logs --tail 20 gateway jobs" in desk.asked


def test_down_keeps_the_volumes_and_the_secrets(desk: Desk) -> None:
    desk.run()

    done = desk.run("--down")

    assert done.returncode == 0
    assert "down --remove-orphans\n" in desk.asked
    assert desk.secrets.exists()


def test_reset_asks_first_and_then_removes_volumes_and_secrets(desk: Desk) -> None:
    desk.run()

    refused = desk.run("--reset", answer="no\n")
    removed = desk.run("--reset", answer="yes\n")

    assert refused.returncode == 1
    assert "nothing was removed" in refused.stderr
    assert removed.returncode == 0
    assert desk.asked.count("--volumes") == 1
    assert not desk.secrets.exists()
