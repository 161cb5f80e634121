"""The comments of a project as documents, and made again in another by whoever imports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from google.protobuf import json_format

from filmstudio.client import FilmStudio
from filmstudio.reviews.v1 import reviews_pb2


async def comment_documents(studio: FilmStudio, project: str) -> list[Mapping[str, Any]]:
    """What is said of shots and lines, the oldest first; moments of films are left out, for films are."""
    request = reviews_pb2.ListCommentsRequest(project=project)
    async with aclosing(studio.reviews.comments(request)) as found:
        return [_document(comment) async for comment in found if comment.WhichOneof("place") != "film_time"]


def _document(comment: reviews_pb2.Comment) -> Mapping[str, Any]:
    kept = reviews_pb2.Comment(text=comment.text)
    if comment.WhichOneof("place") == "shot":
        kept.shot = comment.shot
    elif comment.HasField("script_line"):
        kept.script_line.revision, kept.script_line.line = (
            comment.script_line.revision,
            comment.script_line.line,
        )
    return {
        "comment": json_format.MessageToDict(kept),
        "replies": [reply.text for reply in comment.replies],
        "resolved": comment.HasField("resolve_time"),
    }


async def make_comments(studio: FilmStudio, project: str, documents: Sequence[Mapping[str, Any]]) -> None:
    """Say all of it again. Raises FilmStudioError; KeyError, TypeError, ParseError for what is malformed."""
    for document in documents:
        wanted = json_format.ParseDict(dict(document["comment"]), reviews_pb2.Comment())
        made = await studio.reviews.comment(project, wanted)
        for text in document["replies"]:
            await studio.reviews.comment(project, reviews_pb2.Comment(parent=made.name, text=str(text)))
        if document["resolved"]:
            await studio.reviews.resolve(made.name)
