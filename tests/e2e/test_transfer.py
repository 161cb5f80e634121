"""A project taken out and in again: the same film, of the same parts, here and elsewhere."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import studio_composer
from filmstudio.cli.archives.container import ArchiveWriter
from filmstudio.cli.archives.exporting import export
from filmstudio.cli.archives.importing import import_project
from filmstudio.generation.v1 import task_pb2
from studio_media.sound import encode_flac
from tests.e2e.conftest import Studio
from tests.e2e.visitors import visitor

TITLE = "The Travelled Ferry"
FIRST = """\
Title: The Travelled Ferry

INT. OFFICE - NIGHT

Rain on the window. IRIS waits.

IRIS
Is it gone?

TOM
Twenty minutes ago.

EXT. PIER - DAY

A boat comes in.

IRIS
Look.

A lantern goes out.
"""
SECOND = FIRST.replace("A boat comes in.", "Gulls over the pier.\n\nA boat comes in.").replace(
    "\nA lantern goes out.\n", ""
)
GONE = "2.3"
"""The shot that the second text has no more; its edits stay in the project and are not exported."""

FONT = Path(studio_composer.__file__).parent / "fonts" / "EBGaramond-Medium.ttf"
OWN = ("--creator", "Ada", "--source", "own", "--licence", "own")
USED = (
    ("Iris", "add", "--kind", "character", "--look", "a woman in a red coat", "--seed", "4"),
    ("House captions", "caption-style", "--text", "#FFFFFF", "--outline", "#101018"),
    (
        "Orbis",
        "brand-kit",
        "--title-font",
        str(FONT),
        "--creator",
        "Ada",
        "--source",
        "own",
        "--licence",
        "own",
    ),
)
"""What the project with everything uses of the library: entries, how they are made, and of what."""

pytestmark = pytest.mark.timeout(600)


def film(studio: Studio, *arguments: str) -> str:
    ran = studio.film(*arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def archive(studio: Studio) -> Path:
    """The export of a project with two texts and edits of every kind, whose film was made."""
    script = studio.home / "travelled.fountain"
    script.write_text(FIRST)
    assert studio.render(script, "travelled.mp4").code == 0
    film(studio, "retake", TITLE, GONE, "--seed", "5")
    script.write_text(SECOND)
    assert studio.render(script, "travelled.mp4").code == 0
    film(studio, "cast", TITLE, "set", "IRIS", "--look", "a woman in a blue cardigan", "--seed", "77")
    film(studio, "locations", TITLE, "set", "PIER", "--look", "black planks", "--seed", "7")
    film(studio, "retake", TITLE, "1.2", "--seed", "99", "--add", "a lamp")
    film(studio, "trim", TITLE, "2.2", "--hold", "0.5")
    film(studio, "transition", TITLE, "1.1", "dissolve", "0.5")
    film(studio, "move", TITLE, "2.2", "--before", "2.1")
    film(studio, "title", TITLE, "--end", "To be continued")
    assert studio.render(script, "travelled.mp4").code == 0
    path = studio.home / "travelled.zip"
    film(studio, "export", TITLE, "-o", str(path))
    return path


def test_the_same_project_is_the_same_file(studio: Studio, archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"

    film(studio, "export", TITLE, "-o", str(again))

    assert again.read_bytes() == archive.read_bytes()


def test_an_import_here_has_every_key_and_renders_nothing(
    studio: Studio, archive: Path, tmp_path: Path
) -> None:
    imported: dict[str, Any] = json.loads(
        film(studio, "import", str(archive), "--project", "Back Home", "--json")
    )
    script = studio.home / "travelled.fountain"
    made = studio.render(script, "back.mp4", project="Back Home")
    again = tmp_path / "again.zip"
    film(studio, "export", "Back Home", "-o", str(again))

    assert imported["keys"] == imported["equal"] == imported["there"] > 10
    assert made.code == 0, made.errors
    assert all(stage.get("cached", 0) == stage.get("total", 0) for stage in made.events[-1]["stages"])
    assert made.output.read_bytes() == (studio.home / "travelled.mp4").read_bytes()
    assert contents(again) == contents(archive)


async def test_an_import_elsewhere_has_every_key_and_nothing_is_there(studio: Studio, archive: Path) -> None:
    async with visitor(studio) as somebody:
        await import_project(somebody.client, archive, "", as_json=True)
        project = await somebody.client.find_project(TITLE)
        assert project is not None
        exported = json.loads(contents(archive)["keys.json"])
        plan = await somebody.client.plan_render(project.name, options_of(exported))
        shots = await somebody.client.directing.shots(project.name)

    assert [task.plan_key for task in plan.tasks] == [task["planKey"] for task in exported["tasks"]]
    assert plan.total.cached == 0
    assert [shot.take_count for shot in shots if shot.take_count > 1] == [2]


def test_a_title_that_is_there_and_a_file_that_is_none_are_refused(
    studio: Studio, archive: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(archive.read_bytes()[:-40])

    taken = studio.film("import", str(archive))
    broken = studio.film("import", str(spoilt), "--project", "Never There")
    listed = studio.film("export", "Never There", "-o", str(tmp_path / "never.zip"))

    assert (taken.returncode, broken.returncode, listed.returncode) == (2, 2, 2)
    assert "--project NAME" in taken.stderr
    assert "it is no zip file" in broken.stderr


def test_an_import_that_fails_leaves_no_project(studio: Studio, archive: Path, tmp_path: Path) -> None:
    bent = tmp_path / "bent.zip"
    files = {name: content for name, content in contents(archive).items() if name != "manifest.json"}
    files["cast.json"] = b'[{"id": "0000000000000000", "edited": {"look": "x"}, "voice": ""}]'
    with ArchiveWriter(bent) as writer:
        for name, content in files.items():
            writer.add(name, content)

    refused = studio.film("import", str(bent), "--project", "Half There")

    assert refused.returncode == 2, refused.stderr
    assert studio.film("revisions", "Half There").returncode == 2


@pytest.fixture(scope="module")
def full(studio: Studio, archive: Path) -> Path:
    """The export with media of a project with a brought line, a lock of it, another lock and a comment."""
    title, voice = "With Everything", studio.home / "voice.flac"
    voice.write_bytes(encode_flac(np.full((48_000, 1), 0.1, np.float32)))
    film(studio, "import", str(archive), "--project", title)
    credit = ("--creator", "Ada", "--source", "own", "--licence", "CC0-1.0", "--consent", "signed")
    film(studio, "replace", title, "1.2", str(voice), "--line", "1", *credit)
    for entry, kind, *said in USED:
        film(studio, "library", kind, entry, *said)
        film(studio, "library", "use", title, "IRIS" if entry == "Iris" else "film", entry)
    assert studio.render(studio.home / "travelled.fountain", "full.mp4", project=title).code == 0
    for shot in ("1.2", "2.2"):
        film(studio, "lock", title, shot)
    film(studio, "comment", title, "Darker.", "--shot", "1.1")
    path = studio.home / "full.zip"
    film(studio, "export", title, "-o", str(path), "--media")
    return path


async def test_an_import_with_media_elsewhere_renders_without_a_generator(studio: Studio, full: Path) -> None:
    async with visitor(studio) as somebody:
        await import_project(somebody.client, full, "", as_json=True)
        project = await somebody.client.project_called("With Everything")
        options = options_of(json.loads(contents(full)["keys.json"]))
        made = await somebody.ended(await somebody.client.create_job(project.name, "", options))
        timeline = await somebody.client.timelines.of(project.name)
        uses = {use.entry_name: use.kind for use in await somebody.client.library.uses(project.name)}
        again = studio.home / "full-again.zip"
        await export(somebody.client, project.name, again, as_json=True, with_media=True)

    ran = {task_pb2.TaskKind.Name(task.kind) for task in made.tasks if not task.cached}
    assert ran <= {f"TASK_KIND_{kind}" for kind in ("SEGMENT", "LEVELS", "MASTER", "FILM")}
    assert made.film == (studio.home / "full.mp4").read_bytes()
    locked = [shot.display_name for scene in timeline.scenes for shot in scene.shots if shot.HasField("lock")]
    assert locked == ["1.2", "2.2"]
    assert timeline.replacements[0].credit.consent == "signed"
    assert uses == {"Iris": "character", "House captions": "caption_style", "Orbis": "brand_kit"}
    assert contents(again) == contents(full)


def contents(path: Path) -> dict[str, bytes]:
    """What stands in an archive, without what names the project and its last job's film."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if name not in ("manifest.json", "project.json")
        } | {"project.json": project_of(archive)}


def project_of(archive: zipfile.ZipFile) -> bytes:
    document = json.loads(archive.read("project.json"))
    document["displayName"] = ""
    return json.dumps(document, sort_keys=True).encode()


def options_of(keys: dict[str, Any]) -> Any:
    from google.protobuf import json_format

    from filmstudio.jobs.v1 import jobs_pb2

    return json_format.ParseDict(keys["options"], jobs_pb2.RenderOptions())
