"""What to type on this kind of system to get something that is missing. Nothing here is ever run."""

import re
from pathlib import Path

OS_RELEASE = Path("/etc/os-release")

# Families by the ID and ID_LIKE of /etc/os-release; a family's command installs the packages after it.
_COMMANDS = {
    "debian": "apt install",
    "fedora": "dnf install",
    "suse": "zypper install",
    "arch": "pacman -S",
    "macos": "brew install",
}
_LIKE = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse"}


def family_of(os_release: str) -> str:
    """The family of a Linux by its /etc/os-release: debian, fedora, suse, arch, or empty when unknown."""
    entries = dict(re.findall(r"(?m)^(ID|ID_LIKE)=[\"']?([^\"'\n]*)[\"']?$", os_release))
    for word in f"{entries.get('ID', '')} {entries.get('ID_LIKE', '')}".split():
        known = _LIKE.get(word, word)
        if known in _COMMANDS:
            return known
    return ""


def read_family(platform: str) -> str:
    """The family of this system; "macos" on a Mac."""
    if platform == "darwin":
        return "macos"
    try:
        return family_of(OS_RELEASE.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""


def install(family: str, packages: "dict[str, str]", otherwise: str) -> str:
    """The administrator's command for a family's packages, or `otherwise` where the family isn't known."""
    if family not in packages:
        return otherwise
    who = "" if family == "macos" else " (as the administrator)"
    return f"{_COMMANDS[family]} {packages[family]}{who}"
