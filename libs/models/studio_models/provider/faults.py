"""What can go wrong with a provider, as failures of an order; of their texts none is the provider's."""

from __future__ import annotations

from studio_platform.engine import EngineFailure

DETAIL_MAX_CHARS = 500
CONTENT_REFUSED = "PROVIDER_CONTENT_REFUSED"


def content_refused(host: str, detail: str) -> EngineFailure:
    """The provider's content policy forbids it."""
    return _failure(
        CONTENT_REFUSED,
        f"The content policy of {host}, which makes this, refuses it. Change the words of the passage, or "
        "the shot's prompt, and render again.",
        detail,
        permanent=True,
    )


def busy(host: str, detail: str) -> EngineFailure:
    """The provider takes no more calls for longer than the studio waits."""
    text = f"{host} takes no more calls for now. Retry the job in a while; what is made is kept."
    return _failure("PROVIDER_BUSY", text, detail)


def out_of_money(host: str, detail: str) -> EngineFailure:
    """The account at the provider has nothing left."""
    text = f"The studio's account at {host} is used up. Its operator can add to it; then retry the job."
    return _failure("PROVIDER_QUOTA_USED_UP", text, detail, permanent=True)


def away(host: str, detail: str) -> EngineFailure:
    """The provider does not answer, or has a fault."""
    text = f"{host}, which makes this, does not answer. Retry the job in a while; what is made is kept."
    return _failure("PROVIDER_AWAY", text, detail)


def slow(host: str, limit_seconds: float) -> EngineFailure:
    """The answer did not come in time."""
    text = f"{host} did not finish within {limit_seconds:g} s."
    return _failure("PROVIDER_SLOW", text, text)


def misconfigured(host: str, detail: str) -> EngineFailure:
    """The provider takes neither key, address nor model, or not what is asked of it."""
    text = (
        f"{host} does not take what this studio asks: its key, model or sizes are not set up rightly. The "
        "studio's operator finds the reason in the logs."
    )
    return _failure("PROVIDER_MISCONFIGURED", text, detail, permanent=True)


def unusable(host: str, detail: str) -> EngineFailure:
    """The answer is not what was asked for."""
    text = f"{host} answered with something that can't be used."
    return _failure("PROVIDER_ANSWER_UNUSABLE", text, detail)


def too_large(host: str, bytes_max: int) -> EngineFailure:
    """The answer does not end."""
    text = f"{host} answered with more than {bytes_max // 1024**2} MiB."
    return _failure("PROVIDER_ANSWER_TOO_LARGE", text, text, permanent=True)


def spent(limit: str, until: str) -> EngineFailure:
    """The pool's limit of money is reached."""
    text = f"This studio spends no more than {limit} here. Retry the job after {until}; what is made is kept."
    return _failure("SPENDING_LIMIT_REACHED", text, text, permanent=True)


def _failure(reason: str, text: str, detail: str, *, permanent: bool = False) -> EngineFailure:
    return EngineFailure(reason, text, log_text=detail[:DETAIL_MAX_CHARS], permanent=permanent)
