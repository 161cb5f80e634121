"""What is asked of a sound model in words: a mood's music, a place's ambience, a single sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio_audiogen.orders import MusicOrder


@dataclass(frozen=True, slots=True)
class Sound:
    """What a sound is in words, how loud it shall be, and how many seconds of it are asked for."""

    prompt: str
    lufs: float
    seconds: float = 0.0


MUSIC_LUFS = -21.0

_MOODS: Mapping[str, tuple[str, int]] = {
    "CALM": ("Calm, gentle film score, soft piano and warm strings", 70),
    "TENSE": ("Tense film score, low pulsing strings and ticking percussion", 100),
    "SAD": ("Sad, slow film score, solo cello and quiet piano", 60),
    "HOPEFUL": ("Hopeful film score, rising strings and bright piano", 90),
    "DARK": ("Dark, brooding film score, deep drones and low brass", 65),
    "JOYFUL": ("Joyful, light film score, pizzicato strings, woodwinds and glockenspiel", 120),
    "MYSTERIOUS": ("Mysterious film score, celesta, harp and hushed strings", 80),
    "NEUTRAL": ("Unobtrusive film score, soft pads and sparse piano", 80),
}
_OPENINGS: Mapping[str, str] = {
    "": "",
    "STING": "opening with a short orchestral sting",
    "SHIMMER": "opening with a shimmering cymbal and harp swell",
}
_KEYS = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")
_SPARSE_PERMILLE, _FULL_PERMILLE = 700, 1_300

AMBIENCES: Mapping[str, Sound] = {
    "RAIN": Sound("Steady rain falling, field recording", -27),
    "WIND": Sound("Wind blowing outdoors, field recording", -31),
    "STREET": Sound("City street ambience with distant traffic, field recording", -33),
    "SEA": Sound("Sea waves on a shore, field recording", -30),
    "ROOM_TONE": Sound("Quiet room tone indoors, field recording", -51),
    "FOREST": Sound("Forest ambience with birds and leaves, field recording", -36),
    "CROWD": Sound("Murmur of a crowd in a hall, field recording", -32),
    "TRAIN": Sound("Inside a train running over rails, field recording", -30),
    "FIRE": Sound("Crackling wood fire, field recording", -33),
    "NIGHT": Sound("Quiet night outdoors with crickets, field recording", -40),
    "AIR": Sound("Faint air outdoors, almost silent, field recording", -43),
}
CUES: Mapping[str, Sound] = {
    "STEPS": Sound("Footsteps of one person on a wooden floor", -40, 3.0),
    "DOOR": Sound("A wooden door opens and closes", -33, 2.5),
    "PHONE": Sound("An old telephone rings", -38, 3.0),
    "THUNDER": Sound("A clap of thunder rolls away", -30, 6.0),
    "KNOCK": Sound("Three knocks on a wooden door", -35, 2.0),
    "CAR": Sound("A car passes by", -34, 5.0),
    "GLASS": Sound("A glass breaks on the floor", -32, 2.0),
    "CLICK": Sound("A single click of a switch", -39, 1.0),
    "BELL": Sound("A single stroke of a church bell", -34, 5.0),
    "PAPER": Sound("A sheet of paper is unfolded", -40, 2.0),
    "SIREN": Sound("A police siren far away", -38, 5.0),
    "GUNSHOT": Sound("A single gunshot with its echo", -30, 3.0),
    "SPLASH": Sound("A splash in water", -34, 2.0),
    "HEARTBEAT": Sound("A slow heartbeat, close", -38, 4.0),
    "WHOOSH": Sound("A short whoosh", -36, 1.5),
}
"""Each as loud as the studio's own synthesiser makes it, so that either mixes alike."""

NOT_IN_MUSIC = "vocals, speech, low quality, distortion, noise"
NOT_IN_EFFECTS = "music, speech, low quality, distortion"


def music_prompt(order: MusicOrder) -> str:
    """The prompt of an order's music: mood, how much is played, opening, tempo and key."""
    words, usual_bpm = _MOODS[order.mood]
    parts = (
        words,
        _amount(order.intensity_permille),
        _OPENINGS[order.opening],
        f"{order.tempo_bpm or usual_bpm} BPM",
        f"in {_KEYS[order.key - 1]}" if order.key else "",
        "instrumental, high quality",
    )
    return ", ".join(filter(None, parts))


def _amount(intensity_permille: int) -> str:
    if intensity_permille <= _SPARSE_PERMILLE:
        return "very sparse"
    return "full and powerful" if intensity_permille >= _FULL_PERMILLE else ""
