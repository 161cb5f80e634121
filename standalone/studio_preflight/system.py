"""The system below Python: its kind, its C library and the shared libraries that wheels take from it."""

import os
import platform
import sys
from pathlib import Path
from typing import Iterator, NamedTuple, Tuple

from studio_preflight.cures import install
from studio_preflight.finding import Finding

# The newest manylinux tag among the pinned wheels, and the oldest macOS among theirs.
GLIBC_MIN = (2, 28)
MACOS_MIN = (14, 0)
ARCHITECTURES = {"linux": ("x86_64", "aarch64"), "darwin": ("arm64",)}
# What remains when a wheel's own libraries and those of glibc are taken away: found with readelf over all
# pinned wheels, for x86_64 and aarch64.
LIBRARIES = ("libstdc++.so.6", "libgcc_s.so.1", "libz.so.1")
# NumPy's wheels are built for x86-64-v2; some virtual machines show an older processor.
PROCESSOR_FLAGS = frozenset(("cx16", "popcnt", "sse4_1", "sse4_2", "ssse3"))
_PACKAGES = {
    "debian": "libstdc++6 libgcc-s1 zlib1g",
    "fedora": "libstdc++ libgcc zlib",
    "suse": "libstdc++6 libgcc_s1 libz1",
    "arch": "gcc-libs zlib",
}


class System(NamedTuple):
    """One system. `libc` is "glibc 2.36" or empty where there is no glibc; `release` is the kernel's.

    `missing_processor_flags` and `missing_libraries` are those of the lists above that aren't there.
    """

    platform: str
    architecture: str
    release: str = ""
    libc: str = ""
    macos: "Tuple[int, ...]" = ()
    missing_libraries: "Tuple[str, ...]" = ()
    missing_processor_flags: "Tuple[str, ...]" = ()
    is_root: bool = False
    has_nobody: bool = True


def read_system() -> System:
    """The system that this runs on."""
    linux = sys.platform == "linux"
    macos = platform.mac_ver()[0] if sys.platform == "darwin" else ""
    return System(
        platform=sys.platform,
        architecture=platform.machine(),
        release=platform.release(),
        libc=_glibc() if linux else "",
        macos=tuple(int(part) for part in macos.split(".") if part.isdigit()),
        missing_libraries=_missing_libraries() if linux else (),
        missing_processor_flags=_missing_flags() if platform.machine() == "x86_64" else (),
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        has_nobody=_has_nobody(),
    )


def _glibc() -> str:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (OSError, ValueError):
        return ""


def _missing_libraries() -> "Tuple[str, ...]":
    try:
        from ctypes import CDLL
    except ImportError:
        return ()
    missing = []
    for name in LIBRARIES:
        try:
            CDLL(name)
        except OSError:
            missing.append(name)
    return tuple(missing)


def _missing_flags() -> "Tuple[str, ...]":
    try:
        text = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return ()
    for line in text.splitlines():
        if line.startswith("flags"):
            return tuple(sorted(PROCESSOR_FLAGS.difference(line.partition(":")[2].split())))
    return ()


def _has_nobody() -> bool:
    try:
        import pwd

        pwd.getpwnam("nobody")
    except (ImportError, KeyError):
        return False
    return True


def system_findings(system: System, family: str) -> "Iterator[Finding]":
    """Whether wheels exist for this system and find what they need in it."""
    yield _kind(system)
    if system.platform == "linux":
        yield _c_library(system)
        yield _libraries(system, family)
    if system.missing_processor_flags:
        yield Finding(
            "processor",
            False,
            "lacks " + ", ".join(system.missing_processor_flags),
            "take a processor of x86-64-v2 (most since 2009); in a virtual machine choose CPU type host",
        )
    if system.is_root and not system.has_nobody:
        yield Finding(
            "account",
            False,
            "root runs Postgres as the user nobody, and there is none",
            "add it: useradd --system --no-create-home nobody; or run as a user other than root",
        )


def _kind(system: System) -> Finding:
    state = f"{system.platform} {system.architecture}"
    if system.platform not in ARCHITECTURES:
        cure = (
            "run it on Linux or macOS; on Windows inside WSL2, from a folder of its own such as ~/film-studio"
        )
        return Finding("system", False, f"{state} is not supported", cure)
    if system.architecture not in ARCHITECTURES[system.platform]:
        fit = " or ".join(ARCHITECTURES[system.platform])
        return Finding(
            "system", False, f"{state}: no wheels for this processor", f"take a machine with {fit}"
        )
    if system.release.endswith("-Microsoft"):
        return Finding("system", False, "WSL1", "move to WSL2, in Windows: wsl --set-version DISTRIBUTION 2")
    if system.platform == "darwin" and system.macos < MACOS_MIN:
        had = ".".join(map(str, system.macos))
        return Finding("system", False, f"macOS {had}: wheels need 14 or later", "update macOS")
    return Finding("system", True, state)


def _c_library(system: System) -> Finding:
    needed = ".".join(map(str, GLIBC_MIN))
    cure = f"take a system with glibc {needed} or later, such as Debian 10, Ubuntu 20.04, Fedora 29 or RHEL 8"
    if not system.libc.startswith("glibc "):
        state = "none (musl, as on Alpine?): ONNX Runtime, OpenCV and Postgres have wheels for glibc only"
        return Finding("glibc", False, state, cure)
    had = tuple(int(part) for part in system.libc.split()[1].split(".")[:2])
    well = had >= GLIBC_MIN
    return Finding("glibc", well, system.libc.split()[1] + ("" if well else f": wheels need {needed}"), cure)


def _libraries(system: System, family: str) -> Finding:
    missing = system.missing_libraries
    state = "not found: " + ", ".join(missing) if missing else ", ".join(LIBRARIES)
    otherwise = "install the system packages that hold them"
    return Finding("libraries", not missing, state, install(family, _PACKAGES, otherwise))
