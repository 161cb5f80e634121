"""ScriptHelpService."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.scripthelp.v1 import answers_pb2, scripthelp_pb2, scripthelp_pb2_grpc
from studio_jobs import readings, template_messages
from studio_jobs import screenplay_messages as messages
from studio_jobs.moderation import Moderator, Passage
from studio_jobs.owner import current_workspace
from studio_jobs.productions import passages_of
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.scripthelp.port import DEFAULT_LANGUAGE, ScriptHelp, Topic
from studio_jobs.templates.shelf import TEMPLATES, screenplay
from studio_platform.errors import FieldViolation, InvalidInput, NotFound

MINUTES_DEFAULT = 2
SHOTS_MAX = 50
CHARACTERS_MAX = 50


class ScriptHelpServicer(scripthelp_pb2_grpc.ScriptHelpServiceServicer):
    """Suggestions, checked; nothing is kept."""

    def __init__(self, script_help: ScriptHelp, moderator: Moderator) -> None:
        self._help = script_help
        self._moderator = moderator

    async def WriteScreenplay(
        self, request: scripthelp_pb2.WriteScreenplayRequest, context: Any
    ) -> scripthelp_pb2.WriteScreenplayResponse:
        await self._require_allowed([Passage(request.topic, 1)], "topic")
        language = request.language or DEFAULT_LANGUAGE
        written = await self._help.write(Topic(request.topic, request.minutes or MINUTES_DEFAULT, language))
        reading = await readings.read_text(written.content, screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN)
        remarks = (*written.remarks, *reading.screenplay.diagnostics)
        return scripthelp_pb2.WriteScreenplayResponse(
            content=written.content, diagnostics=map(messages.diagnostic, remarks), writer=self._help.name
        )

    async def SuggestShotPrompts(
        self, request: scripthelp_pb2.SuggestShotPromptsRequest, context: Any
    ) -> scripthelp_pb2.SuggestShotPromptsResponse:
        breakdown = await self._breakdown(request.content, request.format)
        prompts = await self._help.prompts(breakdown, _chosen_shots(breakdown, request.shot_ids))
        return scripthelp_pb2.SuggestShotPromptsResponse(
            prompts=[answers_pb2.ShotPrompt(shot_id=shot, prompt=text) for shot, text in prompts.items()],
            writer=self._help.name,
        )

    async def DescribeCast(
        self, request: scripthelp_pb2.DescribeCastRequest, context: Any
    ) -> scripthelp_pb2.DescribeCastResponse:
        breakdown = await self._breakdown(request.content, request.format)
        if len(breakdown.characters) > CHARACTERS_MAX:
            raise _too_many("content", f"{len(breakdown.characters)} characters speak", CHARACTERS_MAX)
        looks = await self._help.looks(breakdown) if breakdown.characters else {}
        return scripthelp_pb2.DescribeCastResponse(
            characters=[answers_pb2.CharacterLook(name=name, look=look) for name, look in looks.items()],
            writer=self._help.name,
        )

    async def ListTemplates(
        self, request: scripthelp_pb2.ListTemplatesRequest, context: Any
    ) -> scripthelp_pb2.ListTemplatesResponse:
        templates = [template_messages.template(name) for name in TEMPLATES]
        return scripthelp_pb2.ListTemplatesResponse(templates=templates)

    async def GetTemplate(
        self, request: scripthelp_pb2.GetTemplateRequest, context: Any
    ) -> scripthelp_pb2.Template:
        name = request.name.removeprefix("templates/")
        if name not in TEMPLATES:
            known = ", ".join(TEMPLATES)
            raise NotFound(
                "TEMPLATE_NOT_FOUND",
                f"There is no template {name}; there are {known}.",
                resource_name=request.name,
            )
        found = template_messages.template(name)
        found.content = screenplay(name)
        return found

    async def _breakdown(self, content: bytes, form: int) -> Breakdown:
        """What is asked about. Raises InvalidInput for what can't be read or is not allowed."""
        reading = await readings.read_text(content, form)
        await self._require_allowed(passages_of(reading.breakdown), "content")
        return reading.breakdown

    async def _require_allowed(self, passages: Sequence[Passage], field: str) -> None:
        refusal = await self._moderator.check(current_workspace(), passages)
        if refusal is not None:
            said = f"This is not allowed here: {refusal.category}."
            raise InvalidInput("CONTENT_REFUSED", said, violations=(FieldViolation(field, said),))


def _chosen_shots(breakdown: Breakdown, asked: Sequence[str]) -> list[str]:
    """The shots asked for in the screenplay's order; all for none. Raises InvalidInput."""
    everything = [shot.shot_id for scene in breakdown.scenes for shot in scene.shots]
    unknown = sorted(set(asked) - set(everything))
    if unknown:
        text = f"names shots that the screenplay does not have: {', '.join(unknown[:5])}"
        raise InvalidInput(
            "SHOTS_UNKNOWN", f"shot_ids {text}", violations=(FieldViolation("shot_ids", text),)
        )
    chosen = [shot for shot in everything if shot in set(asked)] if asked else everything
    if len(chosen) > SHOTS_MAX:
        raise _too_many("shot_ids", f"the screenplay has {len(chosen)} shots", SHOTS_MAX)
    return chosen


def _too_many(field: str, what: str, most: int) -> InvalidInput:
    text = f"{what}; at most {most} at a time"
    return InvalidInput("TOO_MANY", f"{field}: {text}", violations=(FieldViolation(field, text),))
