"""Logs are cut by size, and nothing is lost at the cut."""

from __future__ import annotations

from pathlib import Path

from studio_standalone.logs import RotatingLog, log_tail, old_log


def test_full_log_moves_aside(tmp_path: Path) -> None:
    path = tmp_path / "jobs.log"
    log = RotatingLog(path, bytes_max=10)

    for line in (b"first\n", b"second\n", b"third\n"):
        log.write(line)
    log.close()

    kept = [path.read_bytes(), old_log(path, 1).read_bytes(), old_log(path, 2).read_bytes()]
    assert kept == [b"third\n", b"second\n", b"first\n"]


def test_oldest_log_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "jobs.log"
    log = RotatingLog(path, bytes_max=1)

    for number in range(9):
        log.write(b"%d\n" % number)
    log.close()

    assert sorted(tmp_path.iterdir()) == [path, *(old_log(path, number) for number in (1, 2, 3))]
    assert old_log(path, 3).read_bytes() == b"5\n"


def test_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "jobs.log"
    for line in (b"first\n", b"second\n"):
        log = RotatingLog(path)
        log.write(line)
        log.close()

    assert path.read_bytes() == b"first\nsecond\n"


def test_tail_starts_with_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "jobs.log"
    path.write_bytes(b"a long first line\nlast\n")

    assert log_tail(path, bytes_max=10) == "last\n"


def test_tail_of_no_log_is_empty(tmp_path: Path) -> None:
    assert log_tail(tmp_path / "none.log") == ""
