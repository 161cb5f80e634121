"""What a film installs: no tools, and each package in the one version that constraints.txt names."""

from __future__ import annotations

import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = Path(__file__).parents[3]
_PROJECTS = sorted(path for path in _ROOT.glob("*/*/pyproject.toml") if not path.parts[-3].startswith("."))
_OWN = ("filmstudio", "studio-")
_TOOLS = {"mypy", "ruff", "pytest", "hypothesis", "scipy", "pyloudnorm", "pysubs2", "pocketsphinx"}


def _pins() -> dict[str, list[Requirement]]:
    pins: dict[str, list[Requirement]] = {}
    for line in (_ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        pin = Requirement(line)
        pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


def _needed(requirement: Requirement, found: set[str]) -> None:
    """Add what a requirement brings on this machine, itself included, to `found`."""
    name = canonicalize_name(requirement.name)
    if name in found or name.startswith(_OWN):
        return
    found.add(name)
    for line in requires(name) or []:
        further = Requirement(line)
        extras = requirement.extras or {""}
        if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
            _needed(further, found)


def _film_packages() -> set[str]:
    found: set[str] = set()
    for path in [*_PROJECTS, _ROOT / "standalone" / "pyproject.toml"]:
        for line in tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"]:
            _needed(Requirement(line), found)
    return found


def test_every_package_that_a_film_needs_is_pinned_to_one_version() -> None:
    pins = _pins()
    loose = [name for name in sorted(_film_packages()) if name not in pins]
    assert loose == []
    assert all(str(pin.specifier).startswith("==") for several in pins.values() for pin in several)


def test_a_film_needs_no_tool() -> None:
    needed = _film_packages()
    assert len(needed) > 40
    assert needed & _TOOLS == set()
