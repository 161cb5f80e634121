"""How long runs and whole films are expected to take."""

from __future__ import annotations

import random
from collections.abc import Sequence

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.paces import SAMPLES_MAX, Band, PaceKey, Pacer, Paces, sample_of, work_of
from studio_jobs.domain.schedules import (
    BASE_MS,
    PERMILLE,
    RUN_OVERHEAD_MS,
    Step,
    wall_band,
    wall_key,
    wall_ms,
)


def step(number: int, run_ms: int | None, *inputs: int, pool: str = "a") -> Step:
    return Step(number, pool, run_ms, inputs)


def time_of(*steps: Step, **slots: int) -> int:
    """Without what each film and each run costs besides."""
    return wall_ms(steps, slots or {"a": 1, "b": 1}) - BASE_MS


def test_one_slot_does_one_run_after_the_other() -> None:
    assert time_of(step(1, 100), step(2, 100)) == 200 + 2 * RUN_OVERHEAD_MS


def test_slots_and_pools_work_beside_each_other() -> None:
    assert time_of(step(1, 100), step(2, 100), a=2) == 100 + RUN_OVERHEAD_MS
    assert time_of(step(1, 100), step(2, 100, pool="b")) == 100 + RUN_OVERHEAD_MS


def test_a_run_waits_for_its_inputs() -> None:
    chain = (step(1, 100), step(2, 50, 1, pool="b"), step(3, 10, 1, 2))

    assert time_of(*chain) == 160 + 3 * RUN_OVERHEAD_MS


def test_what_is_there_takes_no_time_and_no_slot() -> None:
    assert time_of(step(1, None), step(2, None, 1), step(3, None, 2)) == 0


def test_the_longest_way_decides_when_there_are_slots_for_all() -> None:
    wide = [step(number, 10 * number) for number in range(1, 20)]

    assert time_of(*wide, a=64) == 190 + RUN_OVERHEAD_MS


def still(width_px: int = 1280, engine: str = "e") -> task_pb2.TaskSpec:
    size = task_pb2.Size(width_px=width_px, height_px=720)
    return task_pb2.TaskSpec(
        kind=task_pb2.TASK_KIND_STILL,
        engine=task_pb2.EngineRef(engine=engine),
        still=task_pb2.StillSpec(size=size),
    )


def test_a_run_takes_what_runs_like_it_took() -> None:
    work = work_of(still(), 0)
    paces = {work.key: [sample_of(work, 300)] * SAMPLES_MAX}

    found = Pacer(paces).expected(work)

    assert found.is_known
    assert (found.run_ms.expected, found.run_ms.low <= 300 <= found.run_ms.high) == (300, True)
    assert found.run_ms.high < 320


def test_newer_runs_weigh_more() -> None:
    work = work_of(still(), 0)
    paces = {work.key: [sample_of(work, 100)] * 20 + [sample_of(work, 400)] * 20}

    assert Pacer(paces).expected(work).run_ms.expected == 400


def test_runs_of_another_size_are_scaled_and_said_to_be_no_knowledge() -> None:
    small, large = work_of(still(640), 0), work_of(still(2560), 0)

    found = Pacer({small.key: [sample_of(small, 100)]}).expected(large)

    assert (found.is_known, found.run_ms.expected) == (False, 400)


def test_an_engine_that_never_ran_has_a_wide_band() -> None:
    band = Pacer({}).expected(work_of(still(), 0)).run_ms

    assert band.low * 20 < band.high


def test_film_that_is_drawn_over_has_a_pace_of_its_own() -> None:
    size, rate = task_pb2.Size(width_px=1280, height_px=720), task_pb2.Rate(numerator=24, denominator=1)
    copied, drawn = (
        task_pb2.TaskSpec(
            kind=task_pb2.TASK_KIND_FILM,
            engine=task_pb2.EngineRef(engine="e"),
            film=task_pb2.FilmSpec(size=size, rate=rate, caption_style=style),
        )
        for style in (None, task_pb2.CaptionStyle(burned_in=True))
    )
    known, other = work_of(copied, 60_000), work_of(drawn, 60_000)

    found = Pacer({known.key: [sample_of(known, 500)]})

    assert found.expected(known).run_ms.expected == 500
    assert found.expected(other).is_known is False
    assert found.expected(other).run_ms.expected > 5_000


