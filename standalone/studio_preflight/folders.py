"""The folders that are written to: the checkout, for .venv and .assets, and the studio's home."""

import math
import os
import shutil
from pathlib import Path
from typing import Iterable, Iterator, List, NamedTuple

from studio_preflight.finding import Finding
from studio_preflight.mounts import Mount, mount_of

# What docs/first-run.md measured, with room for the downloads themselves and for a few films.
SET_UP_BYTES = 3 * 1024**3 // 2
HOME_BYTES = 1024**3

CHECKOUT = "checkout"


class Folder(NamedTuple):
    """One folder; what isn't there yet is judged by the nearest folder above it that is.

    `purpose` names it, `elsewhere` says how to have it elsewhere. `needed_bytes` will be written to it;
    `runs_programs` says that programs are started from it.
    """

    purpose: str
    path: Path
    elsewhere: str
    mount: Mount
    device: int = 0
    free_bytes: int = 0
    needed_bytes: int = 0
    is_writable: bool = True
    runs_programs: bool = False


def read_checkout(root: Path, mounts: "Iterable[Mount]", set_up: bool) -> Folder:
    """The checkout; nothing large is written to one that is set up."""
    return _read(CHECKOUT, root, "clone into another folder", mounts)._replace(
        needed_bytes=0 if set_up else SET_UP_BYTES, runs_programs=True
    )


def read_home(home: Path, programs: Path, mounts: "Iterable[Mount]", is_root: bool) -> Folder:
    """The studio's home. Root's Postgres is copied there when `nobody` may not enter `programs`."""
    elsewhere = "choose another folder with FILM_STUDIO_HOME"
    return _read("home", home, elsewhere, mounts)._replace(
        needed_bytes=HOME_BYTES, runs_programs=is_root and not _others_may_enter(programs)
    )


def _read(purpose: str, path: Path, elsewhere: str, mounts: "Iterable[Mount]") -> Folder:
    existing = next(folder for folder in (path, *path.parents) if os.path.lexists(str(folder)))
    usable = existing.is_dir()
    real = Path(os.path.realpath(str(existing)))
    return Folder(
        purpose,
        path,
        elsewhere,
        mount_of(real, mounts),
        device=existing.stat().st_dev if usable else 0,
        free_bytes=shutil.disk_usage(str(existing)).free if usable else 0,
        is_writable=usable and os.access(str(existing), os.W_OK | os.X_OK),
    )


def _others_may_enter(folder: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def folder_findings(folders: "Iterable[Folder]") -> "Iterator[Finding]":
    """Whether each folder can hold what will be written to it."""
    listed = list(folders)
    for folder in listed:
        yield _held(folder)
    yield from _space([folder for folder in listed if folder.is_writable])


def _held(folder: Folder) -> Finding:
    mount = folder.mount
    fault = ""
    if not folder.is_writable:
        fault = " can't be written"
    elif folder.purpose == CHECKOUT and ":" in str(folder.path):
        fault = " has a colon in its path: no virtual environment can be made there"
    elif mount.is_foreign:
        fault = f" lies on {mount.kind} ({mount.point}), where modes and links do not hold"
    elif folder.runs_programs and mount.is_noexec:
        fault = f" lies on {mount.point}, mounted noexec: programs can't be started from there"
    return Finding(folder.purpose, not fault, f"{folder.path}{fault}", folder.elsewhere)


def _space(folders: "List[Folder]") -> "Iterator[Finding]":
    """One finding a file system: folders on the same one share its free bytes."""
    for device in sorted({folder.device for folder in folders}):
        here = [folder for folder in folders if folder.device == device]
        needed = sum(folder.needed_bytes for folder in here)
        free = here[0].free_bytes
        places = " and ".join(str(folder.path) for folder in here)
        state = f"{free / 1024**3:.1f} GiB free for {places}"
        cure = ", or ".join([f"free {_gib(needed - free)} GiB there", *(it.elsewhere for it in here)])
        well = free >= needed
        yield Finding("disk", well, state if well else f"{state}: {_gib(needed)} GiB needed", cure)


def _gib(size_bytes: int) -> str:
    return f"{math.ceil(size_bytes / 1024**3 * 10) / 10:.1f}"
