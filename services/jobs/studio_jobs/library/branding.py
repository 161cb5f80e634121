"""What of the library a film has as a whole: documents of its log of edits, and what plans take from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from studio_jobs.edits.documents import Documents
from studio_jobs.edits.kinds import DocumentKind
from studio_jobs.library.brand_kits import credit_of
from studio_jobs.timeline.locks import Brought, kept_of

BRANDING_KIND = "library_film"
FILM = "film"
FILM_KINDS = frozenset({"caption_style", "brand_kit", "music"})
MOODS = tuple(name.removeprefix("MOOD_").lower() for name, number in task_pb2.Mood.items() if number)


class BrandingKind(DocumentKind):
    """A library.v1.LibraryContent; the subject is "film" or a mood, a slash, and the content's kind."""

    name = BRANDING_KIND


def branding_subject(scope: str, kind: str) -> str:
    """The subject of what a film, or its scenes of a mood, have of a kind."""
    return f"{scope}/{kind}"


@dataclass(frozen=True, slots=True)
class Branding:
    """The caption style and the brand kit of a film, and its music by mood, "film" for all other scenes."""

    caption_style: library_pb2.LibraryCaptionStyle | None = None
    kit: library_pb2.LibraryBrandKit | None = None
    music: Mapping[str, Brought] = field(default_factory=dict)

    def music_of(self, mood: str) -> Brought | None:
        """The piece of a scene of this mood."""
        return self.music.get(mood.lower()) or self.music.get(FILM)


def branding_of(documents: Documents) -> Branding:
    """What a project uses for its film as a whole."""
    music: dict[str, Brought] = {}
    style = kit = None
    for subject, document in documents.of_kind(BRANDING_KIND).items():
        content = library_pb2.LibraryContent.FromString(document.content)
        match content.WhichOneof("content"):
            case "caption_style":
                style = content.caption_style
            case "brand_kit":
                kit = content.brand_kit
            case "music":
                file = content.music.file
                music[subject.split("/")[0]] = Brought(kept_of(file.artifact), credit_of(file), file.size)
            case _:
                continue
    return Branding(style, kit, music)
