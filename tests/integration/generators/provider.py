"""A provider on a real socket: OpenAI's images, videos and speech by HTTP, and every way to go wrong."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import math
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tests.integration.jobs.model_server import Exchange, Reply, body

IMAGES, EDITS = "/v1/images/generations", "/v1/images/edits"
VIDEOS, SPEECH = "/v1/videos", "/v1/audio/speech"
NATIVE_RATE_HZ = 16
SPEECH_RATE_HZ = 24_000
WORD_MS, REST_MS = 220, 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path, headers in lower case, and fields, of which files are bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]


@dataclass(slots=True)
class FakeVideo:
    """A clip that is made: done at the `polls_left`-th look."""

    id: str
    size: tuple[int, int]
    seconds: int
    polls_left: int
    key: str


@dataclass(slots=True)
class FakeProvider:
    """Answers as a provider would, or with the next of `replies` of a path, and keeps what was asked.

    `paid` counts what it made, by path: the same idempotency key is paid once when `honours_keys`.
    `on_poll` is called at each look at a video.
    """

    replies: defaultdict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    asked: list[Asked] = field(default_factory=list)
    paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    videos: dict[str, FakeVideo] = field(default_factory=dict)
    honours_keys: bool = True
    polls_of_a_video: int = 2
    on_poll: Callable[[FakeVideo], None] = lambda _: None
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    at_once: int = 0
    at_once_max: int = 0
    _keys: dict[str, bytes] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def of(self, path: str) -> list[Asked]:
        """What was asked of a path."""
        return [each for each in self.asked if each.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        hung_up = asyncio.Event()
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            self.at_once += 1
            self.at_once_max = max(self.at_once_max, self.at_once)
            watching = asyncio.ensure_future(_until_gone(reader, hung_up))
            try:
                await self._reply(asked)(Exchange(writer, hung_up))
            finally:
                self.at_once -= 1
                watching.cancel()
        except (ConnectionError, asyncio.IncompleteReadError):
            hung_up.set()
        finally:
            writer.close()

    def _reply(self, asked: Asked) -> Reply:
        if self.replies[asked.path]:
            return self.replies[asked.path].popleft()
        if asked.path.startswith(f"{VIDEOS}/"):
            return self._look(asked.path.removeprefix(f"{VIDEOS}/"))
        content, media_type = self._made(asked)
        return _typed(content, media_type, self.headers)

    def _made(self, asked: Asked) -> tuple[bytes, str]:
        media_type = "audio/wav" if asked.path == SPEECH else "application/json"
        key = asked.headers.get("idempotency-key", "")
        if self.honours_keys and key in self._keys:
            return self._keys[key], media_type
        self.paid[asked.path] += 1
        makers = {IMAGES: _image, EDITS: _image, SPEECH: _speech}
        is_video = asked.path == VIDEOS
        content = self._video(asked.fields, key) if is_video else makers[asked.path](asked.fields)
        self._keys[key] = content
        return content, media_type

    def _video(self, fields: Mapping[str, Any], key: str) -> bytes:
        video = FakeVideo(
            f"video_{len(self.videos) + 1}",
            _size(fields["size"]),
            int(fields["seconds"]),
            self.polls_of_a_video,
            key,
        )
        self.videos[video.id] = video
        return _video_document(video, "queued")

    def _look(self, name: str) -> Reply:
        video_id, _, is_content = name.partition("/")
        video = self.videos.get(video_id)
        if video is None:
            return body(b'{"error": {"message": "no such video", "code": "not_found"}}', 404)
        if is_content:
            return _typed(clip(video.size, video.seconds, hash(video.id) % 200), "video/mp4", self.headers)
        self.on_poll(video)
        video.polls_left -= 1
        status = "in_progress" if video.polls_left > 0 else "completed"
        return _typed(_video_document(video, status), "application/json", self.headers)


@contextmanager
def provider() -> Iterator[FakeProvider]:
    """A provider on a free port of loopback, in a thread of its own."""
    fake = FakeProvider()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(fake.serve, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    fake.port = server.sockets[0].getsockname()[1]

    async def end() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def picture(size: tuple[int, int], shade: int = 0) -> Image.Image:
    """A gradient with a disc on it; of a negative shade a black one."""
    if shade < 0:
        return Image.new("RGB", size)
    across = np.linspace(0, 255, size[0], dtype=np.uint8)
    levels = np.broadcast_to(across, (size[1], size[0]))
    image = Image.merge(
        "RGB", [Image.fromarray(levels), Image.new("L", size, shade), Image.new("L", size, 120)]
    )
    ImageDraw.Draw(image).ellipse(
        [size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2], fill=(240, 220, 90)
    )
    return image


def png(image: Image.Image) -> bytes:
    memory = io.BytesIO()
    image.save(memory, "PNG", compress_level=1)
    return memory.getvalue()


def image_document(content: bytes) -> bytes:
    """An answer of images with one picture."""
    entry = {"b64_json": base64.b64encode(content).decode(), "revised_prompt": "As it was drawn."}
    return json.dumps({"created": 1, "data": [entry]}).encode()


@lru_cache(maxsize=32)
def clip(size: tuple[int, int], seconds: int, shade: int = 0, *, moves: bool = True) -> bytes:
    """An mp4 at 16 pictures a second, in a form that is not the house's."""
    import av

    memory = io.BytesIO()
    with av.open(memory, mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=NATIVE_RATE_HZ, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        still = np.asarray(picture(size, shade))
        for index in range(seconds * NATIVE_RATE_HZ):
            shown = np.roll(still, 4 * index, axis=1) if moves else still
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, NATIVE_RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return memory.getvalue()


def wave_file(samples: np.ndarray[Any, Any]) -> bytes:
    """A WAV file as it is streamed: nobody knows its length yet."""
    data: bytes = (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, SPEECH_RATE_HZ, 2 * SPEECH_RATE_HZ, 2, 16)
    head = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data\xff\xff\xff\xff" + data


def spoken(text: str) -> np.ndarray[Any, Any]:
    """A buzz a word, with rests between, longer ones after a comma or a full stop."""
    rest = np.zeros(SPEECH_RATE_HZ * REST_MS // 1_000)
    times = np.arange(SPEECH_RATE_HZ * WORD_MS // 1_000) / SPEECH_RATE_HZ
    buzz = 0.3 * np.sin(2 * math.pi * 180 * times) * np.sin(math.pi * np.linspace(0, 1, len(times)))
    parts = [rest, rest, rest]
    for word in text.split():
        parts += [buzz, rest, *([rest] * 4 if word[-1] in ",.!?" else [])]
    return np.concatenate(parts)


def _image(fields: Mapping[str, Any]) -> bytes:
    return image_document(png(picture(_size(fields["size"]), sum(map(ord, fields["prompt"])) % 200)))


def _speech(fields: Mapping[str, Any]) -> bytes:
    return wave_file(spoken(fields["input"]))


def _video_document(video: FakeVideo, status: str) -> bytes:
    document = {
        "id": video.id,
        "object": "video",
        "model": "m",
        "status": status,
        "progress": 100 if status == "completed" else 40,
        "created_at": 1,
        "size": f"{video.size[0]}x{video.size[1]}",
        "seconds": str(video.seconds),
    }
    return json.dumps(document).encode()


def _typed(content: bytes, media_type: str, headers: Mapping[str, str]) -> Reply:
    async def reply(exchange: Exchange) -> None:
        length = {"Content-Length": str(len(content)), "Content-Type": media_type, **headers}
        await exchange.head(200, length)
        await exchange.send(content)

    return reply


def typed(content: bytes, media_type: str) -> Reply:
    """This body under this type."""
    return _typed(content, media_type, {})


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.rstrip().splitlines()
    method, target, _ = first.split(" ")
    parted = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in parted}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target.partition("?")[0], headers, _fields(content, headers.get("content-type", "")))


def _fields(content: bytes, media_type: str) -> dict[str, Any]:
    if not content:
        return {}
    if media_type.startswith("application/json"):
        document: dict[str, Any] = json.loads(content)
        return document
    message = BytesParser().parsebytes(f"Content-Type: {media_type}\r\n\r\n".encode() + content)
    fields: dict[str, Any] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            fields[name] = data if part.get_filename() else data.decode()
    return fields


async def _until_gone(reader: asyncio.StreamReader, hung_up: asyncio.Event) -> None:
    await reader.read()
    hung_up.set()
