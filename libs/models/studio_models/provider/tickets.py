"""Numbers of what is asked of a provider for one artifact: what came to nothing is not asked for again."""

from __future__ import annotations

from studio_platform.receipts import Receipts

TICKETS_MAX = 64
_WHY_MAX_BYTES = 500


def next_ticket(receipts: Receipts, what: str) -> str:
    """The first name of `what` that wasn't spoilt, such as "still.2".

    Providers that know it by its idempotency key give the same answer to it again, and that is no use where
    the answer was useless.
    """
    for number in range(1, TICKETS_MAX):
        name = f"{what}.{number}"
        if receipts.recall(f"{name}.spoilt") is None:
            return name
    return f"{what}.{TICKETS_MAX}"


def spoil(receipts: Receipts, ticket: str, why: str) -> None:
    """Note that what came under this name is of no use."""
    receipts.keep(f"{ticket}.spoilt", why.encode()[:_WHY_MAX_BYTES])
