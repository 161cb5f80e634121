"""What brought files may be, told by their first bytes alone."""

from __future__ import annotations

from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is brought as."""

    STILL = "still"
    CLIP = "clip"
    LINE = "line"
    MUSIC = "music"
    AMBIENCE = "ambience"
    LOGO = "logo"
    FONT = "font"
    PORTRAIT = "portrait"


ACCEPTED: dict[MediaKind, tuple[str, ...]] = {
    MediaKind.STILL: ("png", "jpeg", "webp"),
    MediaKind.CLIP: ("mp4", "webm"),
    MediaKind.LINE: ("wav", "flac", "mp3"),
    MediaKind.MUSIC: ("wav", "flac", "mp3"),
    MediaKind.AMBIENCE: ("wav", "flac", "mp3"),
    MediaKind.LOGO: ("png", "jpeg", "webp"),
    MediaKind.FONT: ("ttf", "otf"),
    MediaKind.PORTRAIT: ("png", "jpeg", "webp"),
}
"""The formats of each kind; MOV counts as MP4."""


def format_of(content: bytes) -> str:
    """The format whose magic bytes a file begins with; "" for any other."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:12] in (b"WEBP", b"WAVE"):
        return "webp" if content[8:12] == b"WEBP" else "wav"
    if content.startswith(b"fLaC"):
        return "flac"
    if content[4:8] == b"ftyp":
        return "mp4"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if content[:4] in (b"\x00\x01\x00\x00", b"true", b"OTTO"):
        return "otf" if content[:4] == b"OTTO" else "ttf"
    is_frame = len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
    return "mp3" if content.startswith(b"ID3") or is_frame else ""
