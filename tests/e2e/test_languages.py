"""A film with outputs in another language, from a translator's file to the tags of its tracks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import av
import polib
import pytest

from tests.e2e.conftest import SIZE, Studio

pytestmark = pytest.mark.timeout(600)

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


def look(path: Path) -> tuple[dict[Any, str | None], list[str], str, list[bytes]]:
    """The tracks' languages, the chapters, the title, and the packets of the pictures."""
    with av.open(str(path), format="mp4") as film:
        languages = {str(stream.type): stream.language for stream in film.streams}
        chapters = [chapter["metadata"]["title"] for chapter in film.chapters()]
        pictures = [bytes(packet) for packet in film.demux(film.streams.video[0])]
        return languages, chapters, film.metadata["title"], pictures


@dataclass(frozen=True, slots=True)
class Translated:
    """A project that was refused, and then translated."""

    script: Path
    refused: CompletedProcess[str]
    brought: CompletedProcess[str]


@pytest.fixture(scope="module")
def translated(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Translated:
    """By a translator's file, whose entries are filled in."""
    folder = tmp_path_factory.mktemp("languages")
    script, po = folder / "doors.fountain", folder / "de.po"
    script.write_text(SCRIPT)
    output = str(folder / "film.mp4")
    refused = studio.film("render", str(script), "-o", output, "--no-narrate", "--also", "de")
    studio.film("translations", "Two Doors", "de", "--export", str(po))
    file = polib.pofile(str(po))
    for entry in file:
        entry.msgstr = GERMAN.get(entry.msgid, "")
    file.save()
    return Translated(
        script, refused, studio.film("translations", "Two Doors", "de", "--import", str(po), "--json")
    )


def test_a_language_that_lacks_lines_is_refused_and_a_translators_file_brings_them(
    translated: Translated,
) -> None:
    assert translated.refused.returncode == 2
    assert "lacks 3 of 3 lines in de: shot 1.1 MARA “Is anybody there?”" in translated.refused.stderr
    assert json.loads(translated.brought.stdout)["current"] == len(GERMAN)


def test_outputs_in_another_language_are_of_the_same_pictures_with_their_own_tags_and_texts(
    studio: Studio, translated: Translated, tmp_path: Path
) -> None:
    film, srt = tmp_path / "doors.mp4", tmp_path / "de.srt"
    also = ("--no-narrate", "--also", "de", "--also", "de:captions")

    made = studio.film("render", str(translated.script), "-o", str(film), "--size", SIZE, *also, "--json")
    told: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])["film"]
    studio.film("download", told["job"], "--also", "de:captions", "--asset", "subtitles", "-o", str(srt))

    assert made.returncode == 0, made.stderr
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
    said = " ".join(srt.read_text(encoding="utf-8").split())
    assert [GERMAN[line] in said for line in ("Is anybody there?", "Only me.", "Drive.")] == [True] * 3


def test_an_archive_takes_translations_along(studio: Studio, translated: Translated, tmp_path: Path) -> None:
    archive = tmp_path / "doors.zip"

    exported = studio.film("export", "Two Doors", "-o", str(archive))
    imported = studio.film("import", str(archive), "--project", "Other Doors")
    found = [
        studio.film("translations", name, "de", "--json").stdout for name in ("Two Doors", "Other Doors")
    ]

    assert (exported.returncode, imported.returncode) == (0, 0), imported.stderr
    assert GERMAN["Drive."] in found[0]
    assert translated.brought.returncode == 0
    assert found[1] == found[0]
