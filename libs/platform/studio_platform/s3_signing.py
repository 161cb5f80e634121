"""Signed addresses that take one PUT of a given length and type, by AWS Signature Version 4.

The SDKs sign an address's host alone. Here headers are signed besides, so that the store refuses another
length before it reads the body.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature a store of a region believes."""

    access_key: str
    secret_key: str
    region: str
    session_token: str = ""

    def put_url(
        self, base_url: str, path: str, headers: Mapping[str, str], at: datetime, expires_seconds: int
    ) -> str:
        """An address that answers a PUT with exactly these headers, from `at` on.

        `base_url` is scheme and host; `path` begins with a slash and is not quoted yet. The query is in the
        order in which it is signed.
        """
        host = base_url.split("://", 1)[1]
        signed = dict(
            sorted({**{name.lower(): value for name, value in headers.items()}, "host": host}.items())
        )
        scope = f"{at:%Y%m%d}/{self.region}/s3/aws4_request"
        query = "&".join(
            f"{name}={quote(value, safe='')}"
            for name, value in (
                ("X-Amz-Algorithm", ALGORITHM),
                ("X-Amz-Credential", f"{self.access_key}/{scope}"),
                ("X-Amz-Date", f"{at:%Y%m%dT%H%M%SZ}"),
                ("X-Amz-Expires", str(expires_seconds)),
                ("X-Amz-Security-Token", self.session_token),
                ("X-Amz-SignedHeaders", ";".join(signed)),
            )
            if value
        )
        quoted = quote(path, safe="/~")
        lines = [f"{name}:{' '.join(value.split())}" for name, value in signed.items()]
        request = "\n".join(("PUT", quoted, query, *lines, "", ";".join(signed), "UNSIGNED-PAYLOAD"))
        text = "\n".join((ALGORITHM, f"{at:%Y%m%dT%H%M%SZ}", scope, _sha256(request)))
        signature = hmac.new(self._key(at), text.encode(), hashlib.sha256).hexdigest()
        return f"{base_url}{quoted}?{query}&X-Amz-Signature={signature}"

    def _key(self, at: datetime) -> bytes:
        key = f"AWS4{self.secret_key}".encode()
        for step in (f"{at:%Y%m%d}", self.region, "s3", "aws4_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        return key


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
