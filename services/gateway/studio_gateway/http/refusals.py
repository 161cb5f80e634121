"""What the HTTP edge itself refuses: statuses of no gRPC code, each with an error of the one tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio_platform.errors import FieldViolation, InvalidInput, NotFound, StudioError


class Refusal(Exception):
    """`error` as HTTP `status`, with more `headers`."""

    def __init__(
        self,
        status: int,
        error: StudioError,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error.user_text)
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


def unknown_path() -> Refusal:
    """404."""
    return Refusal(404, NotFound("PATH_UNKNOWN", "There is nothing at this path; see /docs."))


def path_too_long(limit_bytes: int) -> Refusal:
    """414."""
    return Refusal(414, _invalid("PATH_TOO_LONG", f"A path has at most {limit_bytes} bytes."))


def query_too_long(limit_bytes: int) -> Refusal:
    """414."""
    return Refusal(414, _invalid("QUERY_TOO_LONG", f"A query has at most {limit_bytes} bytes."))


def method_not_allowed(verb: str, allowed: Sequence[str], actions: Sequence[str]) -> Refusal:
    """405 with Allow, and the actions that do what a write might have been meant to."""
    said = f"{verb} is not possible here, only {', '.join(allowed)}."
    if actions:
        said += f" To act on it: {', '.join(actions)}."
    return Refusal(405, _invalid("METHOD_NOT_ALLOWED", said), {"allow": ", ".join(allowed)})


def body_too_large(limit_bytes: int) -> Refusal:
    """413."""
    text = f"The body is larger than {limit_bytes} bytes, the limit of this method."
    return Refusal(413, _invalid("BODY_TOO_LARGE", text))


def body_too_slow(limit_seconds: float) -> Refusal:
    """408."""
    text = f"The body did not arrive within {limit_seconds:.0f} seconds."
    return Refusal(408, _invalid("BODY_TOO_SLOW", text))


def wrong_media_type(given: str) -> Refusal:
    """415."""
    text = f"A body is application/json in UTF-8, without a content-encoding, not {given or 'unnamed'}."
    return Refusal(415, _invalid("MEDIA_TYPE_UNSUPPORTED", text), {"accept": "application/json"})


def not_acceptable(offered: Sequence[str]) -> Refusal:
    """406."""
    return Refusal(406, _invalid("NOT_ACCEPTABLE", f"The answer is one of {', '.join(offered)}."))


def bad_body(text: str) -> InvalidInput:
    """400 for a body that is no JSON object as it should be."""
    return bad_fields([FieldViolation("", text)], f"The body is not valid: {text}.")


def bad_fields(violations: Sequence[FieldViolation], text: str = "") -> InvalidInput:
    """400 that names every field at fault."""
    listed = "; ".join(f"{violation.field}: {violation.text}" for violation in violations)
    return InvalidInput(
        "INVALID_REQUEST", text or f"The request is not valid: {listed}", violations=violations
    )


def _invalid(reason: str, text: str) -> InvalidInput:
    return InvalidInput(reason, text)
