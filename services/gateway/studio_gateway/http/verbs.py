"""What files and pages may be asked for."""

from __future__ import annotations

from studio_gateway.http.exchange import Exchange
from studio_gateway.http.refusals import method_not_allowed

VERBS = ("GET", "HEAD", "OPTIONS")


async def settled_by_verb(exchange: Exchange) -> bool:
    """Whether the verb was the whole question: OPTIONS is answered, what is none of VERBS is refused."""
    if exchange.verb == "OPTIONS":
        await exchange.answer(204, b"", {"allow": ", ".join(VERBS)})
    elif exchange.verb not in VERBS:
        await exchange.fail(method_not_allowed(exchange.verb, VERBS, ()))
    else:
        return False
    return True
