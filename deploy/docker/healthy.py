"""Whether the service in this container is ready: asks its own health server and exits with 0 or 1."""

from __future__ import annotations

import http.client
import os
import sys

TIMEOUT_SECONDS = 4


def main() -> int:
    """Return 0 when /readyz answers 200."""
    port = int(os.environ["FILM_HEALTH_LISTEN"].rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
    except OSError as error:
        print(f"no answer on port {port}: {error}", file=sys.stderr)
        return 1
    print(answer.read().decode().strip())
    return 0 if answer.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
