"""Memory of a whole studio, process by process: when it is ready, over a film, and after it.

Usage: python -m bench.memory [SCRIPT]    (default: samples/one-minute.fountain)

Starts a studio in a folder of its own, renders the script with the engines of the settings, and prints a
Markdown table. Figures are resident memory (VmRSS, VmHWM); a server of several processes counts pages that
they share once (Pss). Reads /proc, so Linux only.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.studio import FILM, Studio, studio_of

ROOT = Path(__file__).resolve().parent.parent
SERVERS = ("postgres", "nats", "s3")
FAMILIES = ("postgres",)
COMMAND = "film render"
RENDER_SECONDS_MAX = 1_800
SAMPLE_INTERVAL_SECONDS = 0.25
# Longer than a generator waits before it gives freed memory back.
SETTLE_SECONDS = 8.0


@dataclass(slots=True)
class Samples:
    """Resident memory while the film is made, kB: the most of each process, and of all Python at one time."""

    highest_kb: dict[str, int] = field(default_factory=dict)
    highest_python_kb: int = 0

    def take(self, pids: dict[str, int]) -> None:
        """Look once at every process that lives."""
        now_kb = look(pids)
        for name, kb in now_kb.items():
            self.highest_kb[name] = max(kb, peak_kb(name, pids[name]), self.highest_kb.get(name, 0))
        python_kb = sum(kb for name, kb in now_kb.items() if name not in SERVERS)
        self.highest_python_kb = max(python_kb, self.highest_python_kb)


def main(arguments: list[str]) -> int:
    """Measure and print; returns the process's exit code."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("bench.memory reads /proc as Linux has it, and finds none", file=sys.stderr)
        return 1
    script = Path(arguments[0] if arguments else ROOT / "samples" / "one-minute.fountain").resolve()
    with studio_of(os.environ) as studio:
        pids = studio.pids | nursery(studio.pids)
        idle_kb = look(pids)
        shared_once_idle_kb = python_pss_kb(pids)
        samples, took_seconds = render(studio, pids, script)
        time.sleep(SETTLE_SECONDS)
        after_kb = look(pids)
        print(f"{time.strftime('%Y-%m-%d')}, {script.name} in {took_seconds:.0f} s, {machine()}\n")
        print(table(idle_kb, samples, after_kb))
        print("\nPages that the Python processes share counted once: ", end="")
        print(f"{megabytes(shared_once_idle_kb)} MB ready, {megabytes(python_pss_kb(pids))} MB after.")
    return 0


def nursery(pids: dict[str, int]) -> dict[str, int]:
    """The processes that services were forked from; none where they are programs of their own."""
    rooms = {f"nursery, with {service}": parent(pids[service]) for service in ("gateway", "jobs")}
    return {name: pid for name, pid in rooms.items() if pid != pids["supervisor"]}


def render(studio: Studio, pids: dict[str, int], script: Path) -> tuple[Samples, float]:
    """Make the film; what was seen meanwhile, and the seconds it took. Raises CalledProcessError."""
    samples = Samples()
    output = studio.home / "film.mp4"
    command = [str(FILM), "render", str(script), "-o", str(output), "--no-narrate"]
    began = time.monotonic()
    with subprocess.Popen(command, env=studio.environment, stdout=subprocess.DEVNULL) as process:
        ended = threading.Event()
        watched = {**pids, COMMAND: process.pid}
        watching = threading.Thread(target=watch, args=(samples, watched, ended))
        watching.start()
        try:
            code = process.wait(RENDER_SECONDS_MAX)
        finally:
            ended.set()
            watching.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return samples, time.monotonic() - began


def watch(samples: Samples, pids: dict[str, int], ended: threading.Event) -> None:
    """Take samples until `ended` is set."""
    while not ended.wait(SAMPLE_INTERVAL_SECONDS):
        samples.take(pids)


def look(pids: dict[str, int]) -> dict[str, int]:
    """Resident memory of each process now, kB; 0 for one that has ended."""
    return {name: resident_kb(name, pid) for name, pid in pids.items()}


def python_pss_kb(pids: dict[str, int]) -> int:
    """Resident memory of the Python processes, each shared page counted once, kB."""
    return sum(pss_kb(pid) for name, pid in pids.items() if name not in SERVERS)


def resident_kb(name: str, pid: int) -> int:
    """Resident memory of a process, or of Postgres and all its children with shared pages once; kB."""
    if name in FAMILIES:
        return sum(map(pss_kb, [pid, *children(pid)]))
    return proc_figure(f"{pid}/status", "VmRSS")


def peak_kb(name: str, pid: int) -> int:
    """The most that a process was ever resident with, kB; 0 for a family, of which the kernel keeps none."""
    return 0 if name in FAMILIES else proc_figure(f"{pid}/status", "VmHWM")


def pss_kb(pid: int) -> int:
    """Resident memory of a process with its share of shared pages, kB; 0 when it has ended."""
    return proc_figure(f"{pid}/smaps_rollup", "Pss")


def parent(pid: int) -> int:
    """The process that started a process."""
    return proc_figure(f"{pid}/status", "PPid")


def children(pid: int) -> list[int]:
    """The processes that a process started and that live."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def proc_figure(file: str, name: str) -> int:
    """A figure of a file under /proc, of memory in kB; 0 when the process has ended."""
    try:
        lines = Path("/proc", file).read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def table(idle_kb: dict[str, int], samples: Samples, after_kb: dict[str, int]) -> str:
    """The Markdown table: Python processes with their total, then the servers with theirs; MB."""
    python = [name for name in idle_kb if name not in SERVERS]
    rows = ["| process | ready | highest | after the film |", "|---|---|---|---|"]
    rows += [row(name, idle_kb[name], samples.highest_kb[name], after_kb[name]) for name in python]
    rows.append(
        row("**Python, all**", total(idle_kb, python), samples.highest_python_kb, total(after_kb, python))
    )
    rows.append(row(f"`{COMMAND}`, while it runs", None, samples.highest_kb.get(COMMAND), None))
    rows += [row(name, idle_kb[name], samples.highest_kb[name], after_kb[name]) for name in SERVERS]
    rows.append(row("**servers, all**", total(idle_kb, SERVERS), None, total(after_kb, SERVERS)))
    return "\n".join(rows)


def row(name: str, *figures_kb: int | None) -> str:
    """A line of the table."""
    cells = ["-" if kb is None else str(megabytes(kb)) for kb in figures_kb]
    return f"| {name} | {' | '.join(cells)} |"


def total(figures_kb: dict[str, int], names: list[str] | tuple[str, ...]) -> int:
    """The sum over some processes, kB."""
    return sum(figures_kb[name] for name in names)


def megabytes(kb: int) -> int:
    """Whole MB (1024 kB each)."""
    return round(kb / 1024)


def machine() -> str:
    """The machine in a few words."""
    memory_kb = proc_figure("meminfo", "MemTotal")
    return (
        f"{os.cpu_count()} cores, {round(memory_kb / 1024**2)} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
