"""Pictures as a provider draws them: asked for, decoded, and cut to what was ordered."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, ImageStat

from studio_imagegen.engines.openai.choices import StillChoice
from studio_imagegen.engines.openai.portraits import who_is_who
from studio_imagegen.engines.storyboard.lens import png_of
from studio_imagegen.orders import StillOrder
from studio_models.provider import faults
from studio_models.provider.answers import Answer, document_of
from studio_models.provider.client import ProviderClient
from studio_models.provider.purse import Purse
from studio_models.provider.shapes import nearest_size
from studio_models.provider.tickets import next_ticket, spoil
from studio_platform.engine import EngineFailure, Run
from studio_platform.logs import get_logger
from studio_platform.receipts import receipts_of

if TYPE_CHECKING:
    import openai

PIXELS_MAX = 64 * 1024 * 1024
ANSWER_MAX_BYTES = 96 * 1024 * 1024
PROMPT_MAX_CHARACTERS = 8_000
PICTURES_ASKED_MAX = 2
"""A picture that shows nothing is asked for once more, and paid for once more."""

FLAT_LEVELS = 2
"""A picture whose levels vary by less than this, of 255, shows nothing."""

_FORMATS = ("PNG", "JPEG", "WEBP")
_ALWAYS_INLINE = ("gpt-image", "chatgpt-image")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PNG of the order's size, and what there is to tell of it."""

    image: bytes
    facts: Mapping[str, str]


class ProviderPictures:
    """Draws by one model of a provider."""

    def __init__(self, choice: StillChoice, client: ProviderClient, purse: Purse) -> None:
        self._choice = choice
        self._client = client
        self._purse = purse

    def drawn(
        self, order: StillOrder, run: Run, what: str, references: Mapping[str, bytes] | None = None
    ) -> Drawn:
        """The picture of an order; `what` names it in the run's receipts, `references` are PNGs by name.

        Raises EngineFailure, RunCancelled.
        """
        receipts = receipts_of(run)
        for attempt in range(1, PICTURES_ASKED_MAX + 1):
            ticket = next_ticket(receipts, what)
            answer = self._asked(order, run, references or {}, ticket)
            try:
                entry = self._entry(answer)
                picture = self._picture(entry)
            except EngineFailure as failure:
                spoil(receipts, ticket, failure.log_text)
                raise
            if not _is_flat(picture):
                fitted = ImageOps.fit(picture, (order.width_px, order.height_px), Image.Resampling.LANCZOS)
                return Drawn(png_of(fitted), self._facts(answer, entry, picture, attempt))
            _log.warning("a provider's picture is empty", model=self._choice.provider.model)
            spoil(receipts, ticket, "empty")
        raise _nothing()

    def _asked(self, order: StillOrder, run: Run, references: Mapping[str, bytes], ticket: str) -> Answer:
        receipts = receipts_of(run)
        headers = {"Idempotency-Key": f"{receipts.key}/{ticket}"}
        fields = {**self._fields(order, tuple(references), ticket), "extra_headers": headers}

        def call(client: openai.AsyncOpenAI) -> AbstractAsyncContextManager[Any]:
            if not references:
                return client.images.with_streaming_response.generate(**fields)
            files = [(f"{place}.png", each, "image/png") for place, each in enumerate(references.values(), 1)]
            return client.images.with_streaming_response.edit(image=files, **fields)

        with self._purse.paying(receipts, ticket):
            return self._client.ask(run, call, ANSWER_MAX_BYTES)

    def _fields(self, order: StillOrder, names: tuple[str, ...], ticket: str) -> dict[str, Any]:
        """What is asked for; pictures of those names go with it."""
        model = self._choice.provider.model
        width_px, height_px = nearest_size((order.width_px, order.height_px), self._choice.sizes)
        fields: dict[str, Any] = {
            "model": model,
            "prompt": prompt_of(order, names, is_extended=self._choice.is_extended),
            "n": 1,
            "size": f"{width_px}x{height_px}",
        }
        if self._choice.quality:
            fields["quality"] = self._choice.quality
        if not model.startswith(_ALWAYS_INLINE):
            fields["response_format"] = "b64_json"
        if self._choice.is_extended:
            seed = (order.seed + int(ticket.rpartition(".")[2]) - 1) % 2**31
            fields["extra_body"] = {"seed": seed, "negative_prompt": order.negative_prompt}
        return fields

    def _entry(self, answer: Answer) -> Mapping[str, Any]:
        """The picture's entry in the answer's document."""
        data = document_of(answer, self._client.host).get("data")
        entry = data[0] if isinstance(data, list) and data else None
        if not isinstance(entry, dict):
            raise faults.unusable(self._client.host, f"no picture: {answer.body[:200]!r}")
        return entry

    def _picture(self, entry: Mapping[str, Any]) -> Image.Image:
        """The picture, decoded. Raises EngineFailure for an address in its place, or what is no picture."""
        coded = entry.get("b64_json")
        if not isinstance(coded, str):
            raise faults.unusable(self._client.host, f"no b64_json but {', '.join(map(str, entry))}")
        try:
            with Image.open(io.BytesIO(base64.b64decode(coded, validate=True)), formats=_FORMATS) as picture:
                if picture.width * picture.height > PIXELS_MAX:
                    raise faults.unusable(self._client.host, f"a picture of {picture.size}")
                return picture.convert("RGB")
        except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise faults.unusable(self._client.host, f"no whole picture: {error!r}") from error

    def _facts(
        self, answer: Answer, entry: Mapping[str, Any], picture: Image.Image, attempt: int
    ) -> dict[str, str]:
        facts = {"model": self._choice.provider.model, "drawn_size": f"{picture.width}x{picture.height}"}
        revised = entry.get("revised_prompt")
        if isinstance(revised, str) and revised:
            facts["revised_prompt"] = revised[:200]
        if answer.tries > 1:
            facts["provider_tries"] = str(answer.tries)
        if attempt > 1:
            facts["pictures_asked"] = str(attempt)
        return facts


def prompt_of(order: StillOrder, names: tuple[str, ...] = (), *, is_extended: bool) -> str:
    """The words for a provider; what is not wanted is said in them where there is no field for it."""
    words = order.prompt or order.heading or order.action or "An empty scene."
    if names:
        words = f"{words}\n{who_is_who(names)}"
    if order.negative_prompt and not is_extended:
        words = f"{words}\nAvoid: {order.negative_prompt}"
    return words[:PROMPT_MAX_CHARACTERS]


def _is_flat(picture: Image.Image) -> bool:
    return max(ImageStat.Stat(picture).stddev) < FLAT_LEVELS


def _nothing() -> EngineFailure:
    return EngineFailure(
        "EMPTY_PICTURE",
        "The provider drew nothing, twice: the picture is of one colour. Another prompt may help.",
        permanent=True,
    )
