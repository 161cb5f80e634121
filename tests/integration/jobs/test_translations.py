"""Translations of a project's lines: kept as edits, stale when a line changes, asked for before a job."""

from __future__ import annotations

from uuid import uuid4

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.translations.v1 import translations_pb2
from studio_jobs.plan_messages import render_plan
from studio_jobs.scripthelp.model_help import ModelHelp
from studio_jobs.scripthelp.provider import Provider, open_model
from studio_platform.clock import ManualClock
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.dubbing_room import listed, translate, translations_servicer
from tests.integration.jobs.model_server import Reply, model_server, says
from tests.integration.jobs.stage import Stage

SCRIPT = b"""Title: Two Rooms

INT. KITCHEN - NIGHT

MARA stands by the table.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A bus stops.
"""
GERMAN = {"Is anybody there?": "Ist da jemand?", "Only me.": "Nur ich."}
CAPTIONS = jobs_pb2.Output(language="de", captions_only=True)
TRANSLATED = translations_pb2.TRANSLATION_STATE_TRANSLATED
STALE = translations_pb2.TRANSLATION_STATE_STALE
MISSING = translations_pb2.TRANSLATION_STATE_MISSING


@pytest.fixture
async def room(stage: Stage) -> CuttingRoom:
    return await open_cutting_room(stage, SCRIPT)


async def states(room: CuttingRoom) -> dict[str, int]:
    return {line.source_text: line.state for line in await listed(room)}


async def test_cards_headings_lines_and_what_a_narrator_may_say_are_listed_in_the_films_order(
    room: CuttingRoom,
) -> None:
    lines = await listed(room)

    kinds = [translations_pb2.TranslationKind.Name(line.kind).split("_")[-1] for line in lines]
    assert kinds == ["TITLE", "HEADING", "NARRATION", "DIALOGUE", "DIALOGUE", "HEADING", "NARRATION"]
    assert [(line.shot, line.character, line.source_text) for line in lines if line.character == "TOM"] == [
        ("1.3", "TOM", "Only me.")
    ]
    assert {line.state for line in lines} == {MISSING}


async def test_an_import_is_one_edit_that_is_taken_back_and_done_again(room: CuttingRoom) -> None:
    told = await translate(room, GERMAN)
    after = await states(room)

    await room.undo()
    undone = await states(room)
    await room.redo()

    assert (told.current, told.stale, told.unknown, told.missing) == (2, 0, 0, 0)
    assert [after[text] for text in GERMAN] == [TRANSLATED, TRANSLATED]
    assert set(undone.values()) == {MISSING}
    assert await states(room) == after


async def test_a_changed_line_makes_its_translation_stale_and_the_old_line_makes_it_current_again(
    room: CuttingRoom,
) -> None:
    await translate(room, GERMAN)

    await room.bring(SCRIPT.replace(b"Only me.", b"Just me."))
    [line] = [line for line in await listed(room) if line.character == "TOM"]
    await room.bring(SCRIPT)

    assert (line.state, line.text, line.translated_source_text) == (STALE, "Nur ich.", "Only me.")
    assert (await states(room))["Only me."] == TRANSLATED


async def test_a_translation_of_an_older_line_is_kept_as_stale_and_one_of_no_line_is_not(
    room: CuttingRoom,
) -> None:
    [line] = [line for line in await listed(room) if line.character == "TOM"]
    texts = [
        translations_pb2.TranslatedText(id=line.id, source_text="It is me.", text="Ich bin's."),
        translations_pb2.TranslatedText(id="shot-gone-1/line-1", source_text="Hello.", text="Hallo."),
    ]

    told = await translations_servicer(room.stage).ImportTranslations(
        translations_pb2.ImportTranslationsRequest(project=room.name, language="de", texts=texts), None
    )

    assert (told.current, told.stale, told.unknown, told.missing) == (0, 1, 1, 2)


async def test_an_empty_text_takes_a_translation_away(room: CuttingRoom) -> None:
    await translate(room, GERMAN)

    told = await translate(room, {"Only me.": ""})

    assert (told.missing, (await states(room))["Only me."]) == (1, MISSING)


async def test_a_language_is_known_by_its_tag_however_it_is_written(room: CuttingRoom) -> None:
    await translate(room, GERMAN, "PT-br")

    request = translations_pb2.ListTranslationLanguagesRequest(project=room.name)
    told = await translations_servicer(room.stage).ListTranslationLanguages(request, None)

    assert (list(told.languages), told.source_language) == (["pt-BR"], "en")


async def test_a_film_in_a_language_that_lacks_lines_is_refused_before_anything_runs_and_names_them(
    room: CuttingRoom,
) -> None:
    await translate(room, {"Only me.": "Nur ich."})

    with pytest.raises(FailedPrecondition) as refused:
        await room.submit(outputs=[CAPTIONS])

    assert refused.value.reason == "SCREENPLAY_TRANSLATION_MISSING"
    assert "lacks 1 of 2 lines in de: shot 1.2 MARA “Is anybody there?”." in refused.value.user_text
    assert "film translations PROJECT de --export FILE.po" in refused.value.user_text


