"""The services of shots and edits of a scripted studio: they answer with what the test wrote."""

from __future__ import annotations

from typing import Any

from filmstudio.auth.v1 import members_pb2, members_pb2_grpc
from filmstudio.edits.v1 import edits_pb2, edits_pb2_grpc
from filmstudio.shots.v1 import shots_pb2, shots_pb2_grpc
from tests.integration.filmstudio.scripted import Script


class ScriptedShots(shots_pb2_grpc.ShotsServiceServicer):
    """One page a shot; a changed shot has the settings that were sent."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def ListShots(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListShots", request)
        at = int(request.page_token or 0)
        more = at + 1 < len(self._script.shots)
        return shots_pb2.ListShotsResponse(
            shots=self._script.shots[at : at + 1], next_page_token=str(at + 1) if more else ""
        )

    async def UpdateShot(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UpdateShot", request)
        return self._changed(request.shot.name, request.shot.settings)

    async def RetakeShot(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("RetakeShot", request)
        return self._changed(request.name, request.settings)

    async def ListTakes(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListTakes", request)
        return shots_pb2.ListTakesResponse(takes=self._script.takes)

    async def CompareTakes(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("CompareTakes", request)
        difference = shots_pb2.SettingDifference(field="duration_ms", first="", second="4000")
        return shots_pb2.CompareTakesResponse(differences=[difference])

    async def ChooseTake(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ChooseTake", request)
        return self._changed(request.name.partition("/takes/")[0], shots_pb2.TakeSettings())

    def _changed(self, name: str, settings: shots_pb2.TakeSettings) -> shots_pb2.Shot:
        changed = shots_pb2.Shot()
        changed.CopyFrom(next(shot for shot in self._script.shots if shot.name == name))
        changed.settings.CopyFrom(settings)
        return changed


class ScriptedMembers(members_pb2_grpc.MembersServiceServicer):
    """The members as written, in one page."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def ListMembers(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListMembers", request)
        return members_pb2.ListMembersResponse(members=self._script.members)


class ScriptedEdits(edits_pb2_grpc.EditsServiceServicer):
    """The history as written, in one page; what walks it answers with the newest edit."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def ListEdits(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListEdits", request)
        edits = self._script.edits
        return edits_pb2.ListEditsResponse(edits=edits, undo_target=edits[-1].name if edits else "")

    async def UndoEdit(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UndoEdit", request)
        return self._walked(edits_pb2.EDIT_ACTION_UNDO)

    async def RedoEdit(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("RedoEdit", request)
        return self._walked(edits_pb2.EDIT_ACTION_REDO)

    async def RestoreEdits(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("RestoreEdits", request)
        return self._walked(edits_pb2.EDIT_ACTION_RESTORE)

    def _walked(self, action: edits_pb2.EditAction.ValueType) -> edits_pb2.Edit:
        return edits_pb2.Edit(action=action, summary=self._script.edits[0].summary)
