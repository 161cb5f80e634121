"""A file on its way to a signed address, read from disk as it is sent."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from filmstudio.downloads import opener
from filmstudio.errors import RefusedError, UploadError
from filmstudio.uploads.v1 import uploads_pb2

ATTEMPTS_MAX = 5
PAUSE_SECONDS = 0.5
SILENCE_MAX_SECONDS = 60.0
TRANSIENT_STATUS = 500


class _BrokenError(Exception):
    """The transfer ended early; the text says how."""


async def put(upload: uploads_pb2.Upload, file: Path, ca_file: Path | None = None) -> None:
    """Send a file's bytes to where an upload awaits them, again from the start when the way breaks.

    Raises UploadError when the store refuses it or is away, RefusedError for a file that can't be read.
    """
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            await asyncio.to_thread(_put, upload, file, ca_file)
        except _BrokenError as broken:
            if attempt == ATTEMPTS_MAX:
                raise UploadError(f"{file} was not sent: {broken}; send it again") from broken
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return


def _put(upload: uploads_pb2.Upload, file: Path, ca_file: Path | None) -> None:
    url = upload.put_url
    if not url.startswith(("http://", "https://")):
        raise UploadError(f"{url} is no web address")
    headers = {header.name: header.value for header in upload.put_headers}
    try:
        body = file.open("rb")
    except OSError as fault:
        raise RefusedError(f"{file} can't be read: {fault.strerror}") from fault
    with body:
        request = urllib.request.Request(  # noqa: S310 -- checked above
            url, data=body, headers=headers, method="PUT"
        )
        try:
            opener(urlsplit(url).hostname or "", ca_file).open(request, timeout=SILENCE_MAX_SECONDS).close()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code >= TRANSIENT_STATUS:
                raise _BrokenError(f"the store answers {error.code} {error.reason}") from error
            raise UploadError(f"the store refuses {file}: {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise _BrokenError(f"the store at {request.host} does not answer: {reason}") from error
