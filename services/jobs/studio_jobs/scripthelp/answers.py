"""Questions whose answers are messages: asked once more, with the fault said, when one breaks a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

from studio_jobs.scripthelp import faults
from studio_jobs.scripthelp.faults import AnswerUnusable
from studio_jobs.scripthelp.provider import Question
from studio_jobs.scripthelp.schemas import schema_of
from studio_platform.errors import InvalidInput
from studio_platform.interceptors.validation import check

ATTEMPTS_MAX = 2
FAULT_MAX_CHARS = 1_000
QUOTED_MAX_CHARS = 20_000

M = TypeVar("M", bound=Message)
T = TypeVar("T")


class Answerer(Protocol):
    """What a question is put to."""

    @property
    def name(self) -> str:
        """The name of who answers."""

    async def answer(self, question: Question) -> str:
        """The answer's text. Raises AnswerUnusable when there is none, StudioError."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, and what with."""

    text: str
    about: str


async def ask(answerer: Answerer, task: Task, kind: type[M], use: Callable[[M], T]) -> T:
    """What `use` makes of the answer, a message of this kind that keeps its rules.

    `use` raises AnswerUnusable for what can't be used. Raises StudioError after the second such answer.
    """
    question = Question(task.text, task.about, kind.DESCRIPTOR.name, schema_of(kind.DESCRIPTOR))
    fault = ""
    for _ in range(ATTEMPTS_MAX):
        text = ""
        try:
            text = await answerer.answer(question)
            return use(_message(text, kind))
        except AnswerUnusable as unusable:
            fault = str(unusable)[:FAULT_MAX_CHARS]
            question = replace(question, earlier=((text[:QUOTED_MAX_CHARS], fault),))
    raise faults.unusable(fault)


def _message(text: str, kind: type[M]) -> M:
    try:
        message = json_format.Parse(text, kind())
    except json_format.ParseError as error:
        raise AnswerUnusable(f"It is not the JSON that was asked for: {error}") from error
    except RecursionError as error:
        raise AnswerUnusable("It is nested too deeply.") from error
    try:
        check(message)
    except InvalidInput as invalid:
        raise AnswerUnusable(invalid.user_text) from invalid
    return message
