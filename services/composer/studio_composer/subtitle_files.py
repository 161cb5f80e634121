"""Captions as SRT, as WebVTT and as the samples of an mp4's timed text; their text is never markup."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from studio_composer.captions import Caption

# SRT has no escapes: players read <...> as tags and {...} as overrides, so near twins stand in.
_SRT_TWINS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")", "\\": "/"})
_VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt(captions: Iterable[Caption]) -> str:
    """Return the captions as a SubRip file, UTF-8 once encoded."""
    blocks = [
        f"{number}\n{clock(caption.start_ms, ',')} --> {clock(caption.end_ms, ',')}\n"
        + "\n".join(line.translate(_SRT_TWINS) for line in caption.lines)
        + "\n"
        for number, caption in enumerate(captions, start=1)
    ]
    return "\n".join(blocks)


def vtt(captions: Iterable[Caption], style: str = "", setting: str = "", language: str = "") -> str:
    """Return the captions as a WebVTT file (W3C WebVTT), UTF-8 once encoded.

    `style` is a block of CSS, `setting` says where each cue stands. A `language` stands in the first line:
    the format has no other place for it.
    """
    blocks = [
        f"{clock(caption.start_ms)} --> {clock(caption.end_ms)}{setting}\n"
        + "\n".join(line.translate(_VTT_ESCAPES) for line in caption.lines)
        + "\n"
        for caption in captions
    ]
    first = f"WEBVTT Language: {language}\n" if language else "WEBVTT\n"
    head = [first, f"STYLE\n{style}\n"] if style else [first]
    return "\n".join([*head, *blocks])


def timed_text(lines: Iterable[str]) -> bytes:
    """Return one sample of 3GPP timed text (ETSI TS 126 245): a 16-bit length and UTF-8 without styles."""
    text = "\n".join(lines).encode()
    return struct.pack(">H", len(text)) + text


def vtt_cue(sample: bytes) -> bytes:
    """Return the words of a sample of 3GPP timed text as those of a cue of WebVTT."""
    length = int.from_bytes(sample[:2], "big")
    return sample[2 : 2 + length].decode().translate(_VTT_ESCAPES).encode()


def clock(at_ms: int, separator: str = ".") -> str:
    """Return a time as WebVTT writes it, such as 00:01:02.500; SubRip separates milliseconds by a comma."""
    seconds, ms = divmod(at_ms, 1_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02d}:{minute:02d}:{second:02d}{separator}{ms:03d}"
