"""Which systems the preflight takes, and what it says of the others."""

from __future__ import annotations

import pytest

from studio_preflight.cures import family_of
from studio_preflight.finding import Finding
from studio_preflight.system import System, read_system, system_findings

_LINUX = System("linux", "x86_64", release="6.1.0-18-amd64", libc="glibc 2.36")
_MAC = System("darwin", "arm64", macos=(14, 5))


def _faults(system: System, family: str = "debian") -> list[Finding]:
    return [finding for finding in system_findings(system, family) if not finding.well]


@pytest.mark.parametrize(
    "system",
    [
        _LINUX,
        _LINUX._replace(architecture="aarch64", libc="glibc 2.28"),
        _LINUX._replace(release="5.15.153.1-microsoft-standard-WSL2"),
        _LINUX._replace(is_root=True),
        _MAC,
        read_system(),
    ],
)
def test_a_supported_system_is_well(system: System) -> None:
    assert _faults(system) == []


@pytest.mark.parametrize(
    ("system", "subject", "state", "cure"),
    [
        (_LINUX._replace(libc="glibc 2.27"), "glibc", "2.27: wheels need 2.28", "Debian 10"),
        (_LINUX._replace(libc=""), "glibc", "musl", "take a system with glibc 2.28 or later"),
        (_LINUX._replace(architecture="armv7l"), "system", "no wheels", "x86_64 or aarch64"),
        (_LINUX._replace(release="4.4.0-19041-Microsoft"), "system", "WSL1", "wsl --set-version"),
        (System("win32", "AMD64"), "system", "win32 AMD64 is not supported", "WSL2"),
        (_MAC._replace(architecture="x86_64"), "system", "no wheels", "arm64"),
        (_MAC._replace(macos=(13, 6, 1)), "system", "macOS 13.6.1: wheels need 14", "update macOS"),
        (_LINUX._replace(missing_processor_flags=("popcnt",)), "processor", "lacks popcnt", "CPU type host"),
        (_LINUX._replace(is_root=True, has_nobody=False), "account", "nobody", "useradd"),
    ],
)
def test_another_system_is_refused_with_its_cure(system: System, subject: str, state: str, cure: str) -> None:
    (fault,) = _faults(system)
    assert fault.subject == subject
    assert state in fault.state
    assert cure in fault.cure


@pytest.mark.parametrize(
    ("family", "cure"),
    [
        ("debian", "apt install libstdc++6 libgcc-s1 zlib1g (as the administrator)"),
        ("fedora", "dnf install libstdc++ libgcc zlib (as the administrator)"),
        ("", "install the system packages that hold them"),
    ],
)
def test_missing_libraries_are_named_with_the_families_own_command(family: str, cure: str) -> None:
    system = _LINUX._replace(missing_libraries=("libstdc++.so.6",))
    assert _faults(system, family) == [Finding("libraries", False, "not found: libstdc++.so.6", cure)]


@pytest.mark.parametrize(
    ("os_release", "family"),
    [
        ("ID=debian\nVERSION_ID=12\n", "debian"),
        ('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', "debian"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "fedora"),
        ("ID=opensuse-leap\nID_LIKE='suse opensuse'\n", "suse"),
        ("ID=nixos\n", ""),
        ("", ""),
    ],
)
def test_a_linux_is_told_by_its_id_or_by_what_it_is_like(os_release: str, family: str) -> None:
    assert family_of(os_release) == family
