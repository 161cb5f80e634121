"""The measurements of the gateway run: a moment of each, at a size that says nothing about speed."""

from __future__ import annotations

import json
import os

import pytest

from bench import forwarding, signing_in, transcoding, watching
from bench.edge.sample import sample_job
from bench.edge_peer.models import job_document, job_model
from studio_gateway.http.answers import message_json


@pytest.mark.heavy
def test_forwarding_counts_calls_and_processor_time_of_both_sides() -> None:
    cores = os.sched_getaffinity(0)
    try:
        measured = forwarding.measure(rounds=1, seconds=0.2)
    finally:
        os.sched_setaffinity(0, cores)

    assert measured.keys() == {forwarding.OURS, forwarding.BARE}
    assert all(one.calls > 0 for rounds in measured.values() for one in rounds)


@pytest.mark.heavy
def test_transcoding_answers_every_request() -> None:
    cores = os.sched_getaffinity(0)
    try:
        measured = transcoding.measure(rounds=1, seconds=0.2, with_peers=False)
    finally:
        os.sched_setaffinity(0, cores)

    assert [one.calls > 0 for one in measured[transcoding.OURS]] == [True]


@pytest.mark.heavy
def test_every_watcher_has_its_events_and_the_one_for_all() -> None:
    cores = os.sched_getaffinity(0)
    try:
        seen = watching.measure(streams=10, rate=50, seconds=0.2)
    finally:
        os.sched_setaffinity(0, cores)

    assert len(seen.delays_seconds) == 10
    assert len(seen.last_seconds) == watching.BURSTS


@pytest.mark.heavy
def test_sign_ins_are_answered_or_shed_while_calls_go_on() -> None:
    seen = signing_in.measure(logins=10, calls=10, seconds=0.3)

    assert len(seen.alone_seconds) == len(seen.beside_seconds) == 3
    assert sum(seen.codes.values()) == 3
    assert seen.codes.keys() <= {"UNAUTHENTICATED", "RESOURCE_EXHAUSTED"}


def test_the_peers_answer_is_ours() -> None:
    job = sample_job()

    ours = json.loads(message_json(job))

    assert job_document(job) == ours
    assert json.loads(job_model(job).model_dump_json(by_alias=True)) == ours
