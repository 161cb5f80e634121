"""Every generator and the gateway die once at each kind of hand-off; what comes of it is the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_gateway.__main__ import JOBS_SERVICES
from studio_gateway.fault_points import fault_points as gateway_points
from studio_platform.fault_points import HANDOFFS, fault_points
from tests.e2e.conftest import FaultPoints, Studio, end_studio, make_studio
from tests.e2e.errands import leave, look_at_everything
from tests.e2e.lending import borrow
from tests.e2e.publicity import allow, share, subscribe, unsubscribe
from tests.e2e.translating import translate
from tests.e2e.visitors import Made, made_by_a_visitor, visitor

# One kind a service is killed in a film: a kill ends what runs beside, too, and that is made again.
FILMS = (
    ("imagegen.still", "videogen.clip", "audiogen.speech", "composer.segment"),
    ("audiogen.music", "composer.film"),
    ("audiogen.effects", "composer.master"),
    ("composer.levels",),
)
UNFINISHED = ("fetched", "running", "ran", "uploaded")
GATEWAY_POINTS = sorted(gateway_points(JOBS_SERVICES))
# The gateway knows of what it forwards no more than how many answers it has: it is killed at one method of a
# service and at each stream. At the others it lives, and loses the answer; callers ask again all the same.
GATEWAY_KILLS = {
    point
    for service in JOBS_SERVICES
    for number, point in enumerate(sorted(gateway_points([service])))
    if number == 0 or ".streaming." in point
}

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def kills(tmp_path_factory: pytest.TempPathFactory) -> FaultPoints:
    actions = dict.fromkeys(fault_points(itertools.chain(*FILMS)), "kill")
    actions |= {point: "kill" if point in GATEWAY_KILLS else "fail" for point in GATEWAY_POINTS}
    return FaultPoints(tmp_path_factory.mktemp("kills"), actions)


@pytest.fixture(scope="module")
def mortal(kills: FaultPoints) -> Iterator[Studio]:
    """A studio that may be killed at all of these points, and works on one task of a kind at a time."""
    made = make_studio(
        FILM_FAULTS=kills.setting(),
        FILM_RESTART_PAUSE_MAX_SECONDS="0",
        FILM_IMAGEGEN_LANES="1",
        FILM_VIDEOGEN_LANES="1",
        FILM_AUDIOGEN_THREADS="1",
    )
    started = made.film("up")
    assert started.returncode == 0, started.stderr
    yield made
    end_studio(made)


@pytest.fixture(scope="module")
def undisturbed_film(mortal: Studio) -> Made:
    return made_by_a_visitor(mortal)


@pytest.mark.parametrize(
    "killed", FILMS, ids=["each service", "music and film", "effects and master", "levels"]
)
@pytest.mark.parametrize("hand_off", HANDOFFS)
async def test_a_kill_of_every_generator_at_a_hand_off_leaves_the_film_and_finished_work_as_they_are(
    mortal: Studio, kills: FaultPoints, undisturbed_film: Made, hand_off: str, killed: Sequence[str]
) -> None:
    points = [f"{scope}.{hand_off}" for scope in killed]

    async with visitor(mortal) as somebody:
        for point in points:
            kills.arm(point)
        made = await somebody.ended(await somebody.submitted())

    assert [point for point in points if not kills.has_struck(point)] == []
    assert made.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert made.film == undisturbed_film.film
    kinds = {scope.partition(".")[2].upper() for scope in killed}
    assert made.again & kinds == (kinds if hand_off in UNFINISHED else set())


async def test_a_gateway_that_dies_or_loses_each_answer_that_it_forwards_hides_none_from_a_patient_caller(
    mortal: Studio, kills: FaultPoints, undisturbed_film: Made
) -> None:
    async with visitor(mortal) as somebody:
        for point in GATEWAY_POINTS:
            kills.arm(point)
        made = await somebody.ended(await somebody.submitted())
        await look_at_everything(somebody, made.job)
        webhook = await subscribe(somebody)
        await leave(somebody, made.job)
        await translate(somebody, made.job.project)
        await borrow(somebody, made.job.project)
        await unsubscribe(somebody, webhook)
        await share(somebody, made.job.name)
        await allow(somebody, mortal)

        jobs = [job async for job in somebody.client.jobs()]

        assert [point for point in GATEWAY_POINTS if not kills.has_struck(point)] == []
        assert made.film == undisturbed_film.film
        assert sorted(jobs_pb2.JobState.Name(job.state) for job in jobs) == [
            "JOB_STATE_CANCELLED",
            "JOB_STATE_COMPLETED",
            "JOB_STATE_COMPLETED",
        ]
