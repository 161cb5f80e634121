"""Brings files into the house form by a child process, a few at a time; what is seen of them is judged."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import structlog

from studio_jobs.media.formats import MediaKind
from studio_jobs.moderation import Moderator
from studio_platform.errors import FieldViolation, InvalidInput, Unavailable

_log = structlog.get_logger(__name__)

AT_A_TIME_MAX = 2
OUTPUT_MAX_BYTES = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a child may take: seconds of a processor, and seconds of waiting for it."""

    cpu_seconds: int
    seconds: float


OF_MESSAGES = ChildLimits(60, 90.0)
OF_UPLOADS = ChildLimits(180, 240.0)
"""Minutes of large pictures: decoded twice, and encoded."""


@dataclass(frozen=True, slots=True)
class BroughtMedia:
    """A file in the house form; `facts` are what the child tells of it, by the names of HouseMedia."""

    facts: dict[str, Any]
    data: bytes


class Ingest:
    """Starts a child for each file; it inherits neither environment nor files."""

    def __init__(self, moderator: Moderator) -> None:
        self._moderator = moderator
        self._turns = asyncio.Semaphore(AT_A_TIME_MAX)

    async def bring(self, workspace: UUID, kind: MediaKind, content: bytes | Path) -> BroughtMedia:
        """The house form of a file, of its bytes or where they lie; only the child reads the latter.

        Raises InvalidInput for one that can't be used or that the policy refuses, Unavailable when its child
        does not end or nobody can judge it.
        """
        return await self._looked_at(workspace, kind.value, content)

    async def inspect(self, workspace: UUID, media_type: str, content: bytes) -> None:
        """Decode a file that is kept as it is. Raises what `bring` raises."""
        await self._looked_at(workspace, media_type, content)

    async def _looked_at(self, workspace: UUID, what: str, content: bytes | Path) -> BroughtMedia:
        async with self._turns:
            said = await self._decoded(what, content)
        head, _, data = said.partition(b"\n")
        facts = json.loads(head) if head else {}
        if "refused" in facts or "role" not in facts:
            raise _refused(facts.get("refused", "The file can't be read within the limits for files."))
        looks, data = _parted(data, facts["looks_bytes"])
        category = await self._moderator.check_pictures(workspace, looks) if looks else ""
        if category:
            raise _refused(f"This is not allowed here: {category}.", "CONTENT_REFUSED")
        return BroughtMedia(facts, data)

    async def _decoded(self, what: str, content: bytes | Path) -> bytes:
        sent = content if isinstance(content, bytes) else None
        limits = OF_UPLOADS if sent is None else OF_MESSAGES
        child = await asyncio.to_thread(_start, what, content, limits)
        try:
            async with asyncio.timeout(limits.seconds):
                said, complaint = await asyncio.to_thread(child.communicate, sent)
        except TimeoutError as late:
            raise Unavailable("MEDIA_SLOW", "The file could not be looked at in time; try again.") from late
        finally:
            if child.poll() is None:
                child.kill()
                await asyncio.to_thread(child.wait)
        if child.returncode or len(said) > OUTPUT_MAX_BYTES:
            # A codec that the kernel stopped says nothing; the file is at fault.
            _log.info(
                "brought file not decoded",
                code=child.returncode,
                complaint=complaint[-500:].decode(errors="replace"),
            )
            return b""
        return said


def _start(what: str, content: bytes | Path, limits: ChildLimits) -> subprocess.Popen[bytes]:
    if isinstance(content, bytes):
        return _child(what, subprocess.PIPE, limits)
    with content.open("rb") as file:
        return _child(what, file, limits)


def _child(what: str, stdin: int | IO[bytes], limits: ChildLimits) -> subprocess.Popen[bytes]:
    # Not by the loop: it forks, and what gRPC does after a fork may end the child before it is our program.
    return subprocess.Popen(
        [sys.executable, "-m", "studio_jobs.media.child", what, str(limits.cpu_seconds)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def _parted(data: bytes, lengths: Sequence[int]) -> tuple[list[bytes], bytes]:
    """The first bytes in pieces of these lengths, and the rest."""
    pieces, start = [], 0
    for length in lengths:
        pieces.append(data[start : start + length])
        start += length
    return pieces, data[start:]


def _refused(text: str, reason: str = "MEDIA_REFUSED") -> InvalidInput:
    return InvalidInput(reason, text, violations=(FieldViolation("content", text),))
