"""Films heard by machine: what a recogniser understands of their dialogue, and where each word lies.

    python -m bench.listening [--home FOLDER] [--pictures FOLDER] [--plots FOLDER] [--json] SCREENPLAY...

Renders each screenplay with the embedded engines in a studio of its own (--home: in the one that runs there)
and listens. The pictures are grey and small unless --pictures asks for them; --plots draws the sound alone.
Ends with 1 when less than 85% of a film's words or less than half of a line's are heard, or a word is
missing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.listening.finished import FinishedFilm, finished
from bench.listening.hearing import HeardFilm, HeardLine, Listener
from bench.listening.plots import draw
from bench.studio import Studio, studio_of
from scripts.showcase import lay_out, length_of

UNSEEN = {"FILM_IMAGEGEN_ENGINE": "null", "FILM_VIDEOGEN_ENGINE": "null"}
"""Settings of a studio whose films are only heard."""


def report(heard: HeardFilm) -> str:
    """A film's lines and sums for people."""
    lines = [f"{heard.film.name}: {heard.share:.0%} of the words heard"]
    for line in heard.lines:
        counted = f"{sum(line.flags):2}/{len(line.flags):<2} {line.share:4.0%}"
        lines += [
            f"  {line.line.start_seconds:6.2f} s  {counted}  {line.line.character}: {line.line.text}",
            f"                         heard: {line.text_heard}",
        ]
        if unplaced := [word.text for word in line.aligned if word.offset_seconds is None]:
            lines.append(f"                         not found: {' '.join(unplaced)}")
    offsets_ms = [round(1_000 * abs(offset)) for offset in heard.offsets_seconds]
    placed = len(offsets_ms)
    lines += [
        f"  alignment: {placed} words placed, {len(heard.missing)} missing; from our times "
        f"{statistics.median(offsets_ms):.0f} ms in the median, {max(offsets_ms)} ms at most",
        f"  taught to the recogniser: {' '.join(heard.taught) or 'nothing'}; "
        f"beyond its language model: {' '.join(heard.beyond) or 'nothing'}",
    ]
    return "\n".join(lines)


def record(heard: HeardFilm) -> dict[str, Any]:
    """A film's lines and sums for programs."""
    return {
        "film": heard.film.name,
        "share": heard.share,
        "understood": heard.is_understood,
        "lines": [_line_record(line) for line in heard.lines],
        "missing": heard.missing,
        "taught": heard.taught,
        "beyond": heard.beyond,
        "loudness_lufs": heard.film.report["loudness_lufs"],
    }


def _line_record(line: HeardLine) -> dict[str, Any]:
    return {
        "character": line.line.character,
        "start_seconds": line.line.start_seconds,
        "said": line.line.text,
        "heard": line.text_heard,
        "share": line.share,
        "words": [{"word": it.text, "offset_seconds": it.offset_seconds} for it in line.aligned],
    }


def draw_pictures(film: FinishedFilm, folder: Path) -> None:
    """Write a film's contact sheet and the plot of its sound."""
    draw_plot(film, folder)
    lay_out(film.path, length_of(film.path), folder / f"{film.name}-sheet.webp")


def draw_plot(film: FinishedFilm, folder: Path) -> None:
    """Write the plot of a film's sound."""
    folder.mkdir(parents=True, exist_ok=True)
    draw(film, folder / f"{film.name}-sound.webp")


@contextmanager
def _studio(home: Path | None, *, seen: bool) -> Iterator[Studio]:
    if home is not None:
        yield Studio(home, {**os.environ, "FILM_STUDIO_HOME": str(home)})
        return
    with studio_of(os.environ if seen else {**os.environ, **UNSEEN}) as studio:
        yield studio


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="film-heard-") as folder:
        yield Path(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Render, listen, print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.listening", description=__doc__.partition("\n")[0])
    parser.add_argument("screenplays", nargs="+", type=Path, metavar="SCREENPLAY")
    parser.add_argument("--home", type=Path, help="the folder of a studio that runs")
    parser.add_argument("--keep", type=Path, help="keep the films here, unpacked")
    parser.add_argument("--pictures", type=Path, help="write contact sheets and plots of the sound here")
    parser.add_argument("--plots", type=Path, help="write plots of the sound here")
    parser.add_argument("--json", action="store_true", help="one JSON object a film")
    options = parser.parse_args(arguments)
    listener = Listener()
    understood = True
    seen = options.pictures is not None
    with _studio(options.home, seen=seen) as studio, _folder(options.keep) as folder:
        for screenplay in options.screenplays:
            place = folder / screenplay.stem
            place.mkdir(parents=True, exist_ok=True)
            heard = listener.hear(finished(studio, screenplay.resolve(), place, seen=seen))
            understood &= heard.is_understood
            if options.pictures is not None:
                draw_pictures(heard.film, options.pictures)
            if options.plots is not None:
                draw_plot(heard.film, options.plots)
            print(json.dumps(record(heard)) if options.json else report(heard) + "\n", flush=True)
    return 0 if understood else 1


if __name__ == "__main__":
    sys.exit(main())
