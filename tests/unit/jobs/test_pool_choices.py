"""Which pools make a film: those that can make its size, or a refusal that says what can be made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_imagegen.engines.storyboard.engine import StoryboardEngine
from studio_jobs.domain.states import TaskKind
from studio_jobs.pool_choices import choose_pools
from studio_platform.errors import FailedPrecondition
from studio_videogen.engines.camera import CameraEngine

SEEN = datetime(2026, 11, 27, tzinfo=UTC)
OTHERS = (
    TaskKind.SPEECH,
    TaskKind.MUSIC,
    TaskKind.EFFECTS,
    TaskKind.SEGMENT,
    TaskKind.LEVELS,
    TaskKind.MASTER,
)
SIZES = [(1_280, 720), (1_080, 1_920), (3_840, 2_160), (2_160, 3_840), (3_840, 1_606), (2_160, 2_160)]


def pool(kind: TaskKind, width_px: int = 0, height_px: int = 0) -> dict[str, Any]:
    return {
        "pool": f"own-{kind.name.lower()}",
        "kind": kind,
        "engine": task_pb2.EngineRef(engine="own").SerializeToString(),
        "voices": (),
        "languages": (),
        "last_seen_at": SEEN,
        "width_max_px": width_px,
        "height_max_px": height_px,
    }


def pools_of_embedded_engines() -> list[Any]:
    still, clip = StoryboardEngine().describe(), CameraEngine().describe()
    return [
        pool(TaskKind.STILL, still.max_width_px, still.max_height_px),
        pool(TaskKind.CLIP, clip.max_width_px, clip.max_height_px),
        *(pool(kind) for kind in (*OTHERS, TaskKind.FILM)),
    ]


def options(width_px: int, height_px: int) -> jobs_pb2.RenderOptions:
    wanted = jobs_pb2.RenderOptions(target=jobs_pb2.TARGET_FILM)
    wanted.size.width_px, wanted.size.height_px = width_px, height_px
    return wanted


@pytest.mark.parametrize(("width_px", "height_px"), SIZES)
def test_the_embedded_engines_make_every_size_that_is_offered(width_px: int, height_px: int) -> None:
    chosen = choose_pools(options(width_px, height_px), pools_of_embedded_engines(), SEEN)

    assert {TaskKind.STILL, TaskKind.CLIP, TaskKind.FILM} <= set(chosen)


def test_a_size_that_no_pool_can_make_is_refused_with_what_can_be_made() -> None:
    with pytest.raises(FailedPrecondition) as refused:
        choose_pools(options(7_680, 4_320), pools_of_embedded_engines(), SEEN)

    assert refused.value.reason == "POOL_TOO_SMALL"
    assert "4800 x 4800" in str(refused.value)


def test_a_kind_that_nothing_makes_is_missing() -> None:
    without_clips = [row for row in pools_of_embedded_engines() if row["kind"] != TaskKind.CLIP]

    with pytest.raises(FailedPrecondition) as refused:
        choose_pools(options(1_280, 720), without_clips, SEEN)

    assert refused.value.reason == "POOL_MISSING"
