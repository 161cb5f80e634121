"""Clips by a provider that speaks OpenAI's videos."""

from __future__ import annotations
