"""Who is meant by the words of an action: the characters of a screenplay, found by name or by pronoun."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio_jobs.screenplay.lexicon import PRONOUNS, words_of

_EDGES = ".,;:!?\"'()[]…“”‘’-–—*_"
_OFF_SCREEN = frozenset({"VO", "OS", "OC", "OFF", "VOICE OVER", "VOICEOVER", "PRE-LAP", "PRELAP", "PRE LAP"})


class Cast:
    """Characters, to be found in actions by their names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in self.names:
            for form in (name.upper(), name.title()):
                words = tuple(form.split())
                self._by_first.setdefault(words[0], []).append((words, name))

    def named_in(self, text: str) -> tuple[str, ...]:
        """Return the characters whose whole name the text holds, in capitals or as a proper name."""
        words = [word if word.isalpha() else _bare(word) for word in text.split()]
        if self._by_first.keys().isdisjoint(words):
            return ()
        found: dict[str, None] = {}
        for at, word in enumerate(words):
            if word in self._by_first:
                for form, name in self._by_first[word]:
                    if tuple(words[at : at + len(form)]) == form:
                        found[name] = None
        return tuple(found)


def meant_by(text: str, named: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return who is named in a text, or, when it has a pronoun alone, who was in frame before."""
    if named or not before or PRONOUNS.isdisjoint(words_of(text)):
        return named
    return before


def _bare(word: str) -> str:
    return word.strip(_EDGES).removesuffix("'s").removesuffix("’s")


def is_off_screen(extensions: Sequence[str]) -> bool:
    """Say whether a cue's extensions put its speaker out of frame: V.O., O.S., O.C., and PRE-LAP, who
    is heard before the cut to their own scene.
    """
    return bool(extensions) and any(
        extension.upper().replace(".", "").strip() in _OFF_SCREEN for extension in extensions
    )
