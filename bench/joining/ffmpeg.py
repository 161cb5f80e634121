"""The peer's commands: ffmpeg's concat demuxer, and its xfade filter over all joints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

CROSSFADE_SECONDS = 0.5
CLIP_SECONDS = 3.0
# As the house encodes.
_ENCODER = ("-c:v", "libx264", "-preset", "superfast", "-crf", "20", "-pix_fmt", "yuv420p")


def joined(ffmpeg: str, clips: Sequence[Path], folder: Path) -> list[str]:
    """Hard cuts by packet copy."""
    listing = folder / "clips.txt"
    listing.write_text("".join(f"file '{clip.resolve()}'\n" for clip in clips))
    source = ["-f", "concat", "-safe", "0", "-i", str(listing)]
    return [*_quiet(ffmpeg), *source, "-c", "copy", str(folder / "joined-by-ffmpeg.mp4")]


def crossfaded(ffmpeg: str, clips: Sequence[Path], folder: Path) -> list[str]:
    """A chain of crossfades, each clip decoded once and the whole encoded."""
    inputs = [word for clip in clips for word in ("-i", str(clip))]
    step = CLIP_SECONDS - CROSSFADE_SECONDS
    chain, last = [], "0:v"
    for number in range(1, len(clips)):
        fade = f"xfade=transition=fade:duration={CROSSFADE_SECONDS}:offset={number * step}"
        chain.append(f"[{last}][{number}:v]{fade}[x{number}]")
        last = f"x{number}"
    filters = ["-filter_complex", ";".join(chain), "-map", f"[{last}]"]
    return [*_quiet(ffmpeg), *inputs, *filters, *_ENCODER, str(folder / "crossfaded-by-ffmpeg.mp4")]


def _quiet(ffmpeg: str) -> list[str]:
    return [ffmpeg, "-hide_banner", "-loglevel", "error", "-y"]
