from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from studio_platform import ids
from studio_platform.ids import IdSequence, new_id


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_are_version_7_and_carry_the_time() -> None:
    before_ms = time.time_ns() // 1_000_000
    made = IdSequence().next()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before_ms <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_a_clock_that_goes_back_makes_no_smaller_id() -> None:
    sequence = IdSequence()
    with mock.patch.object(ids, "time", mock.Mock(time_ns=iter((5_000_000, 3_000_000, 6_000_000)).__next__)):
        made = [sequence.next() for _ in range(3)]
    assert made == sorted(made)
    assert [each.int >> 80 for each in made] == [5, 5, 6]


def test_a_millisecond_that_runs_out_of_numbers_borrows_from_the_next() -> None:
    sequence = IdSequence()
    clock = mock.Mock(time_ns=lambda: 5_000_000)
    with (
        mock.patch.object(ids, "time", clock),
        mock.patch.object(ids, "secrets", mock.Mock(randbits=lambda bits: (1 << bits) - 1)),
    ):
        made = [sequence.next() for _ in range(3)]
    assert made == sorted(made)
    assert [each.int >> 80 for each in made] == [5, 6, 7]


def test_threads_never_get_the_same_id() -> None:
    sequence = IdSequence()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: sequence.next(), range(4_000)))
    assert len(set(made)) == len(made)
