"""Stills by a provider that speaks OpenAI's images."""

from __future__ import annotations
