"""TranslationsService."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from filmstudio.translations.v1 import translations_pb2, translations_pb2_grpc
from studio_jobs import convert
from studio_jobs.moderation import Moderator, Passage
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_number_token, write_token
from studio_jobs.screenplay.languages import language_tag
from studio_jobs.scripthelp.port import (
    DEFAULT_LANGUAGE,
    TRANSLATED_LINES_MAX,
    LineToTranslate,
    ScriptHelp,
)
from studio_jobs.store.boards import Boards
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.projects import Projects
from studio_jobs.timeline.messages import Board
from studio_jobs.translations import messages
from studio_jobs.translations.documents import (
    TRANSLATION_KIND,
    Tongue,
    Translated,
    same_text,
    tongues,
    translation_subject,
    write_translation,
)
from studio_jobs.translations.lines import SourceText, Standing, TextKind
from studio_platform.errors import FieldViolation, InvalidInput

PAGE_DEFAULT = 500
PAGE_MAX = 1000


class TranslationsServicer(translations_pb2_grpc.TranslationsServiceServicer):
    """What the films of the caller's projects say in other languages."""

    def __init__(
        self,
        boards: Boards,
        projects: Projects,
        log: EditLog,
        script_help: ScriptHelp,
        moderator: Moderator,
    ) -> None:
        self._boards = boards
        self._projects = projects
        self._log = log
        self._help = script_help
        self._moderator = moderator

    async def ListTranslationLanguages(
        self, request: translations_pb2.ListTranslationLanguagesRequest, context: Any
    ) -> translations_pb2.ListTranslationLanguagesResponse:
        board, _ = await self._read(_project(request.project))
        return translations_pb2.ListTranslationLanguagesResponse(
            languages=tongues(board.documents), source_language=board.breakdown.language or DEFAULT_LANGUAGE
        )

    async def ListTranslations(
        self, request: translations_pb2.ListTranslationsRequest, context: Any
    ) -> translations_pb2.ListTranslationsResponse:
        size = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        start = read_number_token(request.page_token)
        board, texts = await self._read(_project(request.project))
        tongue = _tongue(board, language_tag(request.language))
        more = start + size < len(texts)
        return translations_pb2.ListTranslationsResponse(
            translations=[messages.translation(text, tongue) for text in texts[start : start + size]],
            next_page_token=write_token(str(start + size)) if more else "",
            source_language=board.breakdown.language or DEFAULT_LANGUAGE,
        )

    async def ImportTranslations(
        self, request: translations_pb2.ImportTranslationsRequest, context: Any
    ) -> translations_pb2.ImportTranslationsResponse:
        project_id, language = _project(request.project), language_tag(request.language)
        _require_each_once([text.id for text in request.texts])
        board, texts = await self._read(project_id)
        known = {text.line_id: text for text in texts}
        brought = {
            text.id: Translated(text.source_text, text.text.strip())
            for text in request.texts
            if text.id in known
        }
        await self._keep(project_id, language, brought)
        kept = {line_id: it for line_id, it in brought.items() if it.text}
        current = sum(same_text(it.source, known[line_id].text) for line_id, it in kept.items())
        tongue = _tongue(await self._boards.renewed(current_workspace(), board), language)
        return translations_pb2.ImportTranslationsResponse(
            current=current,
            stale=len(kept) - current,
            unknown=len(request.texts) - len(brought),
            missing=_missing(texts, tongue),
        )

    async def FillTranslations(
        self, request: translations_pb2.FillTranslationsRequest, context: Any
    ) -> translations_pb2.FillTranslationsResponse:
        project_id, language = _project(request.project), language_tag(request.language)
        board, texts = await self._read(project_id)
        wanted = _open(texts, _tongue(board, language), narration=request.narration)
        now = wanted[:TRANSLATED_LINES_MAX]
        brought = await self._translated(now, board.breakdown.language or DEFAULT_LANGUAGE, language)
        await self._keep(project_id, language, brought)
        tongue = Tongue(language, brought)
        return translations_pb2.FillTranslationsResponse(
            filled=[messages.translation(text, tongue) for text in now],
            remaining=len(wanted) - len(now),
            writer=self._help.name,
        )

    async def _translated(
        self, texts: Sequence[SourceText], source: str, language: str
    ) -> dict[str, Translated]:
        """What the model makes of texts, by their ids. Raises InvalidInput for what the policy refuses."""
        if not texts:
            return {}
        passages = [Passage(text.text, text.line) for text in texts]
        refusal = await self._moderator.check(current_workspace(), passages)
        if refusal is not None:
            said = f"Line {refusal.line} is not allowed here: {refusal.category}."
            raise InvalidInput("CONTENT_REFUSED", said, violations=(FieldViolation("project", said),))
        lines = [
            LineToTranslate(text.text, text.character, text.delivery, text.expected_ms) for text in texts
        ]
        said_there = await self._help.translate(lines, source, language)
        return {
            text.line_id: Translated(text.text, said) for text, said in zip(texts, said_there, strict=True)
        }

    async def _keep(self, project_id: UUID, language: str, brought: Mapping[str, Translated]) -> None:
        async with self._log.editing(current_workspace(), project_id, current_author()) as editing:
            for line_id, translated in brought.items():
                subject, content = translation_subject(language, line_id), write_translation(translated)
                await editing.write(TRANSLATION_KIND, subject, content, f"translation into {language}")

    async def _read(self, project_id: UUID) -> tuple[Board, list[SourceText]]:
        """The board of a project, and what there is to translate."""
        workspace = current_workspace()
        board = await self._boards.of(workspace, project_id)
        project = await self._projects.get(workspace, project_id)
        if project is None:
            raise not_found(convert.project_name(project_id))
        return board, messages.texts_of(board.breakdown, board.documents, project.display_name)


def _project(name: str) -> UUID:
    return convert.parse_name(name, "projects", "project")


def _tongue(board: Board, language: str) -> Tongue:
    return tongues(board.documents).get(language, Tongue(language))


def _open(texts: Sequence[SourceText], tongue: Tongue, *, narration: bool) -> list[SourceText]:
    """What is missing or stale, in the film's order."""
    wanted = (text for text in texts if narration or text.kind is not TextKind.NARRATION)
    return [text for text in wanted if text.standing(tongue) is not Standing.TRANSLATED]


def _missing(texts: Sequence[SourceText], tongue: Tongue) -> int:
    spoken = (text for text in texts if text.kind is TextKind.DIALOGUE)
    return sum(text.standing(tongue) is not Standing.TRANSLATED for text in spoken)


def _require_each_once(ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        text = "must name each id once"
        raise InvalidInput("IDS_TWICE", f"texts {text}", violations=(FieldViolation("texts", text),))
