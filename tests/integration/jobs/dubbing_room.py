"""A project whose lines a test translates."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.translations.v1 import translations_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.moderation import LocalPolicy
from studio_jobs.scripthelp.port import ScriptHelp
from studio_jobs.scripthelp.rules import RulesHelp
from studio_jobs.servicers.translations import TranslationsServicer
from studio_jobs.store.boards import Boards
from tests.integration.jobs.cutting_room import CuttingRoom
from tests.integration.jobs.stage import Stage


def translations_servicer(stage: Stage, script_help: ScriptHelp | None = None) -> TranslationsServicer:
    """The translations of a stage's projects; without a `script_help` no model translates."""
    boards = Boards(stage.database, Breakdowns(stage.database))
    return TranslationsServicer(boards, stage.projects, stage.log, script_help or RulesHelp(), LocalPolicy())


async def listed(room: CuttingRoom, language: str = "de") -> list[translations_pb2.Translation]:
    """Everything that can be translated, with its translations."""
    request = translations_pb2.ListTranslationsRequest(project=room.name, language=language)
    response = await translations_servicer(room.stage).ListTranslations(request, None)
    return list(response.translations)


async def translate(
    room: CuttingRoom, texts: Mapping[str, str], language: str = "de"
) -> translations_pb2.ImportTranslationsResponse:
    """Bring translations by what the lines say now."""
    brought = [
        translations_pb2.TranslatedText(
            id=line.id, source_text=line.source_text, text=texts[line.source_text]
        )
        for line in await listed(room, language)
        if line.source_text in texts
    ]
    request = translations_pb2.ImportTranslationsRequest(project=room.name, language=language, texts=brought)
    return await translations_servicer(room.stage).ImportTranslations(request, None)
