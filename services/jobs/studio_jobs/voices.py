"""The voices that speech pools declare."""

from __future__ import annotations

from studio_jobs.domain.states import TaskKind
from studio_jobs.sql import SQL
from studio_platform.database import Database
from studio_platform.errors import FieldViolation, InvalidInput


class Voices:
    """Knows which voices there are now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require(self, voice: str, field: str) -> None:
        """Raises InvalidInput, which lists them and names the field, for a voice that no pool declares."""
        pools = await self._database.fetch(SQL["pools"])
        voices = sorted({name for row in pools if row["kind"] == TaskKind.SPEECH for name in row["voices"]})
        if voice in voices:
            return
        choice = f"one of {', '.join(voices)}" if voices else "declared by a speech pool; none declares any"
        text = f"must be {choice}"
        raise InvalidInput("VOICE_UNKNOWN", f"voice {text}", violations=(FieldViolation(field, text),))
