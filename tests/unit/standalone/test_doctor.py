"""The doctor names what is not well, and the cure."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.pools.v1 import pools_pb2
from studio_preflight.finding import Finding
from studio_standalone.doctor import examine
from studio_standalone.pool_check import KINDS, findings_of, look_at_pools
from studio_standalone.processes import ProcessLedger
from studio_standalone.settings import StandaloneSettings, read_settings
from studio_standalone.state import save_state, settle_state


@pytest.fixture
def settings(tmp_path: Path) -> StandaloneSettings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return replace(read_settings(), home=home)


def found(settings: StandaloneSettings) -> Mapping[str, Finding]:
    return {finding.subject: finding for finding in examine(settings)}


def test_studio_that_never_ran_is_well(settings: StandaloneSettings) -> None:
    findings = found(settings)

    assert findings["ports"].state == "chosen at the first start"
    assert all(findings[name].well for name in ("disk", "folder", "studio", "ports", "leftovers"))


def test_ports_that_others_have_are_named(settings: StandaloneSettings) -> None:
    state = settle_state(None)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        save_state(replace(state, ports={**state.ports, "nats": port}), settings.home / "state.json")

        finding = found(settings)["ports"]

    assert not finding.well
    assert f"nats {port}" in finding.state


@pytest.fixture
def leftover() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def test_leftovers_of_a_killed_studio_are_named(settings: StandaloneSettings, leftover: int) -> None:
    ProcessLedger(settings.home / "processes.json").add("nats", leftover)

    finding = found(settings)["leftovers"]

    assert not finding.well
    assert f"nats {leftover}" in finding.state


def test_folder_that_others_may_read_is_named_with_its_cure(settings: StandaloneSettings) -> None:
    settings.home.chmod(0o755)

    finding = found(settings)["folder"]

    assert (finding.well, finding.cure) == (False, f"chmod go-rw {settings.home}")


def test_missing_voices_are_named_with_their_cure(settings: StandaloneSettings, tmp_path: Path) -> None:
    finding = found(replace(settings, assets=tmp_path / "nowhere"))["voices"]

    assert not finding.well
    assert "scripts/voices.py" in finding.cure


def test_looking_changes_nothing(settings: StandaloneSettings) -> None:
    examine(settings)

    assert os.listdir(settings.home) == []


def pool(kind: int, *, live: bool = True) -> pools_pb2.Pool:
    number = task_pb2.TaskKind.ValueType(kind)
    return pools_pb2.Pool(name=f"pools/{kind}", kind=number, live=live, running_runs=1)


def test_live_pools_of_every_kind_are_well() -> None:
    findings = list(findings_of([pool(kind) for kind in KINDS], {}))

    assert len(findings) == len(KINDS)
    assert all(finding.well for finding in findings)


def test_silent_pool_and_the_work_that_nobody_makes_are_named() -> None:
    pools = [pool(kind, live=kind != task_pb2.TASK_KIND_SPEECH) for kind in KINDS]

    faults = [finding for finding in findings_of(pools, {}) if not finding.well]

    assert [(fault.subject, fault.cure) for fault in faults] == [
        ("pools/3", "film logs audiogen"),
        ("work speech", "film logs audiogen"),
    ]


def test_studio_whose_api_does_not_answer_is_named(tmp_path: Path) -> None:
    state = settle_state(None)

    [finding] = look_at_pools(state)

    assert not finding.well
    assert "nothing listens there" in finding.state
    assert json.dumps(finding.cure) == '"film logs gateway"'
