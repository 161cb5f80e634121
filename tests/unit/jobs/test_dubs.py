"""Outputs in other languages in a plan: what they add, and how long a line may take."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.timing import BREATH_FRAMES, resolve
from studio_jobs.render_options import completed
from studio_jobs.timeline.edits import ShotEdit, TimelineEdits
from studio_jobs.translations.documents import Tongue, Translated
from tests.unit.jobs.test_outputs import added, kinds
from tests.unit.jobs.test_timeline import MARA, MUTED, planned

DUB = jobs_pb2.Output(language="de")
CAPTIONS = jobs_pb2.Output(language="de", captions_only=True)
LINES, SCENES = 3, 3
RATE = task_pb2.Rate(numerator=24, denominator=1)


def test_a_language_adds_speech_sound_and_a_film_and_captions_a_film_alone() -> None:
    assert kinds(added(DUB)) == {"SPEECH": LINES, "SEGMENT": SCENES, "LEVELS": 1, "MASTER": SCENES, "FILM": 1}
    assert kinds(added(CAPTIONS)) == {"FILM": 1}


def test_two_outputs_of_a_language_have_its_speech_in_common() -> None:
    tall = jobs_pb2.Output(language="de", aspect="9:16")

    assert kinds(added(DUB, tall))["SPEECH"] == LINES


def test_languages_change_no_key_of_the_film() -> None:
    film = planned()

    assert planned(outputs=[DUB, CAPTIONS]).plan_keys[: len(film.plan_keys)] == film.plan_keys


def test_a_dubs_film_shows_the_films_own_pictures() -> None:
    film, dub = (task for task in planned(outputs=[DUB]).tasks if task.kind is TaskKind.FILM)

    cuts = {edge.producer for edge in film.inputs if edge.role.startswith("segment-")}
    assert {edge.producer for edge in dub.inputs if edge.role.startswith("picture-")} == cuts
    assert not cuts & {edge.producer for edge in dub.inputs if edge.role.startswith("segment-")}
    assert (dub.spec.film.language, dub.spec.film.spoken_language) == ("de", "de")


def test_a_muted_line_needs_no_translation() -> None:
    edits = TimelineEdits(shots={MARA.shot_id: ShotEdit(lines={1: MUTED})})

    [all_of_it], [without] = (planned(it, outputs=[CAPTIONS]).obstacles for it in (None, edits))

    assert "lacks 3 of 3" in all_of_it.text
    assert "lacks 2 of 2" in without.text


def test_outputs_are_called_by_their_language_written_as_it_usually_is() -> None:
    wanted = [
        jobs_pb2.Output(language="PT-br"),
        jobs_pb2.Output(language="zh-hant-tw", captions_only=True),
        jobs_pb2.Output(language="de", aspect="9:16"),
    ]

    full = completed(jobs_pb2.RenderOptions(narrate=False, outputs=wanted))

    assert [it.name for it in full.outputs] == ["pt-br", "zh-hant-tw-captions", "9x16-de"]
    assert [it.language for it in full.outputs] == ["pt-BR", "zh-Hant-TW", "de"]
    assert completed(full) == full


def window_ms(role: str, change_frames: int = 0) -> int:
    timing = task_pb2.ShotTiming(
        lead_frames=12, gap_frames=6, tail_frames=12, speech_roles=["speech-1", "speech-2"], rate=RATE
    )
    spec = task_pb2.TaskSpec(
        speech=task_pb2.SpeechSpec(window_role=role, window_change_frames=change_frames), timings=[timing]
    )
    resolved = resolve(spec, {"speech-1": 1_000, "speech-2": 2_000})
    assert resolved.speech == task_pb2.SpeechSpec(window_ms=resolved.speech.window_ms)
    assert len(resolved.timings) == 0
    return resolved.speech.window_ms


def test_a_line_has_the_time_until_the_next_one_or_the_end_of_its_shot_as_it_shows() -> None:
    breath_ms = BREATH_FRAMES * 1000 / 24

    assert window_ms("speech-1") == int(1_000 + 250 - breath_ms)
    assert window_ms("speech-2") == int(2_000 + 500 - breath_ms)
    assert window_ms("speech-2", change_frames=-24) == int(1_000 + 500 - breath_ms)
    assert window_ms("speech-1", change_frames=24) == window_ms("speech-1")


def test_a_line_that_got_another_number_in_its_shot_keeps_its_translation() -> None:
    tongue = Tongue("de", {"shot-a/line-1": Translated("Only  me.", "Nur ich.")})

    assert tongue.current("shot-a/line-2", "Only me.") == "Nur ich."
    assert tongue.current("shot-b/line-1", "Only me.") == ""
