"""One piece of the composer's work, measured in a process of its own: python -m bench.joining.ours WORK."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from bench.joining.film import SCENES, FilmOfScenes, edit_list
from bench.joining.gate import unlooked
from bench.joining.joints import Joins
from bench.joining.material import material
from bench.joining.measuring import cost_of

Work = Callable[[], object]
# A scene lasts 14.5 s.
_SCENES_OF_2_MINUTES = 8


def main() -> None:
    """Prepare, measure, and print what it took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=("material", *_WORKS))
    parser.add_argument("material", type=Path)
    parser.add_argument("--keep", type=Path, help="where the result is put")
    chosen = parser.parse_args()
    if chosen.work == "material":
        edit = edit_list(material(chosen.material))
        (chosen.material / "edit.json").write_text(json.dumps(edit))
        return
    with tempfile.TemporaryDirectory(prefix="joining-") as folder:
        work = _WORKS[chosen.work](chosen.material, Path(folder))
        made: list[object] = []
        cost = cost_of(lambda: made.append(work()))
        if chosen.keep and isinstance(made[0], Path):
            made[0].replace(chosen.keep)
    print(json.dumps(cost.record()))


def _joins(name: str, *, is_looked_at: bool) -> Callable[[Path, Path], Work]:
    def prepared(files: Path, folder: Path) -> Work:
        joins = Joins(material(files), folder, is_looked_at=is_looked_at)
        work: Work = getattr(joins, name)
        return work

    return prepared


def _film(scenes: int, *, is_looked_at: bool = True) -> Callable[[Path, Path], Work]:
    def prepared(files: Path, folder: Path) -> Work:
        film = FilmOfScenes(material(files), folder, scenes)

        def work() -> Path:
            with nullcontext() if is_looked_at else unlooked():
                return film.composed()

        return work

    return prepared


_WORKS: dict[str, Callable[[Path, Path], Work]] = {
    "cut": _joins("cut", is_looked_at=False),
    "cut-looked-at": _joins("cut", is_looked_at=True),
    "crossfaded": _joins("crossfaded", is_looked_at=False),
    "crossfaded-looked-at": _joins("crossfaded", is_looked_at=True),
    "film": _film(SCENES),
    "film-unlooked": _film(SCENES, is_looked_at=False),
    "film-2-minutes": _film(_SCENES_OF_2_MINUTES),
    "film-2-hours": _film(60 * _SCENES_OF_2_MINUTES),
}

if __name__ == "__main__":
    main()
