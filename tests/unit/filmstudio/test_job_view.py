"""What is known of a watched job follows its updates and the time."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from filmstudio.cli.job_view import JobView
from filmstudio.jobs.v1 import jobs_pb2
from tests.unit.filmstudio.updates import change, event, progress, tasks


class Rig:
    """A view whose local clock is in hand; the studio's clock stands 500 s before it."""

    def __init__(self) -> None:
        self.now = 1_500.0
        self.view = JobView("Ferry", lambda: self.now)


def test_elapsed_time_is_the_studios_and_goes_on_between_events() -> None:
    rig = Rig()
    rig.view.apply(event("PENDING", at_seconds=1_000))
    rig.view.apply(event("QUEUED", 2, at_seconds=1_010))

    rig.now += 5

    assert rig.view.elapsed_seconds == 15


def test_elapsed_time_of_a_job_that_has_ended_stands_still() -> None:
    rig = Rig()
    rig.view.apply(event("PENDING", at_seconds=1_000))
    rig.view.apply(event("COMPLETED", 2, at_seconds=1_060))

    rig.now += 100

    assert rig.view.elapsed_seconds == 60
    assert rig.view.seconds_left is None


def test_running_tasks_are_at_work_with_engine_and_percent() -> None:
    rig = Rig()
    rig.view.apply(event("QUEUED", counts=[(0, 1)]))
    rig.view.learn(tasks())
    rig.view.apply(event("GENERATING_IMAGES", 2, counts=[(0, 1)], tasks=[change(1, "RUNNING")]))
    rig.view.apply(progress(1, 45))

    [work] = rig.view.at_work.values()

    assert (work.display_name, work.engine, work.percent) == ("scene 1 shot 1 still", "storyboard", 45)


def test_engine_is_learnt_later_too() -> None:
    rig = Rig()
    rig.view.apply(event("GENERATING_IMAGES", counts=[(0, 1)], tasks=[change(1, "RUNNING")]))

    rig.view.learn(tasks())

    assert [work.engine for work in rig.view.at_work.values()] == ["storyboard"]


def test_task_that_ended_is_no_longer_at_work() -> None:
    rig = Rig()
    rig.view.apply(event("GENERATING_IMAGES", tasks=[change(1, "RUNNING"), change(2, "RUNNING")]))

    rig.view.apply(event("GENERATING_IMAGES", 2, tasks=[change(1, "DONE")]))

    assert [work.display_name for work in rig.view.at_work.values()] == ["scene 1 shot 1 clip"]


def test_progress_of_a_task_that_is_not_at_work_changes_nothing() -> None:
    rig = Rig()

    rig.view.apply(progress(1, 45))

    assert rig.view.at_work == {}


def test_tasks_are_needed_from_the_plan_on_and_once() -> None:
    rig = Rig()
    rig.view.apply(event("VALIDATING"))
    before = rig.view.needs_tasks
    rig.view.apply(event("QUEUED", 2, counts=[(0, 1)]))
    then = rig.view.needs_tasks

    rig.view.learn(tasks())

    assert (before, then, rig.view.needs_tasks) == (False, True, False)


def test_time_left_is_known_once_something_was_made() -> None:
    rig = Rig()
    rig.view.apply(event("QUEUED", counts=[(0, 1)]))
    rig.view.learn(tasks())
    rig.view.apply(event("GENERATING_IMAGES", 2, 1_001, counts=[(0, 1)], tasks=[change(1, "RUNNING")]))
    before = rig.view.seconds_left

    rig.view.apply(event("GENERATING_VIDEO", 3, 1_003, counts=[(1, 1)], tasks=[change(1, "DONE")]))

    assert before is None
    assert rig.view.seconds_left is not None


def test_notes_tell_of_a_cancel_and_of_a_pool_without_a_worker() -> None:
    rig = Rig()
    waits = [jobs_pb2.CapacityWait(pool="pools/camera-clip", since_time=Timestamp(seconds=990))]

    rig.view.apply(event("GENERATING_VIDEO", cancel_requested=True, waiting_for_capacity=waits))

    assert rig.view.notes() == [
        "cancel requested; waiting for what runs",
        "pools/camera-clip has had no worker for 10 s",
    ]


def test_notes_tell_of_a_studio_that_is_away_until_it_answers() -> None:
    rig = Rig()
    rig.view.apply(event("GENERATING_VIDEO"))
    rig.view.away_seconds = 12.4
    away = rig.view.notes()

    rig.view.apply(progress(1, 45))

    assert away == ["the studio has not answered for 12 s; asking again"]
    assert rig.view.notes() == []
