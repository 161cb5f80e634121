"""What a studio remembers: ports stay unless they are taken, secrets stay always."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from studio_platform.embedded.ports import PortClaimedError, claimed
from studio_standalone.state import (
    HTTP,
    INNER_PORTS,
    SECRETS,
    PortTakenError,
    load_state,
    save_state,
    settle_state,
)


def every_port_is_free(port: int) -> bool:
    return True


def test_first_state_has_every_port_and_secret() -> None:
    state = settle_state(None, is_free=every_port_is_free)

    assert set(state.ports) == {*INNER_PORTS, "gateway", HTTP}
    assert len(set(state.ports.values())) == len(state.ports)
    assert set(state.secrets) == set(SECRETS)
    assert state.ports["gateway"] == 8484


def test_ports_above_by_ten_thousand_are_real_ports() -> None:
    state = settle_state(None, is_free=every_port_is_free)

    assert all(20_000 <= state.ports[name] < 55_536 for name in INNER_PORTS)


def test_known_state_stays_as_it_is() -> None:
    state = settle_state(None, is_free=every_port_is_free)

    assert settle_state(state, is_free=every_port_is_free) == state


def test_only_a_taken_port_is_chosen_anew() -> None:
    state = settle_state(None, is_free=every_port_is_free)
    taken = state.ports["nats"]

    later = settle_state(state, is_free=lambda port: port != taken)

    assert {name for name in state.ports if later.ports[name] != state.ports[name]} == {"nats"}
    assert later.secrets == state.secrets


def test_gateway_takes_the_next_free_port() -> None:
    state = settle_state(None, is_free=lambda port: port not in (8484, 8485))

    assert state.ports["gateway"] == 8486


def test_http_takes_the_port_after_the_gateways() -> None:
    first = settle_state(None, is_free=every_port_is_free)
    moved = settle_state(None, gateway_port=8485, is_free=every_port_is_free)

    assert first.http_address == "127.0.0.1:8485"
    assert (moved.ports["gateway"], moved.ports[HTTP]) == (8485, 8486)


def test_gateway_port_that_was_asked_for_must_be_free() -> None:
    with pytest.raises(PortTakenError, match="port 9000 is taken"):
        settle_state(None, 9000, is_free=lambda port: port != 9000)


def test_state_survives_the_file(tmp_path: Path) -> None:
    state = settle_state(None, is_free=every_port_is_free)

    save_state(state, tmp_path / "state.json")

    assert load_state(tmp_path / "state.json") == state


def test_port_in_use_is_not_chosen_for_the_gateway() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTakenError):
            settle_state(None, port)


def test_ports_of_a_running_studio_stay_its_own_while_a_service_of_it_is_away() -> None:
    running = settle_state(None)

    with claimed(*running.ports.values()):
        beside = settle_state(running)
        with pytest.raises(PortClaimedError), claimed(running.ports["gateway"]):
            pass

    assert not set(running.ports.values()) & set(beside.ports.values())
    assert settle_state(running).ports == running.ports
