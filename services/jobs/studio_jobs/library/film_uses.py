"""What of the library a film uses as a whole, as edits of its project's log."""

from __future__ import annotations

from uuid import UUID

from filmstudio.library.v1 import library_pb2
from studio_jobs.edits.documents import NOTHING_EDITED
from studio_jobs.library.brand_kits import content_key_of, files_of
from studio_jobs.library.branding import BRANDING_KIND, FILM_KINDS, MOODS, branding_subject
from studio_jobs.library.uses import MOODS_COLLECTION, USE_KIND, Use, use_subject
from studio_jobs.store.edit_log import EditLog
from studio_platform.errors import FieldViolation, InvalidInput


class FilmUses:
    """Gives films what they use, and takes it back."""

    def __init__(self, log: EditLog) -> None:
        self._log = log

    async def give(
        self, workspace: UUID, project_id: UUID, author: UUID, use: Use, content: library_pb2.LibraryContent
    ) -> None:
        """Let the film, or its scenes of a mood, be as a content says. Raises InvalidInput, NotFound."""
        require_film_use(use)
        words = f"{scope_words(use.subject_id)}: {use.kind.replace('_', ' ')} from the library"
        async with self._log.editing(workspace, project_id, author) as editing:
            keys = [content_key_of(file) for file in files_of(content)]
            if keys:
                await editing.hold(keys)
            subject = branding_subject(use.subject_id, use.kind)
            said = content.SerializeToString(deterministic=True)
            await editing.write(BRANDING_KIND, subject, said, words)
            await editing.write(USE_KIND, use.document.subject, use.document.content, words)

    async def drop(
        self, workspace: UUID, project_id: UUID, author: UUID, scope: tuple[str, str], kind: str
    ) -> bool:
        """Take a use of a kind back, of a subject by its collection and id; whether there was one."""
        collection, subject_id = scope
        subject = use_subject(collection, subject_id, kind)
        async with self._log.editing(workspace, project_id, author) as editing:
            before = await editing.read(USE_KIND, subject)
            if not before.content:
                return False
            words = f"{scope_words(subject_id)}: {kind.replace('_', ' ')} no more from the library"
            await editing.write(USE_KIND, subject, NOTHING_EDITED, words)
            if kind in FILM_KINDS:
                await editing.write(BRANDING_KIND, branding_subject(subject_id, kind), NOTHING_EDITED, words)
            return True


def require_film_use(use: Use) -> None:
    """Raises InvalidInput for a kind that a film does not have, or a mood that there is not."""
    if use.kind not in FILM_KINDS:
        raise bad_subject(f"is the film, of which a {use.kind} says nothing")
    if use.collection == MOODS_COLLECTION:
        if use.kind != "music":
            raise bad_subject(f"is a mood, of which a {use.kind.replace('_', ' ')} says nothing")
        if use.subject_id not in MOODS:
            raise bad_subject(f"must be a mood: {', '.join(MOODS)}")


def scope_words(subject_id: str) -> str:
    """ "film", or "tense scenes"; of a character or a place its id."""
    return f"{subject_id} scenes" if subject_id in MOODS else subject_id


def bad_subject(text: str) -> InvalidInput:
    """The refusal of a subject."""
    return InvalidInput("LIBRARY_SUBJECT", f"subject {text}", violations=(FieldViolation("subject", text),))
