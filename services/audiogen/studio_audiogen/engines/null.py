"""The null engine: a hum or silence of the right form and length, at once and without any library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from studio_audiogen.orders import SAMPLE_RATE_HZ, EffectsOrder, MusicOrder, SpeechOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

AudioOrder = SpeechOrder | MusicOrder | EffectsOrder

BATCH_SIZE_MAX = 64
_WORD_MS = 320
_RATE_48_KHZ_CODE = 0b1010
_SIZE_16_BITS_CODE = 0b100
_BLOCK_SIZE_FOLLOWS_CODE = 0b0111
_FRAMES_KEPT_MAX = 40_000


@dataclass(frozen=True)
class Hum:
    """A square wave of `level` in 16 bits, whose half is `block_samples` long at 48 kHz; 0 is silence."""

    level: int
    block_samples: int

    @cached_property
    def kept(self) -> dict[int, list[bytes]]:
        """The first frames, by channels: all files of a hum begin alike."""
        return {}


SILENCE = Hum(0, 16_384)
# Where nothing were heard of a line, or nothing at all, the film's own checks would stop it.
VOICE = Hum(2_400, 48)
MUSIC = Hum(240, 192)


class NullEngine:
    """A hum for SPEECH and for MUSIC, silence for EFFECTS. A speech lasts 320 ms a word."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind=self._kind, engine="null", revision="2", batch_size_max=BATCH_SIZE_MAX)

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[AudioOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return a hum or silence for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            products.append(_product(order))
        return products


def flac(hum: Hum, samples: int, channels: int) -> bytes:
    """Return a FLAC file of `samples` a channel, 48 kHz, 16 bits (RFC 9639, constant subframes)."""
    return b"fLaC" + _stream_info(hum, samples, channels) + b"".join(_frames(hum, samples, channels))


def _product(order: AudioOrder) -> Product:
    match order:
        case SpeechOrder():
            return _speech(order)
        case MusicOrder():
            music = flac(MUSIC, order.length.samples, channels=2)
            return Product((Part("music", "audio/flac", data=music),), order.length.milliseconds)
        case EffectsOrder():
            effects = flac(SILENCE, order.length.samples, channels=2)
            return Product((Part("effects", "audio/flac", data=effects),), order.length.milliseconds)


def _speech(order: SpeechOrder) -> Product:
    texts = order.text.split()
    words = [
        {"word": text, "start_ms": index * _WORD_MS, "end_ms": (index + 1) * _WORD_MS}
        for index, text in enumerate(texts)
    ]
    length_ms = len(texts) * _WORD_MS
    speech = flac(VOICE, length_ms * SAMPLE_RATE_HZ // 1_000, channels=1)
    parts = (
        Part("speech", "audio/flac", data=speech),
        Part("words", "application/json", data=json.dumps(words).encode()),
    )
    return Product(parts, length_ms, facts={"voice": order.voice})


def _stream_info(hum: Hum, samples: int, channels: int) -> bytes:
    form = SAMPLE_RATE_HZ << 44 | (channels - 1) << 41 | 15 << 36 | samples
    blocks = hum.block_samples.to_bytes(2, "big") * 2
    return b"\x80" + (34).to_bytes(3, "big") + blocks + bytes(6) + form.to_bytes(8, "big") + bytes(16)


def _frames(hum: Hum, samples: int, channels: int) -> Iterator[bytes]:
    """Whole blocks, and what is left."""
    whole, left = divmod(samples, hum.block_samples)
    kept = hum.kept.setdefault(channels, [])
    for number in range(len(kept), min(whole, _FRAMES_KEPT_MAX)):
        kept.append(_frame(hum, number, hum.block_samples, channels))
    yield from kept[:whole]
    for number in range(_FRAMES_KEPT_MAX, whole):
        yield _frame(hum, number, hum.block_samples, channels)
    if left:
        yield _frame(hum, whole, left, channels)


def _frame(hum: Hum, number: int, samples: int, channels: int) -> bytes:
    codes = [_BLOCK_SIZE_FOLLOWS_CODE << 4 | _RATE_48_KHZ_CODE, (channels - 1) << 4 | _SIZE_16_BITS_CODE << 1]
    header = b"\xff\xf8" + bytes(codes) + _coded(number) + (samples - 1).to_bytes(2, "big")
    level = -hum.level if number % 2 else hum.level
    subframe = b"\0" + level.to_bytes(2, "big", signed=True)
    frame = header + _crc(header, bits=8, polynomial=0x07) + subframe * channels
    return frame + _crc(frame, bits=16, polynomial=0x8005)


def _coded(number: int) -> bytes:
    """As UTF-8 codes a character, which RFC 9639 goes on with to 36 bits."""
    if number < 0x80:
        return bytes([number])
    more = next(count for count in range(1, 7) if number < 1 << 5 * count + 6)
    parts = [0x80 | number >> 6 * place & 0x3F for place in reversed(range(more))]
    return bytes([0xFF << 7 - more & 0xFF | number >> 6 * more, *parts])


def _crc(content: bytes, *, bits: int, polynomial: int) -> bytes:
    remainder = 0
    top = 1 << bits - 1
    for byte in content:
        remainder ^= byte << bits - 8
        for _ in range(8):
            remainder = (remainder << 1 ^ (polynomial if remainder & top else 0)) & (1 << bits) - 1
    return remainder.to_bytes(bits // 8, "big")
