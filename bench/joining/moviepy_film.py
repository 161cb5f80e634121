"""The peer's program: the same film by MoviePy. Run by the environment that brings it.

Only the half seconds that two shots share are composited; cuts are a chain, which is MoviePy's fastest way.
Subtitles become a track, by the ffmpeg that MoviePy brings, for MoviePy has none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from moviepy import (
    AudioFileClip,
    ColorClip,
    CompositeAudioClip,
    CompositeVideoClip,
    TextClip,
    VideoFileClip,
    concatenate_videoclips,
    vfx,
)

from bench.joining.measuring import cost_of

SIZE, RATE_HZ = (1280, 720), 24
GAINS = {"music": 0.5, "effects": 0.35}


def main() -> None:
    """Make the film of an edit list and print what it took as JSON."""
    edit = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    print(json.dumps(cost_of(lambda: made(edit, folder)).record()))


def made(edit: dict[str, Any], folder: Path) -> None:
    """Write the film, and then again with its subtitles."""
    card_seconds = edit["card_seconds"]
    pictures = [card("The Long Night", card_seconds), *joined(edit["shots"]), card("The End", card_seconds)]
    film = concatenate_videoclips(pictures, method="chain").with_audio(mixed(edit))
    plain = folder / "plain.mp4"
    film.write_videofile(
        str(plain),
        fps=RATE_HZ,
        codec="libx264",
        preset="superfast",
        audio_codec="aac",
        audio_fps=48_000,
        audio_bitrate="192k",
        threads=os.cpu_count(),
        ffmpeg_params=["-crf", "20", "-pix_fmt", "yuv420p"],
        logger=None,
    )
    subtitles = folder / "film.srt"
    subtitles.write_text(srt(edit["speeches"]))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-i", str(plain)]
    command += ["-i", str(subtitles), "-c", "copy", "-c:s", "mov_text", str(folder / "film-by-moviepy.mp4")]
    subprocess.run(command, check=True)


def card(text: str, seconds: float) -> Any:
    """A title on black."""
    ground = ColorClip(SIZE, color=(0, 0, 0), duration=seconds)
    title = TextClip(text=text, font_size=64, color="white", duration=seconds).with_position("center")
    fades = [vfx.CrossFadeIn(0.5), vfx.CrossFadeOut(0.5)]
    return CompositeVideoClip([ground, title.with_effects(fades)], size=SIZE)


def joined(shots: list[dict[str, Any]]) -> list[Any]:
    """The shots with what they share with the next."""
    pieces: list[Any] = []
    skipped = 0.0
    for shot, following in zip(shots, [*shots[1:], None], strict=True):
        clip = VideoFileClip(shot["clip"], audio=False)
        shared = shot["crossfade"] if following else 0.0
        pieces.append(clip.subclipped(skipped, clip.duration - shared))
        if following and shared:
            coming = VideoFileClip(following["clip"], audio=False).subclipped(0, shared)
            going = clip.subclipped(clip.duration - shared)
            fade = [vfx.CrossFadeIn(shared)]
            pieces.append(CompositeVideoClip([going, coming.with_effects(fade)], size=SIZE))
        skipped = shared
    return pieces


def mixed(edit: dict[str, Any]) -> Any:
    """Speeches, music and effects; nothing steps back under speech, and loudness is as it comes."""
    sounds = [
        AudioFileClip(speech["speech"]).with_start(speech["start"]).with_volume_scaled(1.4)
        for speech in edit["speeches"]
    ]
    for scene in edit["scenes"]:
        for kind, gain in GAINS.items():
            sound = AudioFileClip(scene[kind]).subclipped(0, scene["seconds"])
            sounds.append(sound.with_start(scene["start"]).with_volume_scaled(gain))
    return CompositeAudioClip(sounds)


def srt(speeches: list[dict[str, Any]]) -> str:
    """The speeches as SRT."""
    blocks = [
        f"{number}\n{clock(speech['start'])} --> {clock(speech['start'] + 1.8)}\n{speech['text']}\n"
        for number, speech in enumerate(speeches, start=1)
    ]
    return "\n".join(blocks)


def clock(seconds: float) -> str:
    """A time as SRT writes it."""
    whole, ms = divmod(round(seconds * 1_000), 1_000)
    return f"{whole // 3_600:02}:{whole // 60 % 60:02}:{whole % 60:02},{ms:03}"


if __name__ == "__main__":
    main()
