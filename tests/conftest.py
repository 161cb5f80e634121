"""Fixtures that every test may use: real servers, started from wheels."""

from __future__ import annotations

import os

# Tests start programs while gRPC's threads run; its handlers of forks then abort a child now and then.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

pytest_plugins = ["studio_platform.testing.plugin"]
