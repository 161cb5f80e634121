"""What a project's film says in other languages, as documents, and brought again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format

from filmstudio.client import FilmStudio
from filmstudio.translations.v1 import translations_pb2


async def translation_documents(studio: FilmStudio, project: str) -> dict[str, list[Mapping[str, Any]]]:
    """The translated texts by language, with what they were made of; not those of lines that are gone."""
    languages = (await studio.translations.languages(project)).languages
    return {language: await _texts(studio, project, language) for language in languages}


async def _texts(studio: FilmStudio, project: str, language: str) -> list[Mapping[str, Any]]:
    return [
        json_format.MessageToDict(
            translations_pb2.TranslatedText(
                id=line.id, source_text=line.translated_source_text or line.source_text, text=line.text
            )
        )
        for line in await studio.translations.every(project, language)
        if line.text
    ]


async def bring_translations(
    studio: FilmStudio, project: str, documents: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Keep them again. Raises FilmStudioError, and ParseError for malformed documents."""
    for language, texts in documents.items():
        brought = [json_format.ParseDict(dict(text), translations_pb2.TranslatedText()) for text in texts]
        if brought:
            await studio.translations.bring(project, language, brought)
