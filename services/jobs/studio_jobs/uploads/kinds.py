"""What uploads are brought as: how large they may be, and how their first bytes look."""

from __future__ import annotations

from filmstudio.uploads.v1 import uploads_pb2
from studio_jobs.media.formats import ACCEPTED, MediaKind, format_of
from studio_platform.errors import FieldViolation, InvalidInput

HEAD_BYTES = 64
"""So many tell a format."""

_MIB = 1024 * 1024
SIZES_MAX_BYTES = {
    uploads_pb2.UPLOAD_KIND_STILL: 64 * _MIB,
    uploads_pb2.UPLOAD_KIND_CLIP: 256 * _MIB,
    uploads_pb2.UPLOAD_KIND_LINE: 64 * _MIB,
    uploads_pb2.UPLOAD_KIND_MUSIC: 256 * _MIB,
    uploads_pb2.UPLOAD_KIND_AMBIENCE: 256 * _MIB,
    uploads_pb2.UPLOAD_KIND_LOGO: 64 * _MIB,
    uploads_pb2.UPLOAD_KIND_FONT: 64 * _MIB,
    uploads_pb2.UPLOAD_KIND_SCREENPLAY: 2 * _MIB,
}
MEDIA_KINDS = {
    uploads_pb2.UPLOAD_KIND_STILL: MediaKind.STILL,
    uploads_pb2.UPLOAD_KIND_CLIP: MediaKind.CLIP,
    uploads_pb2.UPLOAD_KIND_LINE: MediaKind.LINE,
    uploads_pb2.UPLOAD_KIND_MUSIC: MediaKind.MUSIC,
    uploads_pb2.UPLOAD_KIND_AMBIENCE: MediaKind.AMBIENCE,
    uploads_pb2.UPLOAD_KIND_LOGO: MediaKind.LOGO,
    uploads_pb2.UPLOAD_KIND_FONT: MediaKind.FONT,
}
UPLOAD_KINDS = {media: kind for kind, media in MEDIA_KINDS.items()} | {
    MediaKind.PORTRAIT: uploads_pb2.UPLOAD_KIND_STILL
}


def require_size(kind: uploads_pb2.UploadKind.ValueType, size_bytes: int) -> None:
    """Raises InvalidInput for more bytes than the kind may have."""
    most = SIZES_MAX_BYTES[kind]
    if size_bytes > most:
        raise refused("size_bytes", f"of a {word(kind)} is at most {most:,}")


def require_format(kind: uploads_pb2.UploadKind.ValueType, head: bytes) -> None:
    """Raises InvalidInput for first bytes of something else; what follows is read when the file is used."""
    found = format_of(head)
    media = MEDIA_KINDS.get(kind)
    if media is None:
        if found:
            raise refused("content", f"is {found.upper()}; a screenplay is text")
        return
    if found not in ACCEPTED[media]:
        wanted = ", ".join(ACCEPTED[media]).upper()
        raise refused("content", f"of a {media} is {wanted}; this file is {found.upper() or 'none of these'}")


def word(kind: uploads_pb2.UploadKind.ValueType) -> str:
    """Such as "music"."""
    return uploads_pb2.UploadKind.Name(kind).removeprefix("UPLOAD_KIND_").lower()


def refused(field: str, text: str) -> InvalidInput:
    """The refusal of a file that is not what was said."""
    return InvalidInput("UPLOAD_REFUSED", f"{field} {text}", violations=(FieldViolation(field, text),))
