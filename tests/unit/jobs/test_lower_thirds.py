"""Lower thirds in a plan: those of the screenplay, and names and places where options ask for them."""

from __future__ import annotations

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.lower_thirds import captioned
from studio_jobs.screenplay import break_down, read

SCRIPT = (
    b"INT. KITCHEN - NIGHT\n\nMARA waits. SUPER: 1940\n\nMARA\nHello?\n\nTOM (O.S.)\nHello.\n\n"
    b"INT. KITCHEN - LATER\n\nTOM\nGood night.\n\nMARA\nGood night.\n\nEXT. PIER\n\nRain.\n"
)
NAMES, PLACES = jobs_pb2.LOWER_THIRD_KIND_NAMES, jobs_pb2.LOWER_THIRD_KIND_PLACES


def written(*kinds: jobs_pb2.LowerThirdKind.ValueType) -> list[tuple[str, str]]:
    found = captioned(break_down(read(SCRIPT)), jobs_pb2.RenderOptions(lower_thirds=kinds))
    return [(it.text, it.small) for scene in found.scenes for shot in scene.shots for it in shot.supers]


def test_without_options_only_the_screenplays_are_written() -> None:
    assert written() == [("1940", "")]


def test_names_stand_where_each_speaker_is_first_seen_speaking() -> None:
    assert written(NAMES) == [("1940", ""), ("Mara", ""), ("Tom", "")]


def test_places_stand_at_the_first_shot_of_another_place() -> None:
    assert written(PLACES) == [("Kitchen", "Night"), ("1940", ""), ("Pier", "")]
