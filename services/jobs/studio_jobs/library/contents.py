"""Contents of the library as they come in: looked at as a whole, whatever their kind."""

from __future__ import annotations

from filmstudio.library.v1 import library_pb2
from studio_jobs.library.brand_kits import content_key_of, files_of, require_brand_kit, require_music
from studio_jobs.library.caption_styles import require_caption_style
from studio_jobs.media.formats import MediaKind
from studio_platform.errors import FieldViolation, InvalidInput

MEDIA_KINDS = {
    library_pb2.LIBRARY_FILE_KIND_LOGO: MediaKind.LOGO,
    library_pb2.LIBRARY_FILE_KIND_FONT: MediaKind.FONT,
    library_pb2.LIBRARY_FILE_KIND_MUSIC: MediaKind.MUSIC,
}


def require_content(content: library_pb2.LibraryContent, prefix: str) -> None:
    """Raises InvalidInput with everything that is wrong with a content; `prefix` names its field."""
    match content.WhichOneof("content"):
        case "caption_style":
            require_caption_style(content.caption_style, f"{prefix}.caption_style")
        case "brand_kit":
            require_brand_kit(content.brand_kit, f"{prefix}.brand_kit")
        case "music":
            require_music(content.music, f"{prefix}.music")
        case _:
            return


def file_keys(content: library_pb2.LibraryContent) -> list[bytes]:
    """The content keys of the files that a content holds."""
    return [content_key_of(file) for file in files_of(content)]


def require_consent(request: library_pb2.BringLibraryFileRequest) -> None:
    """Raises InvalidInput for a voice, or a face, without a statement that its owner agreed."""
    if request.shows_people and not request.credit.consent.strip():
        text = "must say that the people whose voice or face it is agreed, and how"
        raise InvalidInput(
            "LIBRARY_CONSENT_MISSING",
            f"credit.consent {text}",
            violations=(FieldViolation("credit.consent", text),),
        )
