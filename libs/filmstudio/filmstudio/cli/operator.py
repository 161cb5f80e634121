"""film engines and film generate: what an operator asks the generators themselves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.protobuf import json_format

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.cli.faults import BadBodyError
from filmstudio.cli.studio import Place
from filmstudio.generation.v1 import message_pb2
from filmstudio.generators import Generators, NoPoolError
from filmstudio.session import CALL_TIMEOUT_SECONDS, Session


@dataclass(frozen=True, slots=True)
class Generation:
    """A file with a RunBody as JSON, whose it is (a workspace's UUID; empty: one's own), and the limit."""

    body: Path
    workspace_id: str
    deadline_seconds: float


def read_body(path: Path) -> message_pb2.RunBody:
    """The body in a file. Raises BadBodyError."""
    try:
        return json_format.Parse(path.read_bytes(), message_pb2.RunBody())
    except OSError as error:
        raise BadBodyError(f"{path}: {error.strerror}") from error
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise BadBodyError(f"{path} is no RunBody in JSON: {error}") from error


async def list_engines(place: Place) -> None:
    """Print a line for each pool, as its generator describes it."""
    async with _signed_in(place) as (_, generators):
        for service, pools in (await generators.pools()).items():
            for pool in pools:
                made_by = f"{pool.engine.engine} {pool.engine.revision}"
                print(f"{service:<9} {pool.pool:<18} {_lanes(pool.slots):<8} {made_by}")


async def generate(place: Place, generation: Generation) -> None:
    """Run a body and print its manifest as JSON. Raises BadBodyError."""
    body = read_body(generation.body)
    async with _signed_in(place) as (own_workspace_id, generators):
        workspace_id = generation.workspace_id or own_workspace_id
        try:
            manifest = await generators.run(workspace_id, body, generation.deadline_seconds)
        except NoPoolError as nowhere:
            raise BadBodyError(f"{generation.body}: {nowhere}") from nowhere
    print(json.dumps(json_format.MessageToDict(manifest), indent=2))


@asynccontextmanager
async def _signed_in(place: Place) -> AsyncIterator[tuple[str, Generators]]:
    async with grpc.aio.insecure_channel(place.address) as channel:
        session = Session(channel, place.account)
        me = await auth_pb2_grpc.AuthServiceStub(channel).GetMe(
            auth_pb2.GetMeRequest(), metadata=await session.metadata(), timeout=CALL_TIMEOUT_SECONDS
        )
        async with Generators(place.generators, session) as generators:
            yield me.workspace.removeprefix("workspaces/"), generators


def _lanes(slots: int) -> str:
    return f"{slots} lane" if slots == 1 else f"{slots} lanes"
