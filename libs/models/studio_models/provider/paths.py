"""Calls of paths by name: the openai package gives its methods for videos up, open servers go on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import openai

_STREAMED = {"X-Stainless-Raw-Response": "stream"}
"""Has the package hand over the answer as it comes, as its own streaming methods do."""

File = tuple[str, bytes, str]
"""Name, content and media type."""


@asynccontextmanager
async def got(client: openai.AsyncOpenAI, path: str) -> AsyncIterator[Any]:
    """The answer to a GET, to be read within the block."""
    response: Any = await client.get(path, cast_to=object, options={"headers": _STREAMED})
    try:
        yield response
    finally:
        await response.close()


@asynccontextmanager
async def posted(
    client: openai.AsyncOpenAI,
    path: str,
    fields: Mapping[str, Any],
    files: Mapping[str, File],
    headers: Mapping[str, str],
) -> AsyncIterator[Any]:
    """The answer to a POST of a form with files, to be read within the block."""
    form = {"Content-Type": "multipart/form-data", **_STREAMED, **headers}
    response: Any = await client.post(
        path, cast_to=object, body=dict(fields), files=dict(files), options={"headers": form}
    )
    try:
        yield response
    finally:
        await response.close()
