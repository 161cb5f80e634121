"""Each process has imported the heavy libraries that it works with, and no others.

The interpreter itself writes down what the real processes import, from their start until a film is made
(PYTHONPROFILEIMPORTTIME). It also writes down imports that fail; so a library named here is at most one
that a process asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio_standalone.nursery import Room
from studio_standalone.spawning import nursery_works
from tests.e2e.conftest import Rendered, Studio, end_studio, make_studio

# Libraries of media, models and stores, and what is for tests alone.
MEDIA = {"PIL", "av", "cv2", "numpy", "pyloudnorm", "pysubs2", "scipy"}
MODELS = {"accelerate", "diffusers", "misaki", "onnxruntime", "openai", "torch", "transformers"}
STORES = {"asyncpg", "minio", "nats"}
FOR_TESTS = {"grpc_tools.protoc", "hypothesis", "pocketsphinx", "pytest", "studio_platform.testing"}
HEAVY = MEDIA | MODELS | STORES | FOR_TESTS
IMPORTED = {
    "supervisor": set(),
    "gateway": {"asyncpg"},
    "jobs": {"asyncpg", "minio", "nats"},
    "imagegen": {"minio", "nats", "numpy", "PIL"},
    "videogen": {"minio", "nats", "numpy", "av", "cv2"},
    "audiogen": {"minio", "nats", "numpy", "av", "onnxruntime"},
    "composer": {"minio", "nats", "numpy", "av", "PIL"},
}
ROOMS = {"gateway": Room.SERVERS, **dict.fromkeys(IMPORTED.keys() - {"gateway", "supervisor"}, Room.STORES)}
SCREENPLAY = """\
INT. LIGHTHOUSE - NIGHT

Rain on the glass.

MARA
Who is there?
"""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    # An empty setting is its default: the engines of a film that one would watch.
    made = make_studio(
        FILM_IMAGEGEN_ENGINE="",
        FILM_VIDEOGEN_ENGINE="",
        FILM_AUDIOGEN_ENGINES="",
        FILM_LEASE_SECONDS="",
        PYTHONPROFILEIMPORTTIME="1",
    )
    yield made
    end_studio(made)


@pytest.fixture(scope="module")
def film(studio: Studio) -> Rendered:
    script = studio.home / "short.fountain"
    script.write_text(SCREENPLAY)
    return studio.render(script)


@pytest.mark.parametrize("process", IMPORTED)
def test_a_process_has_imported_what_it_works_with_and_nothing_else_that_is_heavy(
    studio: Studio, film: Rendered, process: str
) -> None:
    assert film.code == 0, film.errors
    logs = studio.home / "logs"
    imported = imported_modules((logs / f"{process}.log").read_text())
    if process in ROOMS and nursery_works():
        imported |= modules_of_room(logs / "nursery.log", ROOMS[process])
    assert "asyncio" in imported
    assert imported & HEAVY == IMPORTED[process]


def imported_modules(log: str) -> set[str]:
    """The full names of the modules that the interpreter noted in a log."""
    lines = (line for line in log.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


def modules_of_room(log: Path, room: Room) -> set[str]:
    """What a service finds there: the second room is a fork of the first, once that is furnished."""
    before, furnished, _ = log.read_text().partition(f'"room": "{room}"')
    assert furnished
    return imported_modules(before)
