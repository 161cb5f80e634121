"""A film with outputs in another language, from a translator's file to the tags of its tracks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import polib
import pytest

from tests.e2e.conftest import SIZE, Studio

pytestmark = pytest.mark.timeout(180)

SCRIPT = """Title: Two Doors

INT. KITCHEN - NIGHT

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

MARA
Drive.
"""
GERMAN = {
    "Two Doors": "Zwei Türen",
    "INT. KITCHEN - NIGHT": "KÜCHE, NACHTS",
    "Is anybody there?": "Ist da jemand?",
    "Only me.": "Nur ich.",
    "Drive.": "Fahr los, so schnell du nur irgend kannst.",
}


def look(path: Path) -> tuple[dict[str, str | None], list[str], str, list[bytes]]:
    """The tracks' languages, the chapters, the title, and the packets of the pictures."""
    with av.open(str(path), format="mp4") as film:
        languages = {stream.type: stream.language for stream in film.streams}
        chapters = [chapter["metadata"]["title"] for chapter in film.chapters()]
        pictures = [bytes(packet) for packet in film.demux(film.streams.video[0])]
        return languages, chapters, film.metadata["title"], pictures


def test_a_film_in_another_language_is_refused_without_its_lines_and_made_of_the_same_pictures_with_them(
    studio: Studio, tmp_path: Path
) -> None:
    script, po, film = tmp_path / "doors.fountain", tmp_path / "de.po", tmp_path / "doors.mp4"
    script.write_text(SCRIPT)
    also = ("--also", "de", "--also", "de:captions")
    render = ("render", str(script), "-o", str(film), "--size", SIZE, *also, "--json")

    refused = studio.film(*render)
    exported = studio.film("translations", "Two Doors", "de", "--export", str(po))
    file = polib.pofile(str(po))
    for entry in file:
        entry.msgstr = GERMAN.get(entry.msgid, "")
    file.save()
    brought = studio.film("translations", "Two Doors", "de", "--import", str(po), "--json")
    made = studio.film(*render)

    assert (refused.returncode, exported.returncode, made.returncode) == (2, 0, 0), made.stderr
    assert "lacks 3 of 3 lines in de: shot 1.1 MARA “Is anybody there?”" in refused.stderr
    assert json.loads(brought.stdout)["current"] == len(GERMAN)
    told: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])["film"]
    # Engines of this studio say a word in 320 ms, and no faster.
    assert [speech["text"] for speech in told["overruns"]["de"]] == [GERMAN["Drive."]]
    assert f"de: MARA “{GERMAN['Drive.']}” takes 2.6 s" in made.stderr
    own, dub, captions = (look(film.with_name(f"doors{of}.mp4")) for of in ("", "-de", "-de-captions"))
    tracks = [(it[0]["audio"], it[0]["subtitle"]) for it in (own, dub, captions)]
    assert tracks == [("eng", "eng"), ("deu", "deu"), ("eng", "deu")]
    assert dub[1] == captions[1] == ["KÜCHE, NACHTS", "EXT. STREET - DAY"]
    assert (own[2], dub[2]) == ("Two Doors", "Zwei Türen")
    assert dub[3] == captions[3]
    changed = [at for at, (one, other) in enumerate(zip(own[3], dub[3], strict=True)) if one != other]
    # The cards alone are drawn anew: three seconds before the scenes, and what closes the film.
    scenes = range(72, len(own[3]) - 60 - 1)
    assert [at for at in changed if at in scenes] == []
    assert changed
    srt = tmp_path / "de.srt"
    studio.film("download", told["job"], "--also", "de:captions", "--asset", "subtitles", "-o", str(srt))
    said = " ".join(srt.read_text(encoding="utf-8").split())
    assert [GERMAN[line] in said for line in ("Is anybody there?", "Only me.", "Drive.")] == [True] * 3
