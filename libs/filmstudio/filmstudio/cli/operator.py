"""film engines and film generate: what an operator asks the generators themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import json_format

from filmstudio.cli.exits import Exit
from filmstudio.cli.places import Place
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import message_pb2
from filmstudio.generators import Generators, NoPoolError


@dataclass(frozen=True, slots=True)
class Generation:
    """A file with a RunBody as JSON, whose it is (a workspace's UUID; empty: one's own), and the limit."""

    body: Path
    workspace_id: str
    deadline_seconds: float


def read_body(path: Path) -> message_pb2.RunBody:
    """The body in a file. Raises RefusedError."""
    try:
        return json_format.Parse(path.read_bytes(), message_pb2.RunBody())
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror}") from error
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise RefusedError(f"{path} is no RunBody in JSON: {error}") from error


async def list_engines(studio: FilmStudio, place: Place) -> Exit:
    """Print a line for each pool, as its generator describes it, and one of what it can do.

    Raises FilmStudioError.
    """
    async with Generators(place.generators, studio.session) as generators:
        for service, pools in (await generators.pools()).items():
            for pool in pools:
                made_by = f"{pool.engine.engine} {pool.engine.revision}"
                line = f"{service:<9} {pool.pool:<18} {_lanes(pool.slots):<8} {made_by:<16} {_costs(pool)}"
                print(line.rstrip())
                for detail in _details(pool):
                    print(f"{'':<9} {detail}")
    return Exit.OK


async def generate(studio: FilmStudio, place: Place, generation: Generation) -> Exit:
    """Run a body and print its manifest as JSON. Raises FilmStudioError."""
    body = read_body(generation.body)
    workspace_id = generation.workspace_id or (await studio.me()).workspace.removeprefix("workspaces/")
    async with Generators(place.generators, studio.session) as generators:
        try:
            manifest = await generators.run(workspace_id, body, generation.deadline_seconds)
        except NoPoolError as nowhere:
            raise NoPoolError(f"{generation.body}: {nowhere}") from nowhere
    print(json.dumps(json_format.MessageToDict(manifest), indent=2))
    return Exit.OK


def _costs(pool: message_pb2.PoolAnnouncement) -> str:
    """What an order takes, and what the process holds."""
    took = f"{pool.expected_ms / 1000:.1f} s an order" if pool.expected_ms else "nothing made yet"
    return f"{took:<16} {_size(pool.memory_bytes)} in memory"


def _details(pool: message_pb2.PoolAnnouncement) -> list[str]:
    model, details = pool.engine, []
    if model.model:
        weights = f", {_size(pool.weights_bytes)} of weights" if pool.weights_bytes else ""
        revision = f" {model.model_revision[:16]}" if model.model_revision else ""
        details.append(f"model: {model.model}{revision}{weights}")
    if pool.HasField("size_max"):
        details.append(f"at most {pool.size_max.width_px}x{pool.size_max.height_px}")
    if pool.capabilities:
        details.append(f"can: {', '.join(pool.capabilities)}")
    return details


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 10**9 else f"{size_bytes / 1e6:.0f} MB"


def _lanes(slots: int) -> str:
    return f"{slots} lane" if slots == 1 else f"{slots} lanes"
