"""The studio's way in, for people: the page of its API in the browser, or where it is."""

from __future__ import annotations

import os
import sys
import webbrowser

from studio_platform.embedded.probes import Probe


def open_studio(address: str) -> str:
    """Open the page at `address`, the HTTP one, if this machine has a screen; what to tell the user."""
    host, _, port = address.rpartition(":")
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    if not Probe(int(port), request, b"HTTP/1.").succeeds_blocking():
        return f"The studio does not answer HTTP at {address}; see film logs gateway."
    page = f"http://{address}/docs"
    opened = _has_screen() and webbrowser.open(page)
    return f"Opened {page}" if opened else f"The studio is at {page}"


def _has_screen() -> bool:
    """Without one, a browser of the terminal would take this one over."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
