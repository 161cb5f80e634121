"""A director's hour at film render --watch: each save makes what depends on it and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.e2e.conftest import SIZE, Studio

SCENES = """\
Title: Watched

INT. OFFICE - NIGHT

Rain on the window.

IRIS
Is it gone?

TOM
Twenty minutes ago.

EXT. PIER - DAY

A boat comes in. Nobody is on it.

IRIS
Look.
"""

pytestmark = pytest.mark.timeout(600)


class Watch:
    """A running watch and what it says, object by object."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []

    def says(self, what: str) -> Any:
        """Read on until it says this."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said: dict[str, Any] = json.loads(line)
            if "event" in said:
                self.events.append(said["event"])
            if what in said:
                return said[what]
        raise AssertionError(f"the watch ended without {what!r}")

    def made(self) -> dict[str, int]:
        """What the last job ran, by stage."""
        stages = self.events[-1]["stages"]
        return {stage["stage"]: stage["done"] - stage.get("cached", 0) for stage in stages}


@contextmanager
def watching(studio: Studio, script: Path, output: Path) -> Iterator[Watch]:
    command = [str(Path(sys.executable).parent / "film"), "render", str(script), "-o", str(output)]
    with subprocess.Popen(
        [*command, "--size", SIZE, "--watch", "--json"],
        env=studio.environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Watch(process)
        finally:
            process.kill()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "watched.fountain"
    path.write_text(SCENES)
    return path


def save(script: Path, text: str) -> None:
    """As an editor does: a new file takes the old one's name."""
    written = script.with_suffix(".tmp")
    written.write_text(text)
    written.rename(script)


def test_a_saved_line_makes_its_speech_its_scene_and_the_film_and_nothing_else(
    studio: Studio, script: Path, tmp_path: Path
) -> None:
    output = tmp_path / "watched.mp4"
    with watching(studio, script, output) as watch:
        page = watch.says("watching")["page"]
        first = watch.says("film")
        before = output.read_bytes()
        save(script, SCENES.replace("Twenty minutes ago.", "Twenty or thirty minutes ago."))
        plan = watch.says("plan")
        second = watch.says("film")
        with urlopen(f"{page}films/2", timeout=20) as answer:  # noqa: S310 - the watch's own page
            played = answer.read()
        watch.process.send_signal(signal.SIGINT)
        code = watch.process.wait(20)

    assert code == 0
    assert [task["displayName"] for task in plan["tasks"] if task["verdict"] == "VERDICT_RUN"] == [
        "scene 1 shot 3 Tom"
    ]
    (shot,) = plan["diff"]["shots"]
    assert [cause["cause"] for cause in shot["causes"]] == ["CHANGE_CAUSE_SCRIPT"]
    assert watch.made() == {
        "STAGE_IMAGES": 0,
        "STAGE_VIDEO": 1,
        "STAGE_AUDIO": 3,
        # The scene's cut, the film's gains, the sound of both scenes at them, and the film.
        "STAGE_COMPOSITION": 5,
    }
    assert second["job"] != first["job"]
    assert played == output.read_bytes() != before


def test_a_text_with_mistakes_renders_nothing_and_the_last_film_stays(
    studio: Studio, script: Path, tmp_path: Path
) -> None:
    output = tmp_path / "watched.mp4"
    with watching(studio, script, output) as watch:
        watch.says("film")
        before = output.read_bytes()
        save(script, SCENES + "\n/* a boneyard without an end\n")
        faulty = watch.says("checked")
        kept = watch.says("kept")
        save(script, SCENES)
        same = watch.says("same")
        watch.process.send_signal(signal.SIGINT)
        code = watch.process.wait(20)

    assert code == 0
    assert [remark["code"] for remark in faulty["diagnostics"]] == ["BONEYARD_UNCLOSED"]
    assert kept == "the text has mistakes"
    assert same is True
    assert output.read_bytes() == before


def test_the_same_text_saved_again_renders_what_was_edited_elsewhere(
    studio: Studio, script: Path, tmp_path: Path
) -> None:
    text = SCENES.replace("Title: Watched", "Title: Watched and Edited")
    script.write_text(text)
    with watching(studio, script, tmp_path / "watched.mp4") as watch:
        watch.says("film")
        edited = studio.film("cast", "Watched and Edited", "set", "TOM", "--look", "a grey beard")
        save(script, text)
        plan = watch.says("plan")
        watch.says("film")
        watch.process.send_signal(signal.SIGINT)
        code = watch.process.wait(20)

    assert (code, edited.returncode) == (0, 0), edited.stderr
    causes = [cause["cause"] for shot in plan["diff"]["shots"] for cause in shot["causes"]]
    assert set(causes) == {"CHANGE_CAUSE_LOOK"}
    assert watch.made()["STAGE_IMAGES"] == len(plan["diff"]["shots"]) > 0
