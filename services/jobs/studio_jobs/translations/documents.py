"""Translated texts as documents of the log of edits: one a line and language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from studio_jobs.edits.documents import NOTHING_EDITED, Documents
from studio_jobs.edits.kinds import DocumentKind

TRANSLATION_KIND = "translation"


class TranslationDocumentKind(DocumentKind):
    """A line in another language; the subject is the language's tag, a slash and the line's id."""

    name = TRANSLATION_KIND


@dataclass(frozen=True, slots=True)
class Translated:
    """A translation, and the text that it was made of."""

    source: str
    text: str


@dataclass(frozen=True)
class Tongue:
    """What is translated into one language, by the lines' ids."""

    language: str
    texts: Mapping[str, Translated] = field(default_factory=dict)

    def current(self, line_id: str, source: str) -> str:
        """The translation that was made of this text; "" without one.

        A line that got another number within its shot is known by its text.
        """
        own = self.texts.get(line_id)
        if own is not None and same_text(own.source, source):
            return own.text
        return self._by_source.get((_owner(line_id), _plain(source)), "")

    @cached_property
    def _by_source(self) -> Mapping[tuple[str, str], str]:
        return {(_owner(name), _plain(it.source)): it.text for name, it in sorted(self.texts.items())}


def tongues(documents: Documents) -> dict[str, Tongue]:
    """What is translated, by the languages' tags."""
    found: dict[str, dict[str, Translated]] = {}
    for subject, document in documents.of_kind(TRANSLATION_KIND).items():
        language, _, line_id = subject.partition("/")
        found.setdefault(language, {})[line_id] = read_translation(document.content)
    return {language: Tongue(language, texts) for language, texts in sorted(found.items())}


def translation_subject(language: str, line_id: str) -> str:
    """The subject of a line's document in a language."""
    return f"{language}/{line_id}"


def write_translation(translated: Translated) -> bytes:
    """A line's document; an empty translation has none."""
    if not translated.text:
        return NOTHING_EDITED
    fields = {"source": translated.source, "text": translated.text}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def read_translation(content: bytes) -> Translated:
    """What a line's document says."""
    fields = json.loads(content)
    return Translated(fields["source"], fields["text"])


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for their blanks, which editors of translations may break anew."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _owner(line_id: str) -> str:
    return line_id.partition("/")[0]
