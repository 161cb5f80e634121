"""What the preflight says of proxies, certificates and pip's own settings."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio_preflight.finding import Finding
from studio_preflight.network import Connection, network_findings
from studio_preflight.pip_settings import PipSetting, read_pip_settings


@pytest.fixture
def listening() -> Iterator[int]:
    """The port of something that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def silent() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _faults(environment: dict[str, str], home: Path) -> list[Finding]:
    told = {"HOME": str(home), "XDG_CONFIG_DIRS": str(home / "none"), **environment}
    pip = read_pip_settings(told, "linux")
    return [finding for finding in network_findings(Connection(told, pip)) if not finding.well]


def _write_pip_conf(home: Path, text: str) -> Path:
    path = home / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_proxy_that_answers_is_well(listening: int, tmp_path: Path) -> None:
    assert _faults({"HTTPS_PROXY": f"http://ann:secret@127.0.0.1:{listening}"}, tmp_path) == []
    assert _faults({"https_proxy": f"127.0.0.1:{listening}"}, tmp_path) == []


def test_a_proxy_that_is_not_there_is_named_without_its_password(silent: int, tmp_path: Path) -> None:
    (fault,) = _faults({"HTTPS_PROXY": f"http://ann:secret@127.0.0.1:{silent}"}, tmp_path)
    assert f"HTTPS_PROXY=http://***@127.0.0.1:{silent} does not answer" in fault.state
    assert "secret" not in fault.state
    assert fault.cure == "correct or unset HTTPS_PROXY, of the form http://host:port"


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("socks5://127.0.0.1:1080", "is a socks5 proxy"),
        ("http://", "names no host"),
        ("http://host:port", "names no host"),
    ],
)
def test_a_proxy_that_pip_cannot_use_is_refused(address: str, state: str, tmp_path: Path) -> None:
    (fault,) = _faults({"ALL_PROXY": address}, tmp_path)
    assert state in fault.state


def test_a_proxy_in_pips_own_file_is_looked_at(tmp_path: Path) -> None:
    path = _write_pip_conf(tmp_path, "[global]\nproxy = socks4://127.0.0.1:1\n")
    (fault,) = _faults({}, tmp_path)
    assert fault.cure.startswith(f"correct or unset proxy in {path}")


@pytest.mark.parametrize(
    "variable", ["PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]
)
def test_certificates_that_are_missing_or_none_are_named(variable: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    (missing,) = _faults({variable: str(bundle)}, tmp_path)
    bundle.write_text("no certificate", encoding="utf-8")
    (empty,) = _faults({variable: str(bundle)}, tmp_path)
    assert missing.state == f"{variable}={bundle} is missing"
    assert f"{variable}={bundle} holds no certificates" in empty.state
    assert missing.cure == f"name a file of PEM certificates in {variable}, or unset it"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PIP_USER", "1"), ("PIP_TARGET", "/tmp/x"), ("PIP_NO_INDEX", "true"), ("PIP_REQUIRE_HASHES", "on")],
)
def test_a_variable_that_leads_pip_astray_is_to_be_unset(variable: str, value: str, tmp_path: Path) -> None:
    (fault,) = _faults({variable: value}, tmp_path)
    assert fault.state.startswith(f"{variable} is set to {value}")
    assert fault.cure == f"unset {variable}"


def test_a_line_of_a_file_that_leads_pip_astray_is_to_be_removed(tmp_path: Path) -> None:
    path = _write_pip_conf(tmp_path, "[install]\nuser = yes\n")
    (fault,) = _faults({}, tmp_path)
    assert fault.cure == f"remove the line user from {path}"


@pytest.mark.parametrize(
    "environment",
    [
        {"PIP_USER": "0"},
        {"PIP_TARGET": ""},
        {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels"},
        {"PIP_INDEX_URL": "https://packages.example.org/simple"},
    ],
)
def test_what_does_not_harm_is_well(environment: dict[str, str], tmp_path: Path) -> None:
    assert _faults(environment, tmp_path) == []


def test_pips_environment_overrides_its_files_and_commands_override_the_general(tmp_path: Path) -> None:
    path = _write_pip_conf(tmp_path, "[global]\nuser = yes\ntimeout = 5\n[install]\ntimeout = 9\n")
    told = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none"), "PIP_USER": "no"}
    settings = read_pip_settings(told, "linux")
    assert settings["user"] == PipSetting("no", "PIP_USER")
    assert settings["timeout"] == PipSetting("9", str(path))


def test_no_file_is_read_when_pip_is_told_so(tmp_path: Path) -> None:
    _write_pip_conf(tmp_path, "[global]\nuser = yes\n")
    assert read_pip_settings({"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}, "linux") == {}
