"""What pip is told by its environment and its files, read as pip reads them, for pip may not be there yet."""

import configparser
import os
from pathlib import Path
from typing import Dict, Iterator, Mapping, NamedTuple

# A command's section overrides the general one; set-up uses pip install and pip download.
_SECTIONS = ("global", "download", "install")


class PipSetting(NamedTuple):
    """A value of pip's, and the variable or file that gives it."""

    value: str
    source: str

    @property
    def is_on(self) -> bool:
        """Whether a switch is on."""
        return self.value.strip().lower() not in ("", "0", "false", "no", "off", "n", "f")


def read_pip_settings(environment: "Mapping[str, str]", platform: str) -> "Dict[str, PipSetting]":
    """Each option that is set anywhere, by its long name; the environment overrides files."""
    settings: "Dict[str, PipSetting]" = {}
    for path in _files(environment, platform):
        settings.update(_of_file(path))
    for variable, value in sorted(environment.items()):
        if variable.startswith("PIP_") and value:
            settings[variable[4:].lower().replace("_", "-")] = PipSetting(value, variable)
    settings.pop("config-file", None)
    return settings


def _files(environment: "Mapping[str, str]", platform: str) -> "Iterator[Path]":
    """The files from the weakest to the strongest, whether they are there or not."""
    named = environment.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    home = Path(environment.get("HOME") or os.path.expanduser("~"))
    if platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
    for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        yield Path(folder) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    support = home / "Library" / "Application Support"
    config = Path(environment.get("XDG_CONFIG_HOME") or str(home / ".config"))
    yield (support if platform == "darwin" and (support / "pip").is_dir() else config) / "pip" / "pip.conf"
    if named:
        yield Path(named)


def _of_file(path: Path) -> "Dict[str, PipSetting]":
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, configparser.Error):
        return {}
    found: "Dict[str, PipSetting]" = {}
    for section in _SECTIONS:
        if parser.has_section(section):
            for option, value in parser.items(section):
                found[option.replace("_", "-")] = PipSetting(value, str(path))
    return found
