"""Speech by a provider that speaks OpenAI's audio."""

from __future__ import annotations
