"""The errors that the client raises: what went wrong, in words for people.

FilmStudioError
├── RefusedError         the studio will not do what was asked, and would not the next time
│   └── NotFoundError    no such thing, or it belongs to another workspace
├── SignInError          wrong address or password, or the session is over
├── BusyError            a quota or a rate is used up; later may be different
├── UnreachableError     the studio does not answer
├── StudioFaultError     the studio's own fault
├── DownloadError        a file did not arrive whole
└── UploadError          a file was not taken by the store
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cause:
    """What the studio said beside the text.

    `reason` is for programs, empty when there was none; `details` are the values behind it;
    `request_id` finds the call in the studio's logs.
    """

    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def request_id(self) -> str:
        """The call's id, or empty."""
        return self.details.get("request_id", "")


class FilmStudioError(Exception):
    """What every expected failure is; the text says what is wrong and what to do."""

    def __init__(self, text: str, cause: Cause | None = None) -> None:
        super().__init__(text)
        self.cause = cause or Cause()


class RefusedError(FilmStudioError):
    """The studio will not do what was asked; asking again does not help."""


class NotFoundError(RefusedError):
    """There is no such thing in the caller's workspace."""


class SignInError(FilmStudioError):
    """Nobody is signed in: the address or the password is wrong, or the session is over."""


class BusyError(FilmStudioError):
    """A quota or a rate is used up; after `retry_after_seconds` the call would pass, None if nobody knows."""

    def __init__(
        self, text: str, cause: Cause | None = None, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(text, cause)
        self.retry_after_seconds = retry_after_seconds


class UnreachableError(FilmStudioError):
    """The studio does not answer, and did not while it was asked again."""


class StudioFaultError(FilmStudioError):
    """A fault of the studio; its operators find it by the request id."""


class DownloadError(FilmStudioError):
    """A file did not arrive whole; nothing was written."""


class UploadError(FilmStudioError):
    """A file was not taken by the object store."""
