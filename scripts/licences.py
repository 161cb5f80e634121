"""Check the licences of everything that the set-up installs, fetches or finds in the checkout.

Usage: licences.py

Reads what the installed packages of constraints.txt say of themselves and which shared libraries their
wheels carry, and holds both to the lists of scripts/licences.toml; so it does with the packages of
constraints-models.txt, by their names, for those need not be installed. Prints every fault with what to do.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = "scripts/licences.toml"
NOTICES = "THIRD_PARTY.md"
# Pictures, sounds, fonts, models and contracts: what can't say by itself whose it is.
_OTHERS_WORK = re.compile(
    r"\.(ttf|otf|woff2?|onnx|pt|safetensors|bin|np[yz]|sf[23]|wav|flac|ogg|mp[34]|mov|mkv|webm"
    r"|jpe?g|png|gif|webp|avif|svg|proto)$"
)
# What make web builds carries the licences of its parts in a file of its own.
_OURS = ("proto/filmstudio/", "docs/", "tests/", "services/gateway/studio_gateway/web/")
_FOLDERS = ("bench", "docs", "libs", "proto", "samples", "scripts", "services", "standalone", "tests", "web")
_NO_SOURCES = frozenset({"node_modules", "build", "dist", "__pycache__"})
_SAY_NOTHING = frozenset({"OSI Approved", "DFSG approved"})
_PINNED_DOWNLOAD = re.compile(r'"([A-Za-z0-9][A-Za-z0-9._-]*)(?:==|@)\d[^"]*"')


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: its licence by SPDX, "" when it names none, and the libraries that it carries."""

    name: str
    version: str
    licence: str
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Licences that are accepted in one package, though not everywhere."""

    licences: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Files:
    """Files of the checkout under one licence; `text` is the file with its text, "" for our own."""

    pattern: str
    licence: str
    text: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """The content of licences.toml."""

    allowed: frozenset[str]
    names: Mapping[str, str]
    libraries: Mapping[str, str]
    reviewed: Mapping[str, Review]
    fetched: Mapping[str, str]
    models: Mapping[str, str]
    files: tuple[Files, ...]

    def is_allowed(self, licence: str) -> bool:
        """Whether an expression without brackets is allowed: all of one of its choices."""
        return any(set(choice.split(" AND ")) <= self.allowed for choice in licence.split(" OR "))


def read_lists(file: Path) -> Lists:
    """The lists of a file. Raises TypeError for a table with an unknown or a missing field."""
    content = tomllib.loads(file.read_text("utf-8"))
    return Lists(
        frozenset(content["allowed"]),
        content["names"],
        content["libraries"],
        {name: Review(**found) for name, found in content["reviewed"].items()},
        content["fetched"],
        content["models"],
        tuple(Files(**found) for found in content["files"]),
    )


def package_faults(packages: Sequence[Package], lists: Lists) -> Iterator[str]:
    """What is wrong with the installed packages."""
    for package in packages:
        called = f"{package.name} {package.version}"
        if not package.licence and package.name not in lists.reviewed:
            yield f"{called} names no licence: find it out and add it to [reviewed], or use another package"
        for library in package.libraries:
            if library not in lists.libraries:
                yield f"{called} carries {library}, whose licence is unknown: find it, add it to [libraries]"
        for licence, source in _licences_of(package, lists):
            review = lists.reviewed.get(package.name)
            if not lists.is_allowed(licence) and (review is None or licence not in review.licences):
                yield (
                    f"{called} is under {licence}{source}, which is not allowed: use another package, or "
                    f"have it reviewed, and add it to [reviewed] with the reason and to {NOTICES}"
                )
    unknown = lists.reviewed.keys() - {package.name for package in packages}
    yield from (
        f"[reviewed.{name}] is of no package in constraints.txt: remove it" for name in sorted(unknown)
    )


def _licences_of(package: Package, lists: Lists) -> Iterator[tuple[str, str]]:
    if package.licence:
        yield package.licence, ""
    for library in package.libraries:
        if library in lists.libraries:
            yield lists.libraries[library], f" ({library} in its wheel)"


def fetched_faults(pinned: Iterable[str], lists: Lists) -> Iterator[str]:
    """What is wrong with the names of the downloads that the set-up pins."""
    for name in sorted({*pinned, *lists.fetched}):
        if name not in lists.fetched:
            yield f"{name} is fetched at set-up: find its licence, add it to [fetched] and to {NOTICES}"
        elif name not in pinned:
            yield f"{name} is in [fetched] but nothing fetches it: remove it"
        elif not lists.is_allowed(lists.fetched[name]):
            yield f"{name} is under {lists.fetched[name]}, which is not allowed: fetch something else"


def model_faults(constraints: str, lists: Lists) -> Iterator[str]:
    """What is wrong with the packages of the environment for models, which may not be installed."""
    named = {_normalised(name) for name in _constrained(constraints)}
    for name in sorted({*named, *lists.models}):
        if name not in lists.models:
            yield f"{name} of constraints-models.txt: find its licence, add it to [models] and to {NOTICES}"
        elif name not in named:
            yield f"{name} is in [models] but not in constraints-models.txt: remove it"
        elif not lists.is_allowed(lists.models[name]):
            yield f"{name} is under {lists.models[name]}, which is not allowed: use another package"


def file_faults(root: Path, files: Iterable[str], lists: Lists) -> Iterator[str]:
    """What is wrong with the pictures, sounds, fonts, models and contracts in the checkout."""
    listed = {path: entry for entry in lists.files for path in _matching(root, entry.pattern)}
    for path in sorted(files):
        if path not in listed:
            yield f"{path} has no licence: say whose it is in [[files]]"
        elif not lists.is_allowed(listed[path].licence):
            yield f"{path} is under {listed[path].licence}, which is not allowed: use another"
    for entry in lists.files:
        if not any(listed[path] is entry for path in listed):
            yield f"[[files]] {entry.pattern} matches nothing: remove it"
        if entry.text and not (root / entry.text).is_file():
            yield f"{entry.text}, the licence of {entry.pattern}, is missing: put it beside the files"


def _matching(root: Path, pattern: str) -> list[str]:
    return [path.relative_to(root).as_posix() for path in root.glob(pattern)]


def notice_faults(notices: str, lists: Lists) -> Iterator[str]:
    """Which parts that deserve a second look don't stand in the notices, each as `name`."""
    parts = {
        *lists.reviewed,
        *lists.fetched,
        *lists.models,
        *(entry.part for entry in lists.files if entry.part),
    }
    for part in sorted(parts):
        if f"`{part}`" not in notices:
            yield f"{part} stands in {LISTS} and not in {NOTICES}: say there what follows from its licence"


