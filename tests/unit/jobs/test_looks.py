"""What the cast looks like and where it stands, from the screenplay's words."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import bearing_of, cast_voices, wardrobe_of
from studio_jobs.domain.states import TaskKind
from studio_jobs.film_plan import build_plan
from studio_jobs.looks import looks_of, sides_of, surroundings_of, weather_before
from studio_jobs.production import PoolChoice, Production
from studio_jobs.render_options import completed
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Breakdown

SCRIPT = b"""INT. TICKET OFFICE - NIGHT

Rain on the window. A clock. IRIS, sixty, winds the clock above her counter. The rain goes on.

TOM
Is it gone?

IRIS
Yes.

TOM (soaked, out of breath) sits down.

EXT. PIER - DAY

TOM
Ah.
"""


def breakdown() -> Breakdown:
    return break_down(read(SCRIPT))


def voices() -> dict[str, str]:
    return cast_voices(breakdown().characters, {})


def stills() -> list[task_pb2.StillSpec]:
    pools = {kind: PoolChoice("pool", task_pb2.EngineRef(engine="null", revision="1")) for kind in TaskKind}
    options = completed(jobs_pb2.RenderOptions(narrate=False))
    plan = build_plan(breakdown(), Production("project", "Untitled", options, pools, voices()))
    return [task.spec.still for task in plan.tasks if task.kind == TaskKind.STILL]


def test_a_look_is_what_introduces_a_name_and_what_the_voice_says() -> None:
    looks = looks_of(breakdown(), voices(), {})

    assert looks == {"IRIS": "woman, sixty", "TOM": "man, soaked, out of breath"}


def test_what_someone_does_is_no_look() -> None:
    film = break_down(read(b"INT. ROOM - DAY\n\nMARA, sixty, sits by the fire.\n\nMARA\nNo.\n"))

    assert looks_of(film, cast_voices(film.characters, {}), {}) == {"MARA": "woman, sixty"}


def test_a_look_that_was_given_stays() -> None:
    assert looks_of(breakdown(), voices(), {"IRIS": "a tall sailor"})["IRIS"] == "a tall sailor"


def test_a_scenes_people_stand_on_sides_by_turns() -> None:
    assert sides_of(breakdown().scenes[0]) == {"IRIS": -1, "TOM": 1}


def test_surroundings_are_each_word_of_weather_and_walls_once() -> None:
    assert [surroundings_of(scene) for scene in breakdown().scenes] == ["rain clock", ""]


def test_voices_of_one_bearing_have_wardrobes_of_their_own() -> None:
    cast = cast_voices(["ANNA", "MARY", "KATE", "PETER", "JOHN"], {})

    worn = [(bearing_of(voice), wardrobe_of(voice, "project")) for voice in cast.values()]

    assert len(set(worn)) == 5
    assert wardrobe_of("someone else's", "project") == 0


def test_the_first_to_appear_look_otherwise_in_another_film() -> None:
    assert len({wardrobe_of("am_michael", project) for project in ("one", "two", "three", "four")}) > 1


def test_a_look_is_kept_when_somebody_joins_the_cast() -> None:
    before = cast_voices(["ANNA", "PETER"], {})

    after = cast_voices(["ANNA", "CLARA", "JOHN", "PETER"], before)

    assert {name: wardrobe_of(after[name], "project") for name in before} == {
        name: wardrobe_of(voice, "project") for name, voice in before.items()
    }


def test_weather_goes_on_in_a_scene_that_continues_without_a_break() -> None:
    film = break_down(
        read(
            b"INT. ROOM - NIGHT\n\nRain. A clock.\n\nINT. HALL - CONTINUOUS\n\nA door.\n\n"
            b"INT. ROOM - LATER\n\nA door.\n"
        )
    )

    assert [weather_before(film.scenes, scene) for scene in film.scenes] == [[], ["rain"], []]


def test_a_still_is_told_side_wardrobe_look_and_surroundings() -> None:
    still = next(spec for spec in stills() if any(figure.name == "TOM" for figure in spec.figures))
    tom = next(figure for figure in still.figures if figure.name == "TOM")

    assert (tom.side, tom.wardrobe, tom.look) == (task_pb2.SIDE_RIGHT, 1, "man, soaked, out of breath")
    assert still.surroundings == "rain clock"
