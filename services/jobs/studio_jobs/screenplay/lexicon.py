"""The words by which a breakdown hears and sees: moods, ambiences, effect cues, camera moves, objects.

Each table maps a word of the text, in small letters, to what it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

Meaning = TypeVar("Meaning", bound=StrEnum)


class Mood(StrEnum):
    """What the music of a scene follows."""

    CALM = "CALM"
    TENSE = "TENSE"
    SAD = "SAD"
    HOPEFUL = "HOPEFUL"
    DARK = "DARK"
    JOYFUL = "JOYFUL"
    MYSTERIOUS = "MYSTERIOUS"
    NEUTRAL = "NEUTRAL"


class Ambience(StrEnum):
    """A sound that lies under a whole shot."""

    RAIN = "RAIN"
    WIND = "WIND"
    STREET = "STREET"
    SEA = "SEA"
    ROOM_TONE = "ROOM_TONE"
    FOREST = "FOREST"
    CROWD = "CROWD"
    TRAIN = "TRAIN"
    FIRE = "FIRE"
    NIGHT = "NIGHT"
    AIR = "AIR"


class Effect(StrEnum):
    """A sound at one moment."""

    STEPS = "STEPS"
    DOOR = "DOOR"
    PHONE = "PHONE"
    THUNDER = "THUNDER"
    KNOCK = "KNOCK"
    CAR = "CAR"
    GLASS = "GLASS"
    CLICK = "CLICK"
    BELL = "BELL"
    PAPER = "PAPER"
    SIREN = "SIREN"
    GUNSHOT = "GUNSHOT"
    SPLASH = "SPLASH"
    HEARTBEAT = "HEARTBEAT"


class Move(StrEnum):
    """A suggestion for the camera."""

    HOLD = "HOLD"
    PAN_LEFT = "PAN_LEFT"
    PAN_RIGHT = "PAN_RIGHT"
    TILT_UP = "TILT_UP"
    TILT_DOWN = "TILT_DOWN"
    PUSH_IN = "PUSH_IN"
    PULL_OUT = "PULL_OUT"
    HANDHELD = "HANDHELD"


def _table(rows: Mapping[Meaning, str]) -> dict[str, Meaning]:
    return {word: meaning for meaning, words in rows.items() for word in words.split()}


MOODS: Mapping[str, Mood] = _table(
    {
        Mood.CALM: "calm quiet quietly gentle gently peaceful still softly soft sleeping slowly rests",
        Mood.TENSE: "tense hurry hurries chase gun knife scream screams shout shouts fight grabs "
        "panic slams alarm siren suddenly freezes frozen threat trapped bomb countdown urgent",
        Mood.SAD: "sad sadly tears cry cries crying weeps alone grief funeral grave died dying "
        "goodbye farewell mourns sorry sobs widow empty",
        Mood.HOPEFUL: "hope hopes hopeful promise sunrise dawn begins opens light alive together home smile "
        "smiles safe forgive forgives",
        Mood.DARK: "dark darkness blood bloody corpse murder kill kills killed evil shadow shadows cellar "
        "morgue cruel monster scar",
        Mood.JOYFUL: "laugh laughs laughing laughter dance dances party cheers cheer joy wedding birthday "
        "sings celebrate grins giggles happy",
        Mood.MYSTERIOUS: "mystery mysterious strange secret fog mist whisper whispers unknown hidden "
        "stranger vanishes vanished ghost odd puzzle unsigned unmarked key impossible",
    }
)

AMBIENCES: Mapping[str, Ambience] = _table(
    {
        Ambience.RAIN: "rain raining rains rainy storm stormy downpour drizzle thunderstorm",
        Ambience.WIND: "wind windy gale gust gusts blizzard desert mountain moor rooftop cliff",
        Ambience.STREET: "street avenue traffic city downtown alley sidewalk pavement crossroads",
        Ambience.SEA: "sea ocean beach shore harbour harbor pier waves coast surf lighthouse ferry",
        Ambience.FOREST: "forest woods woodland jungle trees garden park meadow",
        Ambience.CROWD: "crowd crowded party bar pub restaurant cafe market stadium concourse station",
        Ambience.TRAIN: "train carriage railway locomotive subway metro platform",
        Ambience.FIRE: "fire fireplace campfire flames burning bonfire hearth stove",
    }
)

EFFECTS: Mapping[str, Effect] = _table(
    {
        Effect.STEPS: "steps footsteps walks walk walking running crosses climbs strides hurries",
        Effect.DOOR: "door doors gate hatch",
        Effect.PHONE: "rings ringing receiver",
        Effect.THUNDER: "thunder lightning thunderclap",
        Effect.KNOCK: "knock knocks knocking raps pounds",
        Effect.CAR: "car cars taxi van truck engine motor drives",
        Effect.GLASS: "glass shatters shatter windscreen",
        Effect.CLICK: "click clicks switch lock locks unlocks latch trigger keyboard lighter",
        Effect.BELL: "bell bells chimes chime tolls",
        Effect.PAPER: "paper letter envelope page pages newspaper unfolds",
        Effect.SIREN: "siren sirens ambulance",
        Effect.GUNSHOT: "gunshot gunshots",
        Effect.SPLASH: "splash splashes puddle puddles dives",
        Effect.HEARTBEAT: "heartbeat pulse",
    }
)

# The words that ask for a move by themselves, before any default of the shot's size.
MOVES: Mapping[str, Move] = _table(
    {
        Move.TILT_UP: "sky tower climbs rises ceiling upward stars",
        Move.TILT_DOWN: "sinks kneels collapses downward beneath",
        Move.HANDHELD: "chase chases fight fights struggles struggle panic stumbles grabs",
        Move.PULL_OUT: "leaves alone away empty departs vanishes retreats",
        Move.PAN_RIGHT: "crosses passes drives walks follows enters",
        Move.PUSH_IN: "stares notices realises realizes reads",
    }
)

OBJECTS = frozenset(
    (
        *("bottle", "book", "box", "candle", "clock", "coin", "cup", "diary", "envelope", "gun", "handle"),
        *("key", "keyhole", "knife", "lamp", "lantern", "letter", "lock", "locket", "map", "matchbook"),
        *("medal", "mirror", "necklace", "newspaper", "note", "phone", "photo", "photograph", "picture"),
        *("postcard", "radio", "recorder", "ring", "screen", "stamp", "suitcase", "tape", "telephone"),
        *("ticket", "watch"),
    )
)

HOLDABLE = frozenset(
    (
        *("bag", "basket", "bottle", "book", "box", "camera", "candle", "cigarette", "coin", "cup", "diary"),
        *("envelope", "flowers", "flashlight", "glass", "gun", "hand-bag", "handbag", "key", "knife", "lamp"),
        *("lantern", "letter", "locket", "map", "mug", "newspaper", "note", "notebook", "paper", "phone"),
        *("photo", "photograph", "pistol", "postcard", "radio", "rifle", "rose", "suitcase", "sword"),
        *("telegram", "ticket", "torch", "umbrella"),
    )
)
"""What a hand takes and keeps from one shot to the next."""

WALL_WORDS = frozenset(("clock", "mirror", "painting", "photograph", "portrait"))
WEATHER_WORDS = frozenset(
    (
        *("rain", "raining", "rains", "rainy", "drizzle", "downpour", "storm", "stormy", "thunderstorm"),
        *("lightning", "snow", "snowing", "snows", "snowy", "blizzard", "snowfall", "fog", "foggy", "mist"),
        *("misty", "wind", "windy", "gale", "windswept"),
    )
)
SURROUNDING_WORDS = WALL_WORDS | WEATHER_WORDS

PRONOUNS = frozenset({"he", "she", "they", "him", "her", "his", "hers", "their", "them", "both"})

_TEXTS_KEPT = 64
"""A shot's text is asked for its words by several rules, one after the other."""

_EDGES = ".,;:!?\"'()[]…“”‘’-–—*_"


@lru_cache(maxsize=_TEXTS_KEPT)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, without the marks around them."""
    words = text.replace("—", " ").replace("–", " ").casefold().split()
    # Most words are of letters alone, and have nothing to take off.
    return tuple(filter(None, [word if word.isalpha() else _bare(word) for word in words]))


def _bare(word: str) -> str:
    return word.strip(_EDGES).removesuffix("'s").removesuffix("’s")
