"""Final Draft's FDX: read into a screenplay, and written from one."""

from __future__ import annotations

from studio_jobs.screenplay.fdx.reading import read_fdx
from studio_jobs.screenplay.fdx.writing import write_fdx

__all__ = ["read_fdx", "write_fdx"]
