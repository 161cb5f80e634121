"""Portraits of the cast by a provider: drawn and paid once for a workspace, shown with every still."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from studio_imagegen.orders import Figure, StillOrder
from studio_platform.receipts import Receipts

PORTRAITS_MAX = 4
"""More faces than these a provider mixes up."""

SIDE_PX = 1024
Draw = Callable[[StillOrder, str], bytes]
"""Draws an order as a PNG; the text names it among what is asked for of the still."""


class Portraits:
    """Who looks how. A figure of whose look nothing is said has no portrait unless one was brought."""

    def __init__(self, model_key: str) -> None:
        self._model_key = model_key
        self._lock = threading.Lock()
        self._drawing: WeakValueDictionary[str, _Gate] = WeakValueDictionary()

    def of(self, figures: Sequence[Figure], receipts: Receipts, draw: Draw) -> dict[str, bytes]:
        """Name to portrait, a PNG, of the first few figures."""
        known = [figure for figure in figures if figure.look or figure.portrait][:PORTRAITS_MAX]
        return {figure.name: self._portrait(figure, receipts, draw) for figure in known}

    def _portrait(self, figure: Figure, receipts: Receipts, draw: Draw) -> bytes:
        if figure.portrait:
            return figure.portrait
        name = self._name(figure)
        with self._lock:
            gate = self._drawing.setdefault(name, _Gate())
        # Lanes that need the same face wait for the one that has it drawn.
        with gate.lock:
            kept = receipts.portrait(name)
            if kept is not None:
                return kept
            return receipts.keep_portrait(name, draw(_order(figure), f"portrait-{name[:16]}"))

    def _name(self, figure: Figure) -> str:
        words = repr((self._model_key, figure.name, figure.look, figure.seed))
        return hashlib.sha256(words.encode()).hexdigest()


class _Gate:
    """One at a time; held by name as long as somebody is at it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


def who_is_who(names: Sequence[str]) -> str:
    """What the prompt says of the pictures that go with it."""
    told = ", ".join(f"picture {place} is {name}" for place, name in enumerate(names, start=1))
    return f"Keep the faces, hair and clothes of the reference pictures: {told}."


def _order(figure: Figure) -> StillOrder:
    prompt = (
        f"Portrait of {figure.name.title()}: {figure.look}. Head and shoulders, facing the camera, even "
        "light, plain grey background, one person, no text."
    )
    return StillOrder(SIDE_PX, SIDE_PX, seed=figure.seed, figures=(figure,), prompt=prompt)
