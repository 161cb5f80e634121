"""Brought files and locks of an archive, written as edits of the project that it becomes."""

from __future__ import annotations

from collections.abc import Sequence

from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.transfers.v1 import transfers_pb2
from studio_jobs.domain.keys import given_key
from studio_jobs.owner import not_found
from studio_jobs.store.brought_files import replacement_key
from studio_jobs.store.editing import Editing
from studio_jobs.timeline.documents import LOCK_KIND, MEDIA_KIND, media_subject
from studio_jobs.timeline.media_targets import require_consent, require_target, target_words
from studio_jobs.timeline.messages import Board
from studio_jobs.transfers.artifacts import kept_by, require_lock


async def restore(
    editing: Editing,
    board: Board,
    replacements: Sequence[timeline_pb2.Replacement],
    locks: Sequence[transfers_pb2.MediaLock],
) -> dict[bytes, str]:
    """Write them; the keys by which what they rest on is given, each with words for it.

    Raises InvalidInput for a file of what the film has not, or without a consent that it needs, and for a
    lock with which nothing could be planned, NotFound for one of a shot that there is not.
    """
    keys: dict[bytes, str] = {}
    for replacement in replacements:
        keys[replacement_key(replacement)] = await _bring(editing, board, replacement)
    for entry in locks:
        require_lock(entry.lock)
        if board.shot(entry.shot) is None:
            raise not_found(f"projects/{board.project_id}/timeline/shots/{entry.shot}")
        words = f"shot {board.label(entry.shot)}"
        content = entry.lock.SerializeToString(deterministic=True)
        await editing.write(LOCK_KIND, entry.shot, content, f"{words}: locked")
        keys |= {given_key(kind, kept.engine, kept.digest): words for kind, kept in kept_by(entry.lock)}
    return keys


async def _bring(editing: Editing, board: Board, replacement: timeline_pb2.Replacement) -> str:
    kind = require_target(board, replacement.target)
    asked = timeline_pb2.ReplaceMediaRequest(target=replacement.target, credit=replacement.credit)
    require_consent(kind, asked)
    words = target_words(board, replacement.target)
    content = replacement.SerializeToString(deterministic=True)
    await editing.write(MEDIA_KIND, media_subject(replacement.target), content, f"{words}: replaced")
    return words