async def test_a_plan_says_what_a_job_would_be_refused_for(room: CuttingRoom) -> None:
    before = render_plan(await room.plan(outputs=[CAPTIONS]), "EUR").obstacles
    await translate(room, GERMAN)
    after = render_plan(await room.plan(outputs=[CAPTIONS]), "EUR").obstacles

    assert [(it.output, it.reason) for it in before] == [("de-captions", "SCREENPLAY_TRANSLATION_MISSING")]
    assert list(after) == []


async def test_a_stale_line_is_refused_as_a_missing_one_and_an_output_in_the_films_own_language_too(
    room: CuttingRoom,
) -> None:
    await translate(room, GERMAN)
    await room.bring(SCRIPT.replace(b"Only me.", b"Just me."))

    with pytest.raises(FailedPrecondition, match=r"“Just me\.”, changed since it was translated"):
        await room.submit(outputs=[CAPTIONS])
    with pytest.raises(FailedPrecondition, match="is in en, and so is the film"):
        await room.submit(outputs=[jobs_pb2.Output(language="EN")])


async def test_a_job_has_the_translations_that_it_was_created_with(room: CuttingRoom) -> None:
    await translate(room, GERMAN)
    job = await room.submit(outputs=[CAPTIONS])
    await translate(room, {"Only me.": "Bloß ich."})

    done = await room.stage.run_to_end(job)

    assert done.output_keys != (await room.render(outputs=[CAPTIONS])).output_keys
    tasks = await room.stage.jobs.tasks_page(room.stage.workspace, job.job_id, 0, 10_000)
    assert any(b"Nur ich." in row["spec"] for row in tasks)
    assert not any("Bloß ich.".encode() in row["spec"] for row in tasks)


def answers(*texts: str) -> Reply:
    """A model that says these translations."""
    return says({"lines": [{"number": at, "text": text} for at, text in enumerate(texts, start=1)]})


async def test_a_model_translates_what_is_missing_or_stale_and_nothing_else_as_one_edit(
    room: CuttingRoom,
) -> None:
    await translate(room, {"Only me.": "Nur ich."})
    request = translations_pb2.FillTranslationsRequest(project=room.name, language="de")
    async with model_server() as server:
        server.replies.append(
            answers("Zwei Zimmer", "INNEN. KÜCHE - NACHT", "Ist da jemand?", "AUSSEN. STRASSE - TAG")
        )
        provider = Provider(server.address, "a key", "small-model", 5.0, 900, pause_seconds=0)
        async with open_model(provider, ManualClock()) as model:
            servicer = translations_servicer(room.stage, ModelHelp(model))
            told = await servicer.FillTranslations(request, None)
            again = await servicer.FillTranslations(request, None)

    asked = str(server.asked[0])
    assert (told.writer, told.remaining, len(again.filled)) == ("small-model", 0, 0)
    assert [line.text for line in told.filled][2] == "Ist da jemand?"
    assert "number 3 | MARA | 1.1 s, at most 22 characters | Is anybody there?" in asked
    assert "Only me." not in asked
    states_now = await states(room)
    assert {states_now[text] for text in ("Two Rooms", *GERMAN)} == {TRANSLATED}
    await room.undo()
    assert (await states(room))["Is anybody there?"] == MISSING


async def test_a_model_that_leaves_a_line_out_is_asked_once_more_and_told_which(room: CuttingRoom) -> None:
    request = translations_pb2.FillTranslationsRequest(project=room.name, language="de")
    whole = ("Zwei Zimmer", "KÜCHE", "Ist da jemand?", "Nur ich.", "STRASSE")
    async with model_server() as server:
        server.replies.extend([answers(*whole[:-1]), answers(*whole)])
        provider = Provider(server.address, "a key", "small-model", 5.0, 900, pause_seconds=0)
        async with open_model(provider, ManualClock()) as model:
            told = await translations_servicer(room.stage, ModelHelp(model)).FillTranslations(request, None)

    assert len(told.filled) == len(whole)
    assert "There is nothing for the number 5." in str(server.asked[1])


async def test_without_a_model_nothing_is_translated_and_the_cure_is_said(room: CuttingRoom) -> None:
    request = translations_pb2.FillTranslationsRequest(project=room.name, language="de")

    with pytest.raises(FailedPrecondition, match="has no language model") as refused:
        await translations_servicer(room.stage).FillTranslations(request, None)

    assert refused.value.reason == "SCRIPT_HELP_WITHOUT_MODEL"


async def test_another_workspace_sees_no_translation(room: CuttingRoom) -> None:
    await translate(room, GERMAN)
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))

    for call in (listed(room), translate(room, GERMAN)):
        with pytest.raises(NotFound):
            await call


async def test_an_id_that_is_named_twice_is_refused(room: CuttingRoom) -> None:
    text = translations_pb2.TranslatedText(id="film/title", source_text="Two Rooms", text="Zwei Zimmer")
    request = translations_pb2.ImportTranslationsRequest(project=room.name, language="de", texts=[text, text])

    with pytest.raises(InvalidInput, match="must name each id once"):
        await translations_servicer(room.stage).ImportTranslations(request, None)