def installed_packages(constraints: str, names: Mapping[str, str]) -> list[Package]:
    """The packages that a constraints file names. Raises PackageNotFoundError if one isn't installed."""
    return [_package(metadata.distribution(name), names) for name in _constrained(constraints)]


def _constrained(constraints: str) -> Iterator[str]:
    for line in constraints.splitlines():
        requirement = line.partition("#")[0].strip()
        if requirement:
            yield re.split(r"[=<>!~;\[ ]", requirement, maxsplit=1)[0]


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _package(distribution: metadata.Distribution, names: Mapping[str, str]) -> Package:
    files = [Path(str(file)) for file in distribution.files or ()]
    carried = {file.name for file in files if file.parent.name.endswith((".libs", ".dylibs"))}
    libraries = {match[0] for name in carried if (match := re.match(r"lib[A-Za-z0-9_+]+", name))}
    return Package(
        _normalised(distribution.name),
        distribution.version,
        licence_of(distribution.metadata, names),
        tuple(sorted(libraries)),
    )


def licence_of(fields: metadata.PackageMetadata, names: Mapping[str, str]) -> str:
    """What a package's metadata call its licence, by SPDX where `names` knows it; "" if they don't.

    PEP 639's field holds; else the older one, unless it has the whole text; else the classifiers.
    """
    if "License-Expression" in fields:
        return fields["License-Expression"]
    (plain, *_) = fields.get_all("License") or [""]
    if plain and plain != "UNKNOWN" and "\n" not in plain:
        return names.get(plain, plain)
    classifiers = [line.split(" :: ") for line in fields.get_all("Classifier") or ()]
    called = [parts[-1] for parts in classifiers if parts[0] == "License" and parts[-1] not in _SAY_NOTHING]
    return " AND ".join(dict.fromkeys(names.get(name, name) for name in called))


def checkout_files(root: Path) -> list[str]:
    """The files of the checkout that can't say whose they are, as paths below it."""
    found = (path.relative_to(root) for folder in _FOLDERS for path in (root / folder).rglob("*.*"))
    opaque = (path for path in found if _OTHERS_WORK.search(path.name))
    sources = (path.as_posix() for path in opaque if not _NO_SOURCES.intersection(path.parts))
    return [path for path in sources if not path.startswith(_OURS)]


def pinned_downloads(script: str) -> set[str]:
    """The names of the packages that a set-up script pins."""
    return set(_PINNED_DOWNLOAD.findall(script))


def main() -> int:
    """Run as a command; 1 when something is wrong."""
    lists = read_lists(ROOT / LISTS)
    try:
        packages = installed_packages((ROOT / "constraints.txt").read_text("utf-8"), lists.names)
    except metadata.PackageNotFoundError as error:
        print(f"licence: {error.name} of constraints.txt is not installed: run make setup", file=sys.stderr)
        return 1
    faults = [
        *package_faults(packages, lists),
        *fetched_faults(pinned_downloads((ROOT / "scripts" / "voices.py").read_text("utf-8")), lists),
        *model_faults((ROOT / "constraints-models.txt").read_text("utf-8"), lists),
        *file_faults(ROOT, checkout_files(ROOT), lists),
        *notice_faults((ROOT / NOTICES).read_text("utf-8"), lists),
    ]
    for fault in faults:
        print(f"licence: {fault}", file=sys.stderr)
    if faults:
        print(f"licence: the lists are in {LISTS}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
