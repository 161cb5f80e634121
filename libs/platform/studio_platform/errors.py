"""The errors that services raise, each with a reason for programs and two texts for people.

    StudioError
    ├── InvalidInput          the request breaks a rule: every field violation at once
    ├── NotFound              no such thing, or it belongs to another workspace
    ├── AlreadyExists         the name or address is taken
    ├── FailedPrecondition    right request, wrong state
    ├── OutOfRange            a position outside what is kept
    ├── PermissionDenied      known caller, not allowed
    ├── Unauthenticated       unknown caller
    ├── ResourceExhausted     a quota, a rate or a queue is full
    ├── Aborted               somebody else changed it first
    ├── Unavailable           a dependency is away; trying again may help
    ├── DeadlineExceeded      the time for the call ran out
    └── Internal              our fault

Nothing here knows a transport: `studio_platform.statuses` holds the one table to gRPC codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

REASON_LENGTH_MAX_CHARS = 63
"""Limit of `ErrorInfo.reason` (AIP-193)."""

_REASON = re.compile(r"[A-Z][A-Z0-9_]+[A-Z0-9]")


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One broken rule: `field` is the path within the request, `text` says what would be right."""

    field: str
    text: str
    reason: str = ""


class StudioError(Exception):
    """What every expected failure is; raise one of the kinds below, not this.

    reason: UPPER_SNAKE, at most 63 characters, stable: programs branch on it.
    user_text: shown to clients. log_text: for operators only, never sent.
    metadata: what is dynamic in the texts, as strings (AIP-193).
    Raises ValueError for a reason of another form.
    """

    def __init__(
        self,
        reason: str,
        user_text: str,
        log_text: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        if len(reason) > REASON_LENGTH_MAX_CHARS or not _REASON.fullmatch(reason):
            raise ValueError(f"error reason {reason!r} is not UPPER_SNAKE of at most 63 characters")
        super().__init__(log_text or user_text)
        self.reason = reason
        self.user_text = user_text
        self.log_text = log_text or user_text
        self.metadata = dict(metadata or {})


class InvalidInput(StudioError):
    """The request breaks a rule; `violations` names every field at fault, not only the first."""

    def __init__(
        self,
        reason: str,
        user_text: str,
        log_text: str = "",
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[FieldViolation] = (),
    ) -> None:
        super().__init__(reason, user_text, log_text, metadata)
        self.violations = tuple(violations)


class NotFound(StudioError):
    """No such resource, or it is another workspace's: the two look the same from outside."""

    def __init__(
        self,
        reason: str,
        user_text: str,
        log_text: str = "",
        metadata: Mapping[str, str] | None = None,
        resource_name: str = "",
    ) -> None:
        super().__init__(reason, user_text, log_text, metadata)
        self.resource_name = resource_name


class AlreadyExists(StudioError):
    """The resource exists; `resource_name` names it where the caller may know."""

    def __init__(
        self,
        reason: str,
        user_text: str,
        log_text: str = "",
        metadata: Mapping[str, str] | None = None,
        resource_name: str = "",
    ) -> None:
        super().__init__(reason, user_text, log_text, metadata)
        self.resource_name = resource_name


class FailedPrecondition(StudioError):
    """The request is right, the state of things is not; the same call may work later."""


class OutOfRange(StudioError):
    """The position asked for lies outside what is kept; metadata names the ends."""


class PermissionDenied(StudioError):
    """The caller is known and may not do this."""


class Unauthenticated(StudioError):
    """The caller is not known: no token, or one that is wrong or over."""


class ResourceExhausted(StudioError):
    """A quota, a rate or a bounded queue is full; None means that waiting does not help."""

    def __init__(
        self,
        reason: str,
        user_text: str,
        log_text: str = "",
        metadata: Mapping[str, str] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(reason, user_text, log_text, metadata)
        self.retry_after_seconds = retry_after_seconds


class Aborted(StudioError):
    """Somebody else changed the resource first: read it again, then decide."""


class Unavailable(StudioError):
    """A dependency is away; the call may be sent again after `retry_after_seconds`."""

    def __init__(
        self,
        reason: str,
        user_text: str,
        log_text: str = "",
        metadata: Mapping[str, str] | None = None,
        retry_after_seconds: float | None = 1.0,
    ) -> None:
        super().__init__(reason, user_text, log_text, metadata)
        self.retry_after_seconds = retry_after_seconds


class DeadlineExceeded(StudioError):
    """The time that the caller or this server gives the call is over."""


class Internal(StudioError):
    """A fault of ours; clients get `user_text` and the request id, operators get `log_text`."""
