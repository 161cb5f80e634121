"""Fixtures that every test may use: real servers, started from wheels."""

from __future__ import annotations

pytest_plugins = ["studio_platform.testing.plugin"]
