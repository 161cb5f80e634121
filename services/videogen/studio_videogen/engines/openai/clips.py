"""One clip of a provider: asked for once, waited for through restarts, fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio_models.provider import faults
from studio_models.provider.answers import Answer, document_of, is_policy, media_of
from studio_models.provider.client import NotThere, ProviderClient
from studio_models.provider.pacing import duration_seconds
from studio_models.provider.paths import got, posted
from studio_models.provider.purse import Purse
from studio_models.provider.tickets import next_ticket, spoil
from studio_platform.engine import EngineFailure, Run
from studio_platform.logs import get_logger
from studio_platform.receipts import receipts_of
from studio_videogen.engines.openai.choices import ClipChoice

if TYPE_CHECKING:
    import openai

PATH = "/videos"
DOCUMENT_MAX_BYTES = 1024 * 1024
CLIP_MAX_BYTES = 512 * 1024 * 1024
POLL_MAX_SECONDS = 60.0

_ID = re.compile(r"[\w.:-]{1,256}")
_WAITING = frozenset({"queued", "in_progress", "processing", "pending"})
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip to ask for: its place among those that become one shot, from 1, and its first picture (PNG)."""

    place: int
    prompt: str
    size: tuple[int, int]
    length_seconds: int
    first_picture: bytes
    seed: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A clip as it came, and the provider's name of it."""

    content: bytes
    video_id: str
    ticket: str


class ProviderClips:
    """The clips of one provider. What was asked for before is waited for, and never asked for again."""

    def __init__(self, choice: ClipChoice, client: ProviderClient, purse: Purse) -> None:
        self._choice = choice
        self._client = client
        self._purse = purse

    def fetch(self, wanted: Wanted, run: Run, report: Callable[[int], None]) -> Fetched:
        """The clip; `report` is told percents of it. Raises EngineFailure, RunCancelled.

        One that the provider failed at, or forgot, is asked for anew by the next dispatch.
        """
        ticket = next_ticket(receipts_of(run), f"clip.{wanted.place}")
        video_id = self._asked(wanted, run, ticket)
        try:
            self._wait(video_id, run, report)
            return Fetched(self._content(video_id, run), video_id, ticket)
        except NotThere as gone:
            self.spoil(run, ticket, gone.log_text)
            raise faults.away(self._client.host, f"{video_id} is gone: {gone.log_text}") from gone
        except _Failed as failed:
            self.spoil(run, ticket, failed.failure.log_text)
            raise failed.failure from failed

    def spoil(self, run: Run, ticket: str, why: str) -> None:
        """Have the next dispatch ask for another in its place."""
        spoil(receipts_of(run), ticket, why)

    def _asked(self, wanted: Wanted, run: Run, ticket: str) -> str:
        """The provider's name of the clip, kept before anything waits for it."""
        receipts = receipts_of(run)
        kept = receipts.recall(ticket)
        if kept is not None:
            _log.info("a clip that was asked for before is waited for", video=kept.decode())
            return kept.decode()
        fields = self._fields(wanted)
        first = ("still.png", wanted.first_picture, "image/png")
        headers = {"Idempotency-Key": f"{receipts.key}/{ticket}"}

        def call(client: openai.AsyncOpenAI) -> AbstractAsyncContextManager[Any]:
            return posted(client, PATH, fields, {"input_reference": first}, headers)

        with self._purse.paying(receipts, ticket):
            answer = self._client.ask(run, call, DOCUMENT_MAX_BYTES)
            video_id = document_of(answer, self._client.host).get("id")
            if not isinstance(video_id, str) or not _ID.fullmatch(video_id):
                raise faults.unusable(self._client.host, f"a clip without a name: {answer.body[:200]!r}")
            return receipts.keep(ticket, video_id.encode()).decode()

    def _fields(self, wanted: Wanted) -> dict[str, str]:
        width_px, height_px = wanted.size
        fields = {
            "model": self._choice.provider.model,
            "prompt": wanted.prompt,
            "seconds": str(wanted.length_seconds),
            "size": f"{width_px}x{height_px}",
        }
        if self._choice.is_extended:
            fields["seed"] = str(wanted.seed % 2**31)
        return fields

    def _wait(self, video_id: str, run: Run, report: Callable[[int], None]) -> None:
        """Until the clip is made. Raises _Failed when it is not."""

        def call(client: openai.AsyncOpenAI) -> AbstractAsyncContextManager[Any]:
            return got(client, f"{PATH}/{video_id}")

        while True:
            answer = self._client.ask(run, call, DOCUMENT_MAX_BYTES)
            document = document_of(answer, self._client.host, is_record=True)
            status = document.get("status")
            if status == "completed":
                return
            if status not in _WAITING:
                raise _Failed(self._told(document))
            progress = document.get("progress")
            report(int(progress) if isinstance(progress, int | float) and 0 <= progress <= 100 else 0)
            self._client.sleep(run, self._pause_seconds(answer))

    def _pause_seconds(self, answer: Answer) -> float:
        asked = duration_seconds(answer.headers.get("openai-poll-after-ms", ""))
        return self._choice.poll_seconds if asked is None else min(asked / 1000, POLL_MAX_SECONDS)

    def _told(self, document: dict[str, Any]) -> EngineFailure:
        """What a clip that failed came to."""
        error = document.get("error")
        code = error.get("code") if isinstance(error, dict) else ""
        detail = f"{document.get('status')!r}: {error!r}"
        if is_policy(code):
            return faults.content_refused(self._client.host, detail)
        return faults.unusable(self._client.host, detail)

    def _content(self, video_id: str, run: Run) -> bytes:
        def call(client: openai.AsyncOpenAI) -> AbstractAsyncContextManager[Any]:
            return got(client, f"{PATH}/{video_id}/content")

        answer = self._client.ask(run, call, CLIP_MAX_BYTES)
        return media_of(answer, self._client.host, ("video/",))


class _Failed(Exception):
    """The provider gave the clip up."""

    def __init__(self, failure: EngineFailure) -> None:
        super().__init__(failure.log_text)
        self.failure = failure
