"""HTTP/JSON, transcoded at run time from the contracts' descriptors; no code knows a method."""

from __future__ import annotations
