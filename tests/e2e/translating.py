"""A caller who translates, and outlives that the gateway is away."""

from __future__ import annotations

import grpc
import pytest

from filmstudio.translations.v1 import translations_pb2, translations_pb2_grpc
from tests.e2e.errands import patiently
from tests.e2e.visitors import Visitor


async def translate(somebody: Visitor, project: str) -> None:
    """A line translated and found so; without a model nothing is filled."""
    stub = translations_pb2_grpc.TranslationsServiceStub
    lines = translations_pb2.ListTranslationsRequest(project=project, language="de")
    first = (await patiently(somebody, stub, "ListTranslations", lines)).translations[0]
    text = translations_pb2.TranslatedText(id=first.id, source_text=first.source_text, text="Ein Zimmer")
    bring = translations_pb2.ImportTranslationsRequest(project=project, language="de", texts=[text])
    brought = await patiently(somebody, stub, "ImportTranslations", bring)
    asked = translations_pb2.ListTranslationLanguagesRequest(project=project)
    told = await patiently(somebody, stub, "ListTranslationLanguages", asked)
    fill = translations_pb2.FillTranslationsRequest(project=project, language="de")
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await patiently(somebody, stub, "FillTranslations", fill)
    assert (brought.current, list(told.languages)) == (1, ["de"])
    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
