"""Moderation by any address that speaks OpenAI's moderations, after the local list."""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from studio_jobs.moderation import LocalPolicy, Passage, Refusal
from studio_platform.errors import Unavailable

if TYPE_CHECKING:
    import openai

TEXTS_A_CALL_MAX = 32
CHARACTERS_A_CALL_MAX = 60_000
CHARACTERS_A_TEXT_MAX = 8_000
VERDICTS_KEPT_MAX = 20_000
TRIES_AGAIN_MAX = 2
DETAIL_MAX_CHARACTERS = 500
CATEGORIES_MAX_CHARACTERS = 200
_NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class ModerationProvider:
    """Where a moderation model answers; a call lasts `timeout_seconds` at most."""

    base_url: str
    api_key: str
    model: str
    timeout_seconds: float
    sees_pictures: bool = True


@asynccontextmanager
async def open_moderation(provider: ModerationProvider) -> AsyncIterator[ModelModeration]:
    """A moderator, ready to be asked."""
    # Heavy: a studio without a model never loads it.
    import openai

    async with openai.AsyncOpenAI(
        base_url=provider.base_url,
        api_key=provider.api_key or _NO_KEY,
        max_retries=TRIES_AGAIN_MAX,
        timeout=provider.timeout_seconds,
    ) as client:
        yield ModelModeration(client, provider.model, sees_pictures=provider.sees_pictures)


class ModelModeration:
    """Asks about each text and picture once in a process: a plan that is made again costs no call.

    A verdict is the category that it was flagged for, empty for none.
    """

    def __init__(self, client: openai.AsyncOpenAI, model: str, *, sees_pictures: bool = True) -> None:
        self._client = client
        self._model = model
        self.policy = f"{LocalPolicy.policy}, {model}"
        self.sees_pictures = sees_pictures
        self._local = LocalPolicy()
        self._verdicts: OrderedDict[bytes, str] = OrderedDict()

    async def check(self, workspace: UUID, passages: Sequence[Passage]) -> Refusal | None:
        """The first refusal, or None. Raises Unavailable when the model gave no whole answer."""
        refusal = await self._local.check(workspace, passages)
        if refusal is not None:
            return refusal
        parts = [(text, passage) for passage in passages for text in _parts(passage.text)]
        verdicts = await self._judged(list(dict.fromkeys(text for text, _ in parts)))
        for text, passage in parts:
            if verdicts[text]:
                return Refusal(verdicts[text], passage.line, passage.scene)
        return None

    async def check_pictures(self, workspace: UUID, pictures: Sequence[bytes]) -> str:  # noqa: ARG002 - the port's
        """The category of the first that is flagged, or empty. Raises Unavailable.

        One a call: that is what the protocol takes.
        """
        for picture in pictures if self.sees_pictures else ():
            key = hashlib.sha256(picture).digest()
            verdict = self._verdicts.get(key)
            if verdict is None:
                url = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
                (verdict,) = await self._asked([{"type": "image_url", "image_url": {"url": url}}])
                self._keep(key, verdict)
            if verdict:
                return verdict
        return ""

    async def _judged(self, texts: Sequence[str]) -> dict[str, str]:
        """A verdict a text, of those that are known and of those that are asked for now."""
        digests = {text: _digest(text) for text in texts}
        verdicts = {text: self._verdicts[key] for text, key in digests.items() if key in self._verdicts}
        for batch in _batches([text for text in texts if text not in verdicts]):
            for text, verdict in zip(batch, await self._asked(batch), strict=True):
                verdicts[text] = verdict
                self._keep(digests[text], verdict)
        return verdicts

    async def _asked(self, inputs: list[Any]) -> list[str]:
        """A verdict an input, a text or a picture. Raises Unavailable: what can't be judged is not passed."""
        import httpx2
        import openai

        try:
            answer = await self._client.moderations.create(model=self._model, input=inputs)
            verdicts = [_verdict(result) for result in answer.results or ()]
        except (openai.OpenAIError, httpx2.TransportError, ValueError, TypeError, AttributeError) as error:
            raise _away(repr(error)) from error
        if len(verdicts) != len(inputs):
            raise _away(f"{len(verdicts)} results for {len(inputs)} inputs")
        return verdicts

    def _keep(self, digest: bytes, verdict: str) -> None:
        self._verdicts[digest] = verdict
        while len(self._verdicts) > VERDICTS_KEPT_MAX:
            self._verdicts.popitem(last=False)


def _verdict(result: openai.types.Moderation) -> str:
    """What it was flagged for. Raises TypeError for a result that says neither yes nor no."""
    if not isinstance(result.flagged, bool):
        raise TypeError(f"flagged is {result.flagged!r}")
    if not result.flagged:
        return ""
    found = result.categories.model_dump(by_alias=True) if result.categories else {}
    names = ", ".join(sorted(name for name, is_found in found.items() if is_found))
    return names[:CATEGORIES_MAX_CHARACTERS] or "what its model flagged"


def _parts(text: str) -> Iterator[str]:
    """A text in pieces that a model takes."""
    for start in range(0, len(text), CHARACTERS_A_TEXT_MAX):
        part = text[start : start + CHARACTERS_A_TEXT_MAX]
        if part.strip():
            yield part


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in their order, as many in one as a call may carry."""
    batch: list[str] = []
    for text in texts:
        is_full = sum(map(len, batch)) + len(text) > CHARACTERS_A_CALL_MAX
        if batch and (is_full or len(batch) == TEXTS_A_CALL_MAX):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _away(detail: str) -> Unavailable:
    return Unavailable(
        "MODERATION_AWAY",
        "The studio's moderation does not answer; try again in a minute.",
        detail[:DETAIL_MAX_CHARACTERS],
    )
