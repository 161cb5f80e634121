"""A caller who translates, and outlives that the gateway is away."""

from __future__ import annotations

from filmstudio.translations.v1 import translations_pb2, translations_pb2_grpc
from tests.e2e.errands import patiently
from tests.e2e.visitors import Visitor


async def translate(somebody: Visitor, project: str) -> None:
    """All lines translated and found so, after which nothing is left for a model to fill in."""
    stub = translations_pb2_grpc.TranslationsServiceStub
    asked = translations_pb2.ListTranslationsRequest(project=project, language="de")
    lines = (await patiently(somebody, stub, "ListTranslations", asked)).translations
    texts = [
        translations_pb2.TranslatedText(id=line.id, source_text=line.source_text, text="Ein Wort")
        for line in lines
    ]
    bring = translations_pb2.ImportTranslationsRequest(project=project, language="de", texts=texts)
    brought = await patiently(somebody, stub, "ImportTranslations", bring)
    known = translations_pb2.ListTranslationLanguagesRequest(project=project)
    told = await patiently(somebody, stub, "ListTranslationLanguages", known)
    fill = translations_pb2.FillTranslationsRequest(project=project, language="de")
    filled = await patiently(somebody, stub, "FillTranslations", fill)
    assert (brought.current, list(told.languages)) == (len(lines), ["de"])
    assert (list(filled.filled), filled.remaining) == ([], 0)
