"""Why a render is refused before anything of it starts."""

from __future__ import annotations

from studio_jobs.failures import failure_of_passage, failure_of_screenplay
from studio_jobs.productions import PassageRefused
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_platform.errors import FailedPrecondition, FieldViolation, InvalidInput, StudioError

OVER_BUDGET = "OVER_BUDGET"
MICROS = 1_000_000


def plan_refusal(refused: ScreenplayRefused | PassageRefused) -> StudioError:
    """The error of a screenplay that can't be planned, or lacks what was selected."""
    if isinstance(refused, PassageRefused):
        failure = failure_of_passage(refused.refusal)
        return FailedPrecondition("MODERATION_REFUSED", failure.text, metadata={"line": str(failure.line)})
    text = failure_of_screenplay(refused).text
    if refused.field == "options.selection":
        return InvalidInput(refused.reason, text, violations=(FieldViolation(refused.field, text),))
    return FailedPrecondition(
        f"SCREENPLAY_{refused.reason}".replace("SCREENPLAY_SCREENPLAY", "SCREENPLAY"),
        text,
        metadata={"line": str(refused.line)},
    )


def require_budget(expected_micros: int, budget_micros: int, currency: str) -> None:
    """Raise FailedPrecondition, which names both, when more is expected than the budget."""
    if expected_micros <= budget_micros:
        return
    expected, budget = money(expected_micros, currency), money(budget_micros, currency)
    raise FailedPrecondition(
        OVER_BUDGET,
        f"This render is expected to cost {expected}, more than its budget of {budget}. Nothing was started. "
        "Render fewer scenes, a proxy, or raise the budget.",
        metadata={
            "expected_micros": str(expected_micros),
            "budget_micros": str(budget_micros),
            "currency": currency,
        },
    )


def money(micros: int, currency: str) -> str:
    """An amount for people: "1.25 EUR", with more places where the amount is small."""
    places = 2 if micros >= MICROS else 4
    return f"{micros / MICROS:.{places}f} {currency}"
