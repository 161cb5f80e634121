"""The composer beside its peers: joined, crossfaded, a whole film, and memory by the length of the film.

    python -m bench.joining [--rounds 3] [--ffmpeg ffmpeg] [--without-memory] [--memory-alone]

Installs MoviePy and the ffmpeg that it brings into .bench/joining, and makes the clips there once. A and B
take turns; the table has medians, and ratios of the peer to ours by wall time and by CPU seconds. Both have
their libraries loaded when their time begins, but ffmpeg, which is a command: its start is in its time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.joining.ffmpeg import crossfaded, joined
from bench.joining.measuring import Cost, cost_of_command, middle

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
HOME = ROOT / ".bench" / "joining"
SHOTS = 20

Measured = Callable[[], Cost]


def main() -> None:
    """Print a Markdown table as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.joining", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ffmpeg", default="", help="default: the one that MoviePy brings")
    parser.add_argument("--without-memory", action="store_true")
    parser.add_argument("--memory-alone", action="store_true")
    chosen = parser.parse_args()
    python = python_of_peer()
    ffmpeg = chosen.ffmpeg or _said(python, "import imageio_ffmpeg as it; print(it.get_ffmpeg_exe())")
    files = HOME / "material"
    subprocess.run([sys.executable, "-m", "bench.joining.ours", "material", files], check=True, cwd=ROOT)
    clips = [files / f"clip-{number:02}.mp4" for number in range(SHOTS)]
    if not chosen.memory_alone:
        _print_comparisons(python, ffmpeg, clips, files, chosen.rounds)
    if not chosen.without_memory:
        short, long = (ours(f"film-2-{unit}", files) for unit in ("minutes", "hours"))
        ratio = long.peak_mb / short.peak_mb
        print(
            f"\nPeak memory: {short.peak_mb:.0f} MB of 2 minutes, {long.peak_mb:.0f} of 2 hours: {ratio:.2f}x"
        )


def _print_comparisons(python: str, ffmpeg: str, clips: list[Path], files: Path, rounds: int) -> None:
    print("| what | ours s | CPU s | MB | peer s | CPU s | MB | ratio, by time | by CPU |\n|" + "---|" * 9)
    comparisons: list[tuple[tuple[str, ...], Measured]] = [
        (("cut", "cut-looked-at"), _command(joined(ffmpeg, clips, HOME))),
        (("crossfaded", "crossfaded-looked-at"), _command(crossfaded(ffmpeg, clips, HOME))),
        (("film-unlooked", "film"), lambda: _moviepy(python, files)),
    ]
    for works, peer in comparisons:
        _print_compared(works, peer, files, rounds)


def _print_compared(works: tuple[str, ...], peer: Measured, files: Path, rounds: int) -> None:
    costs: dict[str, list[Cost]] = {name: [] for name in (*works, "peer")}
    for number in range(1, rounds + 1):
        for name in works:
            costs[name].append(ours(name, files))
        costs["peer"].append(peer())
        # A round can take minutes: who stops it before the end knows what was measured until then.
        taken = ", ".join(f"{name} {each[-1].cpu_seconds:.2f}" for name, each in costs.items())
        print(f"{works[0]}, round {number}, CPU s: {taken}", file=sys.stderr, flush=True)
    theirs = middle(costs["peer"])
    for name in works:
        mine = middle(costs[name])
        by_time, by_cpu = theirs.wall_seconds / mine.wall_seconds, theirs.cpu_seconds / mine.cpu_seconds
        cells = [name, _shown(mine), _shown(theirs), f"{by_time:.1f}", f"{by_cpu:.1f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


def _shown(cost: Cost) -> str:
    return f"{cost.wall_seconds:.2f} | {cost.cpu_seconds:.2f} | {cost.peak_mb:.0f}"


def ours(name: str, files: Path) -> Cost:
    """What a piece of the composer's work takes, in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench.joining.ours", name, str(files)]
    return _read(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout)


def _moviepy(python: str, files: Path) -> Cost:
    command = [python, "-m", "bench.joining.moviepy_film", str(files / "edit.json"), str(HOME)]
    return _read(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout)


def _command(command: list[str]) -> Measured:
    return lambda: cost_of_command(command, HOME / "ffmpeg.log")


def _read(output: bytes) -> Cost:
    return Cost(**json.loads(output.splitlines()[-1]))


def _said(python: str, program: str) -> str:
    return subprocess.run([python, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def python_of_peer() -> str:
    """The environment's Python; installs the pinned packages at first. Raises CalledProcessError."""
    requirements = HERE / "requirements.txt"
    home = HOME / "moviepy"
    python, stamp = home / "bin" / "python", home / "installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return str(python)
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--only-binary=:all:", "-r", requirements], check=True)
    stamp.write_text(wanted)
    return str(python)


if __name__ == "__main__":
    main()
