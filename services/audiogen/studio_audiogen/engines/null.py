"""The null engine: silence of the right form and length, at once and without any library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from studio_audiogen.orders import SAMPLE_RATE_HZ, EffectsOrder, MusicOrder, SpeechOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

AudioOrder = SpeechOrder | MusicOrder | EffectsOrder

BATCH_SIZE_MAX = 64
_WORD_MS = 320
_BLOCK_SAMPLES = 16_384
_BLOCK_CODE = 0b1110
_RATE_48_KHZ_CODE = 0b1010
_SIZE_16_BITS_CODE = 0b100
_BLOCK_SIZE_FOLLOWS_CODE = 0b0111


class NullEngine:
    """Silence for one kind of order: SPEECH, MUSIC or EFFECTS. A speech lasts 320 ms a word."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind=self._kind, engine="null", revision="1", batch_size_max=BATCH_SIZE_MAX)

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[AudioOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return silence for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            products.append(_product(order))
        return products


def silent_flac(samples: int, channels: int) -> bytes:
    """Return a FLAC file of `samples` zeros a channel, 48 kHz, 16 bits (RFC 9639, constant subframes)."""
    frames = b"".join(_frames(samples, channels))
    return b"fLaC" + _stream_info(samples, channels) + frames


def _product(order: AudioOrder) -> Product:
    match order:
        case SpeechOrder():
            return _speech(order)
        case MusicOrder():
            flac = silent_flac(order.length.samples, channels=2)
            return Product((Part("music", "audio/flac", data=flac),), order.length.milliseconds)
        case EffectsOrder():
            flac = silent_flac(order.length.samples, channels=2)
            return Product((Part("effects", "audio/flac", data=flac),), order.length.milliseconds)


def _speech(order: SpeechOrder) -> Product:
    texts = order.text.split()
    words = [
        {"word": text, "start_ms": index * _WORD_MS, "end_ms": (index + 1) * _WORD_MS}
        for index, text in enumerate(texts)
    ]
    length_ms = len(texts) * _WORD_MS
    flac = silent_flac(length_ms * SAMPLE_RATE_HZ // 1_000, channels=1)
    parts = (
        Part("speech", "audio/flac", data=flac),
        Part("words", "application/json", data=json.dumps(words).encode()),
    )
    return Product(parts, length_ms, facts={"voice": order.voice})


def _stream_info(samples: int, channels: int) -> bytes:
    form = SAMPLE_RATE_HZ << 44 | (channels - 1) << 41 | 15 << 36 | samples
    blocks = _BLOCK_SAMPLES.to_bytes(2, "big") * 2
    return b"\x80" + (34).to_bytes(3, "big") + blocks + bytes(6) + form.to_bytes(8, "big") + bytes(16)


def _frames(samples: int, channels: int) -> Iterator[bytes]:
    for number, start in enumerate(range(0, samples, _BLOCK_SAMPLES)):
        count = min(_BLOCK_SAMPLES, samples - start)
        full = count == _BLOCK_SAMPLES
        size_code = _BLOCK_CODE if full else _BLOCK_SIZE_FOLLOWS_CODE
        codes = bytes([size_code << 4 | _RATE_48_KHZ_CODE, (channels - 1) << 4 | _SIZE_16_BITS_CODE << 1])
        size = b"" if full else (count - 1).to_bytes(2, "big")
        header = b"\xff\xf8" + codes + chr(number).encode() + size
        frame = header + _crc(header, bits=8, polynomial=0x07) + bytes(3) * channels
        yield frame + _crc(frame, bits=16, polynomial=0x8005)


def _crc(content: bytes, *, bits: int, polynomial: int) -> bytes:
    remainder = 0
    top = 1 << bits - 1
    for byte in content:
        remainder ^= byte << bits - 8
        for _ in range(8):
            remainder = (remainder << 1 ^ (polynomial if remainder & top else 0)) & (1 << bits) - 1
    return remainder.to_bytes(bits // 8, "big")
