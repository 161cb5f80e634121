"""Which folders can hold a set-up and a studio."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio_preflight.finding import Finding
from studio_preflight.folders import (
    HOME_BYTES,
    SET_UP_BYTES,
    Folder,
    folder_findings,
    read_checkout,
    read_home,
)
from studio_preflight.mounts import Mount, mount_of, parse_mounts, read_mounts

_DISK = Mount("/", "ext4", ("rw", "relatime"))
_CHECKOUT = Folder(
    "checkout",
    Path("/srv/film"),
    "clone into another folder",
    _DISK,
    device=1,
    free_bytes=SET_UP_BYTES,
    needed_bytes=SET_UP_BYTES,
    runs_programs=True,
)
_HOME = Folder(
    "home",
    Path("/home/ann/.film"),
    "choose another folder with FILM_STUDIO_HOME",
    _DISK,
    device=2,
    free_bytes=HOME_BYTES,
    needed_bytes=HOME_BYTES,
)
_MOUNT_TABLE = r"""
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro
34 21 0:30 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000,trans=fd,rfd=5
35 21 0:31 / /tmp rw,nosuid,noexec - tmpfs tmpfs rw,size=1024k
36 21 8:17 / /media/ann/My\040Disk rw,nosuid - vfat /dev/sdb1 rw,fmask=0022
37 21 0:33 / /sandbox rw - 9p none rw,trans=fd,rfdno=4,wfdno=4
"""


def _faults(*folders: Folder) -> list[Finding]:
    return [finding for finding in folder_findings(folders) if not finding.well]


def _mount(path: str) -> Mount:
    return mount_of(Path(path), parse_mounts(_MOUNT_TABLE.splitlines()))


def test_two_usable_folders_are_well() -> None:
    assert _faults(_CHECKOUT, _HOME) == []


def test_the_folders_of_these_tests_are_well(tmp_path: Path) -> None:
    mounts = read_mounts()
    assert _faults(read_checkout(tmp_path, mounts, False), read_home(tmp_path, tmp_path, mounts, False)) == []


@pytest.mark.parametrize(
    ("folder", "subject", "state"),
    [
        (_CHECKOUT._replace(is_writable=False), "checkout", "/srv/film can't be written"),
        (_CHECKOUT._replace(path=Path("/srv/a:b")), "checkout", "has a colon in its path"),
        (_CHECKOUT._replace(mount=_mount("/mnt/c/film")), "checkout", "lies on 9p (/mnt/c)"),
        (_CHECKOUT._replace(mount=_mount("/tmp/film")), "checkout", "/tmp, mounted noexec"),
        (_HOME._replace(mount=_mount("/media/ann/My Disk/film")), "home", "vfat (/media/ann/My Disk)"),
        (_HOME._replace(mount=_mount("/tmp/film"), runs_programs=True), "home", "/tmp, mounted noexec"),
        (_HOME._replace(is_writable=False), "home", "/home/ann/.film can't be written"),
    ],
)
def test_a_folder_that_cannot_hold_it_is_named_with_another_way(
    folder: Folder, subject: str, state: str
) -> None:
    (fault,) = _faults(folder)
    assert fault.subject == subject
    assert state in fault.state
    assert fault.cure == folder.elsewhere


@pytest.mark.parametrize("path", ["/home/ann/film", "/sandbox/film", "/tmpfile", "/mnt/cd"])
def test_a_usual_file_system_is_not_foreign(path: str) -> None:
    mount = _mount(path)
    assert (mount.is_foreign, mount.is_noexec) == (False, False)


def test_a_home_from_which_nothing_is_started_may_be_noexec() -> None:
    assert _faults(_HOME._replace(mount=_mount("/tmp/film"))) == []


def test_roots_home_runs_programs_where_nobody_may_not_enter_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "closed").mkdir(mode=0o700)
    home = tmp_path / "home"
    assert read_home(home, tmp_path / "closed", (), is_root=True).runs_programs
    assert not read_home(home, tmp_path / "closed", (), is_root=False).runs_programs
    assert not read_home(home, Path("/"), (), is_root=True).runs_programs


def test_a_full_disk_is_named_with_what_is_lacking() -> None:
    (fault,) = _faults(_HOME._replace(free_bytes=HOME_BYTES // 2))
    assert fault.state == "0.5 GiB free for /home/ann/.film: 1.0 GiB needed"
    assert fault.cure == "free 0.5 GiB there, or choose another folder with FILM_STUDIO_HOME"


def test_folders_on_one_disk_need_their_sum() -> None:
    shared = [folder._replace(device=1, free_bytes=SET_UP_BYTES) for folder in (_CHECKOUT, _HOME)]
    (fault,) = _faults(*shared)
    assert "1.5 GiB free for /srv/film and /home/ann/.film: 2.5 GiB needed" in fault.state


def test_a_checkout_that_is_set_up_needs_no_more_space(tmp_path: Path) -> None:
    assert read_checkout(tmp_path, (), set_up=True).needed_bytes == 0


def test_a_home_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not read_home(tmp_path / "file" / "home", tmp_path, (), is_root=False).is_writable


def test_a_home_that_is_not_there_yet_is_judged_by_the_folder_above(tmp_path: Path) -> None:
    home = read_home(tmp_path / "a" / "b", tmp_path, (), is_root=False)
    assert home.is_writable
    assert home.free_bytes > 0
