"""What stands around every RPC: context, errors, deadline, identity, validation, in that order."""

from __future__ import annotations
