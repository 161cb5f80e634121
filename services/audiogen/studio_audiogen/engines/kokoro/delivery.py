"""What a parenthetical such as (whispering) or (quickly) changes in tempo and level."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """Tempo as a factor of the voice's own in permille, level in millibels against usual speech."""

    tempo_permille: int = 1_000
    level_millibels: int = 0


_WORDS = {
    Delivery(930, -700): "whisper whispers whispering whispered sotto breathless mutters muttering under",
    Delivery(960, -400): "quiet quietly soft softly gently low tender tenderly murmurs mumbling hushed",
    Delivery(1_040, 300): "shout shouts shouting shouted yells yelling screams screaming loud loudly bellows",
    Delivery(
        1_140, 0
    ): "quickly fast hurried hurriedly rushed urgent urgently panicked frantic rapidly excited",
    Delivery(880, 0): "slowly slow tired wearily weary exhausted drunk thoughtful solemn hesitant hesitantly",
    Delivery(920, -200): "sad sadly crying tearful tearfully sobbing broken grieving weak weakly",
}
_BY_WORD = {word: delivery for delivery, words in _WORDS.items() for word in words.split()}
_LEVEL_LIMIT_MILLIBELS = 900


def delivery_of(parenthetical: str) -> Delivery:
    """Return what the known words of a parenthetical ask for together; nothing known changes nothing."""
    found = [_BY_WORD[word] for word in re.findall(r"[a-z]+", parenthetical.lower()) if word in _BY_WORD]
    tempo_permille = 1_000
    level_millibels = 0
    for delivery in dict.fromkeys(found):
        tempo_permille = tempo_permille * delivery.tempo_permille // 1_000
        level_millibels += delivery.level_millibels
    bounded = max(-_LEVEL_LIMIT_MILLIBELS, min(_LEVEL_LIMIT_MILLIBELS, level_millibels))
    return Delivery(tempo_permille, bounded)
