"""Breakdowns of texts, each made once while it is in use: plans, timelines and shot lists read the same."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from uuid import UUID

from studio_jobs.revisions import Before, broken_down
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.sql import SQL
from studio_platform.database import Database

TEXT_BYTES_MAX = 8 * 1024 * 1024
"""So much of texts, and of the ids of their shots, stays broken down."""

_Key = tuple[bytes, int]


class Breakdowns:
    """Reads revisions, and keeps the breakdowns of the texts that were asked for last."""

    def __init__(self, database: Database, text_bytes_max: int = TEXT_BYTES_MAX) -> None:
        self._database = database
        self._text_bytes_max = text_bytes_max
        self._text_bytes = 0
        self._kept: OrderedDict[_Key, tuple[Breakdown, int]] = OrderedDict()

    async def kept_text(self, workspace: UUID, project_id: UUID, number: int) -> Before | None:
        """What is kept of a revision; None without it."""
        row = await self._database.fetchrow(SQL["revision"], workspace, project_id, number)
        return (bytes(row["content"]), row["format"], row["identities"]) if row else None

    async def of_revision(self, workspace: UUID, project_id: UUID, number: int) -> Breakdown | None:
        """A revision's scenes and shots; None without it. Raises ScreenplayRefused."""
        text = await self.kept_text(workspace, project_id, number)
        return await self.of_text(*text) if text else None

    async def of_text(self, content: bytes, format_number: int, identities: bytes | None) -> Breakdown:
        """The scenes and shots of a text, with these ids. Raises ScreenplayRefused."""
        key = _key(content, format_number, identities)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        breakdown = await asyncio.to_thread(broken_down, content, format_number, identities)
        self._keep(key, breakdown, len(content) + len(identities or b""))
        return breakdown

    def _keep(self, key: _Key, breakdown: Breakdown, text_bytes: int) -> None:
        if key in self._kept:
            return
        self._kept[key] = breakdown, text_bytes
        self._text_bytes += text_bytes
        while self._text_bytes > self._text_bytes_max:
            _, (_, freed_bytes) = self._kept.popitem(last=False)
            self._text_bytes -= freed_bytes


def _key(content: bytes, format_number: int, identities: bytes | None) -> _Key:
    digests = (hashlib.sha256(text).digest() for text in (content, identities or b""))
    return b"".join(digests), format_number
