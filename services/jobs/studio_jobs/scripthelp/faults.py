"""What can go wrong with a model: errors of the one tree, of whose texts none is the provider's."""

from __future__ import annotations

from studio_platform.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    FieldViolation,
    Internal,
    InvalidInput,
    ResourceExhausted,
    StudioError,
    Unavailable,
)

DETAIL_MAX_CHARS = 500


class AnswerUnusable(Exception):
    """An answer that breaks a rule; its text tells the model what to do better."""


def refused() -> StudioError:
    """The provider's content policy forbids it."""
    text = "The script help does not write about this."
    return InvalidInput("SCRIPT_HELP_REFUSED", text, violations=(FieldViolation("topic", text),))


def without_model() -> StudioError:
    """Nothing here translates."""
    return FailedPrecondition(
        "SCRIPT_HELP_WITHOUT_MODEL",
        "This studio has no language model to translate with. Bring translations by a file (film "
        "translations PROJECT LANGUAGE --export FILE.po, and --import), or let its operator set "
        "FILM_SCRIPT_HELP_BASE_URL.",
    )


def unwritable(detail: str) -> StudioError:
    """The words of the topic make no screenplay that this studio reads."""
    text = f"The topic can't be made into a draft: {detail}"
    return InvalidInput("SCRIPT_HELP_TOPIC_UNUSABLE", text, violations=(FieldViolation("topic", text),))


def busy(retry_after_seconds: float | None, detail: str) -> StudioError:
    """The provider takes no more calls for now; without a time, waiting does not help."""
    return ResourceExhausted(
        "SCRIPT_HELP_BUSY",
        "The script help takes no more calls for now; try again later.",
        _cut(detail),
        retry_after_seconds=retry_after_seconds,
    )


def away(detail: str) -> StudioError:
    """The provider does not answer, or has a fault."""
    return Unavailable(
        "SCRIPT_HELP_AWAY", "The script help does not answer; try again in a minute.", _cut(detail)
    )


def slow(limit_seconds: float) -> StudioError:
    """The answer did not come in time."""
    return DeadlineExceeded(
        "SCRIPT_HELP_SLOW",
        "The script help took too long; ask for less.",
        f"no whole answer within {limit_seconds:.1f} s",
    )


def misconfigured(detail: str) -> StudioError:
    """The provider knows neither key, address nor model, or not what is asked of it."""
    return FailedPrecondition(
        "SCRIPT_HELP_MISCONFIGURED",
        "The script help of this studio is not set up rightly; its operator finds the reason in the logs.",
        _cut(detail),
    )


def unusable(detail: str) -> StudioError:
    """The model's answers break the rules, the second one, too."""
    return Internal(
        "SCRIPT_HELP_ANSWER_UNUSABLE",
        "The script help gave no usable answer, twice; try other words, or ask for less.",
        _cut(detail),
    )


def _cut(detail: str) -> str:
    return detail[:DETAIL_MAX_CHARS]
