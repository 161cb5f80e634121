"""The Celery application: tasks that read files and write files, as the null engines of Film Studio do."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from celery import Celery, chain, chord

from bench.peer.files import files

Made = dict[str, Any]

app = Celery("film", broker=os.environ["BENCH_REDIS_URL"], backend=os.environ["BENCH_REDIS_URL"])
app.conf.update(
    task_acks_late=True,
    worker_prefetch_multiplier=int(os.environ["BENCH_PREFETCH"]),
    broker_connection_retry_on_startup=True,
)


def make(kind: str, inputs: Sequence[Made]) -> Made:
    """Read every input's files, write this kind's files; their names, digests and sizes."""
    for made in inputs:
        for part in made["parts"]:
            files().read(part["name"])
    sizes: Mapping[str, list[int]] = json.loads(os.environ["BENCH_SIZES"])
    parts = [_part(size_bytes) for size_bytes in sizes[kind]]
    return {"kind": kind, "parts": parts, "ended_at": time.time()}


def _part(size_bytes: int) -> dict[str, Any]:
    content, name = bytes(size_bytes), uuid4().hex
    files().write(name, content)
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": size_bytes}


def _still(_shot: int) -> Made:
    return make("STILL", ())


def _clip(still: Made) -> Made:
    return make("CLIP", (still,))


def _audio(kind: str) -> Made:
    return make(kind, ())


def _segment(parts: list[Made]) -> Made:
    return make("SEGMENT", parts)


def _film(segment: Made) -> Made:
    return make("FILM", (segment,))


still, clip, audio, segment, film = (
    app.task(body, name=body.__name__.strip("_")) for body in (_still, _clip, _audio, _segment, _film)
)


def film_of(shots: int) -> Any:
    """The graph of one film: stills, their clips, music and effects, the segment of all, the film."""
    header = [chain(still.s(shot), clip.s()) for shot in range(shots)]
    return chord([*header, audio.s("MUSIC"), audio.s("EFFECTS")], segment.s() | film.s())
