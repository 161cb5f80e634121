"""What stands between this machine and the package registries: proxies, certificates, pip's own settings."""

import socket
from pathlib import Path
from typing import Dict, Iterable, Iterator, Mapping, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from studio_preflight.finding import Finding
from studio_preflight.pip_settings import PipSetting

CONNECT_SECONDS = 3.0

_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
# Each puts packages elsewhere than into .venv, refuses the pinned wheels, or installs nothing.
_HARMFUL_SWITCHES = ("user", "no-index", "require-hashes", "dry-run", "no-deps")
_HARMFUL_PATHS = ("target", "prefix", "root", "python")


class Connection(NamedTuple):
    """How a download would go out: settings as read, nothing asked of a registry."""

    environment: "Mapping[str, str]"
    pip: "Mapping[str, PipSetting]"


def network_findings(connection: Connection) -> "Iterator[Finding]":
    """Whether pip and npm can use what they are told. Connects to a proxy, to nothing else."""
    for source, address in _proxies(connection).items():
        fault = proxy_fault(address)
        state = f"{source}={_without_password(address)}{fault}"
        yield Finding("proxy", not fault, state, f"correct or unset {source}, of the form http://host:port")
    for source, path in _bundles(connection).items():
        fault = _bundle_fault(Path(path))
        cure = f"name a file of PEM certificates in {source}, or unset it"
        yield Finding("certificates", not fault, f"{source}={path}{fault}", cure)
    yield from _pip_faults(connection.pip)


def _proxies(connection: Connection) -> "Dict[str, str]":
    """Each proxy that a download would go through, by what names it."""
    return _told(connection, _PROXY_VARIABLES, "proxy")


def proxy_fault(address: str) -> str:
    """What is wrong with a proxy's address, or empty. Tries to connect."""
    scheme, host, port = _parted(address)
    if scheme not in ("http", "https"):
        return f" is a {scheme} proxy: pip speaks to http proxies only"
    if not host:
        return " names no host"
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        return f" does not answer at {host}:{port} ({error.strerror or error})"
    return ""


def _parted(address: str) -> "Tuple[str, Optional[str], int]":
    try:
        parts = urlsplit(address if "://" in address else "http://" + address)
        return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "http", None, 0


def _without_password(address: str) -> str:
    name, at, rest = address.rpartition("@")
    return f"{name.split('://')[0]}://***@{rest}" if at and "://" in name else rest


def _bundles(connection: Connection) -> "Dict[str, str]":
    """Each file of authorities that a download would trust, by what names it."""
    return _told(connection, _BUNDLE_VARIABLES, "cert")


def _told(connection: Connection, variables: "Iterable[str]", option: str) -> "Dict[str, str]":
    """What the environment and a setting of pip say, by what says it."""
    found = {name: connection.environment[name] for name in variables if connection.environment.get(name)}
    setting = connection.pip.get(option)
    if setting is not None and setting.value:
        found[_named(setting, option)] = setting.value
    return found


def _bundle_fault(path: Path) -> str:
    if not path.exists():
        return " is missing"
    if path.is_dir():
        return ""
    try:
        import ssl
    except ImportError:  # a Python without it is a fault of its own, found by the interpreter's check
        return ""
    try:
        ssl.create_default_context().load_verify_locations(cafile=str(path))
    except OSError as error:
        return f" holds no certificates ({error.strerror or error})"
    return ""


def _pip_faults(settings: "Mapping[str, PipSetting]") -> "Iterator[Finding]":
    harmful = [name for name in _HARMFUL_SWITCHES if name in settings and settings[name].is_on]
    harmful += [name for name in _HARMFUL_PATHS if name in settings and settings[name].value]
    if "find-links" in settings and "no-index" in harmful:
        harmful.remove("no-index")  # a folder of wheels stands for the index
    for name in harmful:
        setting = settings[name]
        state = (
            f"{_named(setting, name)} is set to {setting.value}: the pinned packages would not reach .venv"
        )
        yield Finding("pip", False, state, _unset(setting, name))


def _named(setting: PipSetting, option: str) -> str:
    return setting.source if setting.source.startswith("PIP_") else f"{option} in {setting.source}"


def _unset(setting: PipSetting, option: str) -> str:
    if setting.source.startswith("PIP_"):
        return f"unset {setting.source}"
    return f"remove the line {option} from {setting.source}"
