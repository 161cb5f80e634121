"""A finished film with all that is needed to hear it: its turnover and the times of its words."""

from __future__ import annotations

import asyncio
import json
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench.listening.cut import Line, Scene, Stem, dialogue_of, lines_of, scenes_of
from bench.listening.sound import EAR_RATE_HZ, Mono
from bench.studio import FILM, Studio
from filmstudio.generation.v1 import artifact_pb2, task_pb2
from studio_media.sound import decode
from studio_platform.manifests import ArtifactKey, Artifacts, blob_key
from studio_platform.objects import ObjectStore
from studio_platform.s3 import open_objects
from studio_platform.settings import ObjectSettings


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A word of a line as written, and when the speech engine says it, seconds from the line's start."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A line, its words, and the sound of it alone, mono at 16 kHz."""

    line: Line
    words: tuple[SaidWord, ...]
    sound: Mono

    @property
    def end_seconds(self) -> float:
        """When its last word ends in the film: a line may go on over a cut, where its mark ends."""
        return max(self.line.end_seconds, self.line.start_seconds + self.words[-1].end_seconds)

    def is_with(self, other: Speech) -> bool:
        """Whether both are said at once."""
        return self.line.start_seconds < other.end_seconds and other.line.start_seconds < self.end_seconds


@dataclass(frozen=True, slots=True)
class FinishedFilm:
    """A film by the folder that its turnover unpacks to; what is said in it and where."""

    name: str
    folder: Path
    speeches: tuple[Speech, ...]
    dialogue: tuple[Stem, ...]
    scenes: tuple[Scene, ...]
    report: Mapping[str, Any]

    @property
    def path(self) -> Path:
        """The film itself."""
        return self.folder / "film.mp4"


def finished(studio: Studio, screenplay: Path, folder: Path, *, seen: bool) -> FinishedFilm:
    """Render a screenplay, as a proxy unless it is `seen`, and fetch the film to a folder.

    Raises CalledProcessError when a command fails.
    """
    job = _rendered(studio, screenplay, folder, () if seen else ("--quality", "proxy"))
    archive = folder / "cut.zip"
    studio.film("turnover", job, "-o", str(archive))
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    archive.unlink()
    (cut,) = folder.glob("*.otio")
    timeline = json.loads(cut.read_text())
    said = asyncio.run(_said_by_line(studio, job))
    return FinishedFilm(
        screenplay.stem,
        folder,
        tuple(Speech(line, *said[line.line_first]) for line in lines_of(timeline)),
        dialogue_of(timeline),
        scenes_of(timeline),
        json.loads((folder / "report.json").read_text()),
    )


def _rendered(studio: Studio, screenplay: Path, folder: Path, more: Sequence[str]) -> str:
    output = folder / "film.mp4"
    command = [str(FILM), "render", str(screenplay), "-o", str(output), "--local", "--json", *more]
    ran = subprocess.run(command, env=studio.environment, check=True, capture_output=True, text=True)
    return str(json.loads(ran.stdout.splitlines()[-1])["film"]["job"])


async def _said_by_line(studio: Studio, job: str) -> dict[int, tuple[tuple[SaidWord, ...], Mono]]:
    """The words and the sound of each speech by its first line of the screenplay."""
    async with studio.client() as client, open_objects(_store(studio)) as objects:
        workspace = (await client.me()).workspace.removeprefix("workspaces/")
        return {
            task.line_first: await _said(objects, workspace, task.content_key)
            for task in await client.tasks(job)
            if task.kind == task_pb2.TASK_KIND_SPEECH
        }


async def _said(objects: ObjectStore, workspace: str, content_key: str) -> tuple[tuple[SaidWord, ...], Mono]:
    key = ArtifactKey(workspace, task_pb2.TASK_KIND_SPEECH, content_key)
    manifest = await Artifacts(objects).find(key) or artifact_pb2.Manifest()
    content = {
        part.role: await objects.get(blob_key(workspace, part.sha256))
        for part in manifest.parts
        if part.role in ("words", "speech")
    }
    timed = json.loads(content["words"])
    words = tuple(SaidWord(it["word"], it["start_ms"] / 1_000, it["end_ms"] / 1_000) for it in timed)
    return words, decode(content["speech"], EAR_RATE_HZ, 1)[:, 0]


def _store(studio: Studio) -> ObjectSettings:
    state = studio.state
    return ObjectSettings(
        s3_endpoint=f"127.0.0.1:{state['ports']['s3']}",
        s3_access_key=state["secrets"]["s3-jobs-access"],
        s3_secret_key=SecretStr(state["secrets"]["s3-jobs-secret"]),
    )