def test_most_runs_lie_in_the_band_of_those_before_them() -> None:
    dice, work = random.Random(5), work_of(still(), 0)  # noqa: S311 -- a simulation
    samples: list[int] = []
    hits = 0
    for _ in range(400):
        true_ms = round(dice.lognormvariate(6, 0.4))
        if len(samples) >= 20:
            band = Pacer({work.key: samples[-SAMPLES_MAX:]}).expected(work).run_ms
            hits += band.low <= true_ms <= band.high
        samples.append(sample_of(work, true_ms))

    assert hits >= 0.75 * 380


def walls(ratios: Sequence[int], scheduled_ms: int = 1000) -> Band:
    return band_of(Band(500, scheduled_ms, 2000), {wall_key(scheduled_ms): ratios})


def band_of(scheduled: Band, paces: Paces) -> Band:
    """The band of a film that is scheduled to take so long."""
    return wall_band(lambda end: int(getattr(scheduled, end)), paces)


def test_a_film_of_which_little_is_known_has_twice_the_band_of_its_runs() -> None:
    assert walls([1000]) == Band(250, 1000, 4000)


def test_the_band_is_where_films_like_it_ended() -> None:
    assert walls([900, *[1000] * 18, 1500]) == Band(900, 1000, 1500)


def test_films_of_other_lengths_serve_where_there_are_too_few_like_it() -> None:
    others = {wall_key(10**6): [2 * PERMILLE] * 20, wall_key(1000): [PERMILLE]}

    assert band_of(Band(1, 1000, 1), others).expected == 2000


def test_only_films_count_and_no_runs() -> None:
    runs = {PaceKey("null", 1, 20, 1): [5] * 40}

    assert band_of(Band(10, 10, 10), runs) == Band(5, 10, 20)


def test_after_twenty_films_four_in_five_of_the_next_twenty_end_within_their_band() -> None:
    hits = [hits_of_a_studio(seed) for seed in range(20)]

    assert sum(hits) >= 0.9 * 20 * len(hits)
    assert sum(own >= 16 for own in hits) >= len(hits) - 1


def hits_of_a_studio(seed: int) -> int:
    """Of its second twenty films, how many end within the band that was said before.

    Runs take what a loaded machine makes of them: by chance, and all of a film's more when it is slow.
    """
    dice = random.Random(seed)  # noqa: S311 -- a simulation
    work = work_of(still(), 0)
    samples: list[int] = []
    ratios: list[int] = []
    hits = 0
    for film in range(40):
        slowness = dice.lognormvariate(0, 0.25)
        steps = [step(number, round(slowness * dice.lognormvariate(6, 0.5))) for number in range(1, 31)]
        true_ms = wall_ms(steps, {"a": 2})
        band, scheduled_ms = planned(samples, ratios, runs=30)
        if film >= 20:
            hits += band.low <= true_ms <= band.high
        if film:
            ratios.append(true_ms * PERMILLE // scheduled_ms)
        samples += [sample_of(work, one.run_ms or 0) for one in steps]
    return hits


def planned(samples: Sequence[int], ratios: Sequence[int], runs: int) -> tuple[Band, int]:
    """The band of a film of so many runs, and its scheduled time, from what was before."""
    work = work_of(still(), 0)
    run = Pacer({work.key: samples[-SAMPLES_MAX:]}).expected(work).run_ms
    ends = [
        wall_ms([step(number, ms) for number in range(1, runs + 1)], {"a": 2})
        for ms in (run.low, run.expected, run.high)
    ]
    scheduled = Band(*ends)
    return band_of(scheduled, {wall_key(scheduled.expected): ratios[-SAMPLES_MAX:]}), scheduled.expected
