"""The identity that the gateway sends inward: its own 60-second token, made once for each session."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from studio_platform.identity import Identity, TokenSigner

SESSIONS_MAX = 10_000
LEFT_MIN_SECONDS = 20


class InwardTokens:
    """Internal tokens by session and workspace, signed anew when less than LEFT_MIN_SECONDS are left."""

    def __init__(self, signer: TokenSigner, now: Callable[[], float]) -> None:
        self._signer = signer
        self._now = now
        self._tokens: OrderedDict[tuple[str, str], tuple[Identity, str, int]] = OrderedDict()

    def token(self, identity: Identity) -> str:
        """A token for `identity` with at least LEFT_MIN_SECONDS to go."""
        key = (identity.session_id, identity.workspace_id)
        known = self._tokens.get(key)
        if known is not None and known[0] == identity and known[2] - self._now() >= LEFT_MIN_SECONDS:
            self._tokens.move_to_end(key)
            return known[1]
        token, expires = self._signer.sign(identity)
        self._tokens[key] = (identity, token, expires)
        while len(self._tokens) > SESSIONS_MAX:
            self._tokens.popitem(last=False)
        return token
