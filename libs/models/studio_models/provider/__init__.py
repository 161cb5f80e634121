"""Models behind an address that speaks OpenAI's HTTP: asked, paid and waited for in one way."""

from __future__ import annotations
