"""Help without a model, and drafts as Fountain."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from filmstudio.scripthelp.v1 import answers_pb2
from studio_jobs.screenplay import Kind, Severity, break_down, read
from studio_jobs.screenplay.reader import Form
from studio_jobs.scripthelp.drafts import DraftUnreadable, fountain_of
from studio_jobs.scripthelp.port import Topic
from studio_jobs.scripthelp.rules import RulesHelp
from studio_jobs.settings import JobsSettings
from studio_platform.errors import InvalidInput
from studio_platform.interceptors.validation import check

TOPICS = (
    "a lighthouse keeper named Vera finds a key at night",
    "街道上的狐狸",
    "INT. [[ /* @@ ^ > <",
    "FADE TO: BLACK",
    "a" * 2000,
    "Title: Trick\n\nEXT. FIELD - DAY",
    ".",
    "*_* #1#",
    "a fox\x0e in\0 a field\x9f",
)
SCRIPT = b"INT. HALL - NIGHT\n\nIRIS, sixty, winds the clock.\n\nIRIS\nWho is there?\n"


async def test_a_topic_that_no_voice_can_say_is_bad_input() -> None:
    with pytest.raises(InvalidInput, match="No voice can say") as caught:
        await RulesHelp().write(Topic("\U000214fc\xb0x", 2))

    assert [violation.field for violation in caught.value.violations] == ["topic"]


@pytest.mark.parametrize("topic", TOPICS)
async def test_whatever_the_topic_the_draft_has_three_scenes_without_an_error(topic: str) -> None:
    written = await RulesHelp().write(Topic(topic, 2))

    screenplay = read(written.content, form=Form.FOUNTAIN)
    assert sum(element.kind is Kind.SCENE_HEADING for element in screenplay.elements) == 3
    assert not [remark for remark in screenplay.diagnostics if remark.severity is Severity.ERROR]
    assert all(scene.shots for scene in break_down(screenplay).scenes)


async def test_the_same_topic_is_always_the_same_draft() -> None:
    first, second = [await RulesHelp().write(Topic("two brothers and a boat", 2)) for _ in range(2)]

    assert first == second


async def test_the_draft_takes_names_place_time_and_thing_from_the_topic() -> None:
    content = (await RulesHelp().write(Topic(TOPICS[0], 2))).content.decode()

    assert "INT. LIGHTHOUSE - NIGHT" in content
    assert "\nVERA\n" in content
    assert "On the table, a key." in content


async def test_the_draft_says_that_it_is_a_template() -> None:
    (remark,) = (await RulesHelp().write(Topic("a boat", 2))).remarks

    assert (remark.code, remark.severity) == ("TEMPLATE_DRAFT", Severity.INFO)


async def test_prompts_by_rule_say_what_those_in_frame_look_like() -> None:
    breakdown = break_down(read(SCRIPT))
    shot = breakdown.scenes[0].shots[0]

    prompts = await RulesHelp().prompts(breakdown, [shot.shot_id])

    assert list(prompts) == [shot.shot_id]
    assert "sixty" in prompts[shot.shot_id]
    check(answers_pb2.ShotPrompt(shot_id=shot.shot_id, prompt=prompts[shot.shot_id]))


def draft(heading: str, *elements: answers_pb2.DraftElement) -> answers_pb2.ScreenplayDraft:
    return answers_pb2.ScreenplayDraft(
        title="T", scenes=[answers_pb2.DraftScene(heading=heading, elements=elements)]
    )


def action(text: str) -> answers_pb2.DraftElement:
    return answers_pb2.DraftElement(kind=answers_pb2.DRAFT_ELEMENT_KIND_ACTION, text=text)


def speech(character: str, text: str) -> answers_pb2.DraftElement:
    return answers_pb2.DraftElement(
        kind=answers_pb2.DRAFT_ELEMENT_KIND_SPEECH, character=character, text=text
    )


@pytest.mark.parametrize(
    "text",
    [
        "BANG!",
        "INT. is a word.",
        "> a mark",
        "~ a wave",
        "CUT TO:",
        "@home he waits.",
        "# one",
        "= two",
        "(so)",
    ],
)
def test_an_action_is_read_as_an_action_whatever_it_begins_with(text: str) -> None:
    screenplay = read(fountain_of(draft("INT. HALL - DAY", action(text)), "en"), form=Form.FOUNTAIN)

    assert [e.text for e in screenplay.elements if e.kind is Kind.ACTION] == [text]


@pytest.mark.parametrize("name", ["MARA", "张伟", "Dr. No", "R2-D2", "Ömer"])
def test_a_speaker_of_any_script_is_a_speaker(name: str) -> None:
    screenplay = read(fountain_of(draft("街道", speech(name, "Hm.")), "en"), form=Form.FOUNTAIN)

    assert [e.name for e in screenplay.elements if e.kind is Kind.CHARACTER] == [name.upper()]


def test_line_ends_and_marks_of_remarks_in_a_draft_open_nothing() -> None:
    hostile = draft(
        "INT. HALL - DAY", action("One.\n\nEXT. TRAP - DAY\n\n/* [[ two"), speech("A\nB", "C\n\nD")
    )

    screenplay = read(fountain_of(hostile, "en"), form=Form.FOUNTAIN)

    assert [e.text for e in screenplay.elements if e.kind is Kind.SCENE_HEADING] == ["INT. HALL - DAY"]


def test_a_draft_that_reads_otherwise_is_not_given_out() -> None:
    with pytest.raises(DraftUnreadable):
        fountain_of(draft("INT. HALL - DAY", speech("[[ ]]", "Hm.")), "en")


def test_the_job_service_does_not_load_the_models_client_before_a_model_is_set_up() -> None:
    program = "import sys, studio_jobs.__main__; print('openai' in sys.modules, 'httpx2' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]


def test_an_address_without_a_model_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        monkeypatch.setenv(f"FILM_{name}", "x")
    monkeypatch.setenv("FILM_SCRIPT_HELP_BASE_URL", "http://127.0.0.1:8000/v1")

    with pytest.raises(ValidationError, match="FILM_SCRIPT_HELP_MODEL"):
        JobsSettings()  # type: ignore[call-arg]
