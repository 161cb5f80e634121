"""The kinds of documents that the log of edits keeps, and what it must know of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID


class SubjectKind(Protocol):
    """A kind of document. `name` is lower-case with underscores, at most 40 characters, and never changes."""

    @property
    def name(self) -> str:
        """How the log names it."""
        ...

    def check(self, subject: str, content: bytes) -> None:
        """Raises InvalidInput for a document that can't be one of the subject's; an empty one always can."""
        ...

    async def follow(self, tx: Any, workspace: UUID, project_id: UUID, changed: Mapping[str, bytes]) -> None:
        """Bring rows that follow from documents, by subject, to them, in the edit's own transaction."""
        ...


class DocumentKind:
    """A kind whose documents can hold anything and that has no rows beside the log's."""

    name = ""

    def check(self, subject: str, content: bytes) -> None:
        """Nothing is wrong."""

    async def follow(self, tx: Any, workspace: UUID, project_id: UUID, changed: Mapping[str, bytes]) -> None:
        """Nothing follows."""


class Kinds:
    """Every kind that there is, by name."""

    def __init__(self, kinds: Iterable[SubjectKind]) -> None:
        """Raises ValueError for a name given twice."""
        self._kinds: dict[str, SubjectKind] = {}
        for kind in kinds:
            if kind.name in self._kinds:
                raise ValueError(f"the kind {kind.name} is there twice")
            self._kinds[kind.name] = kind

    def __getitem__(self, name: str) -> SubjectKind:
        """The kind of a name. Raises KeyError for one that is not registered: our own mistake."""
        return self._kinds[name]
