"""The calls of a project's translations."""

from __future__ import annotations

from collections.abc import Iterable

import grpc

from filmstudio.calls import Caller
from filmstudio.translations.v1 import translations_pb2, translations_pb2_grpc

TRANSLATIONS_PAGE_MAX = 1000
SCRIPT_HELP_SECONDS = 60.0


class Translations:
    """What a project's film says in other languages; each call raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._stub = translations_pb2_grpc.TranslationsServiceStub(channel)
        self._caller = caller

    async def languages(self, project: str) -> translations_pb2.ListTranslationLanguagesResponse:
        """The languages that something is translated into, and the film's own."""
        request = translations_pb2.ListTranslationLanguagesRequest(project=project)
        return await self._caller.unary(self._stub.ListTranslationLanguages, request)

    async def every(self, project: str, language: str) -> list[translations_pb2.Translation]:
        """What there is to translate in the film's order, with its translations into a language."""
        request = translations_pb2.ListTranslationsRequest(
            project=project, language=language, page_size=TRANSLATIONS_PAGE_MAX
        )
        found: list[translations_pb2.Translation] = []
        while True:
            page = await self._caller.unary(self._stub.ListTranslations, request)
            found += page.translations
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def bring(
        self, project: str, language: str, texts: Iterable[translations_pb2.TranslatedText]
    ) -> translations_pb2.ImportTranslationsResponse:
        """Keep translations into a language; twice by a lost answer is as once."""
        request = translations_pb2.ImportTranslationsRequest(project=project, language=language, texts=texts)
        return await self._caller.unary(self._stub.ImportTranslations, request)

    async def fill(
        self, project: str, language: str, *, narration: bool = False
    ) -> translations_pb2.FillTranslationsResponse:
        """Let the studio's model translate some of what is missing, and keep it."""
        request = translations_pb2.FillTranslationsRequest(
            project=project, language=language, narration=narration
        )
        return await self._caller.unary(self._stub.FillTranslations, request, SCRIPT_HELP_SECONDS)
