"""The image engines: one module or package each."""

from __future__ import annotations
