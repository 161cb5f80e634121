"""Answers of a provider, of which nothing is believed: size, type, and an error where a picture was due."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio_models.provider import faults

_POLICY_CODES = frozenset(
    {"content_policy_violation", "content_filter", "moderation_blocked", "responsible_ai_policy_violation"}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole body, its headers with names in lower case, and how many tries it took."""

    body: bytes
    headers: Mapping[str, str]
    tries: int = 1

    @property
    def media_type(self) -> str:
        """Such as "image/png", in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def document_of(answer: Answer, host: str, *, is_record: bool = False) -> dict[str, Any]:
    """The JSON of an answer. Raises EngineFailure for none, and for an error in it.

    That of a record with a status is the record's, and no fault of the answer.
    """
    try:
        document = json.loads(answer.body)
    except ValueError as error:
        raise faults.unusable(host, f"no JSON but {answer.media_type}: {answer.body[:200]!r}") from error
    if not isinstance(document, dict):
        raise faults.unusable(host, f"no object: {answer.body[:200]!r}")
    told = document.get("error")
    if told and not (is_record and document.get("status")):
        raise inner_error(host, told)
    return document


def media_of(answer: Answer, host: str, kinds: tuple[str, ...]) -> bytes:
    """The bytes of a file. Raises EngineFailure for nothing, another type, or an error in its place.

    `kinds` are beginnings of types, such as "video/"; what calls itself no more than bytes is decoded later.
    """
    media_type = answer.media_type
    if not answer.body:
        raise faults.unusable(host, "an empty file")
    if media_type == "application/json":
        document_of(answer, host)
    if media_type.startswith((*kinds, "application/octet-stream")) or not media_type:
        return answer.body
    raise faults.unusable(host, f"{media_type} where {' or '.join(kinds)} was due: {answer.body[:200]!r}")


def inner_error(host: str, error: Any) -> Exception:
    """The failure that an error document within a success tells."""
    code = error.get("code") if isinstance(error, dict) else ""
    if is_policy(code):
        return faults.content_refused(host, repr(error))
    return faults.unusable(host, f"an error in the answer: {error!r}")


def is_policy(code: Any) -> bool:
    """Whether an error's code tells of the provider's content policy."""
    return isinstance(code, str) and code in _POLICY_CODES
