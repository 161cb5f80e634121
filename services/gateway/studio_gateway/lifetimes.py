"""How long what is shown once is good for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from studio_platform.errors import FieldViolation, InvalidInput


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Of a thing, as refusals call it: `default` where nobody says, `most` at most."""

    thing: str
    default: timedelta
    most: timedelta

    def end(self, wanted: datetime | None, now: datetime, field: str) -> datetime:
        """When it ends. Raises InvalidInput that blames `field`."""
        if wanted is None:
            return now + self.default
        if now < wanted <= now + self.most:
            return wanted
        text = f"must be in the future, within {self.most.days} days"
        raise InvalidInput(
            "EXPIRY_INVALID", f"The {self.thing}'s end {text}.", violations=(FieldViolation(field, text),)
        )
