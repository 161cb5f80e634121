"""What a generator's engine is: a warm model that turns orders into products.

An engine is synchronous and runs on the worker's own threads, one `run` a lane; it reports
progress and learns of a cancel through the `Run` handle and knows neither broker nor store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable


@dataclass(frozen=True, slots=True)
class EngineDescription:
    """What a pool announces about its engine, known without loading a model.

    `revision` and `model_revision` are parts of every content key: raise `revision` whenever the
    same order would give other bytes. `deterministic` means bit-equal output on repeat.
    Sizes are (width_px, height_px) upper limits; (0, 0) means no picture. `voices` are those of a speech
    engine, `languages` the primary subtags of what it speaks, none for any. `parts` are the roles of the
    parts that it reads of its inputs; others are not fetched. None: all. `capabilities` are for people,
    such as "negative prompt". `weights_bytes` is the size of the model's files, 0 where it isn't known.
    """

    kind: str
    engine: str
    revision: str
    model: str = ""
    model_revision: str = ""
    deterministic: bool = True
    max_width_px: int = 0
    max_height_px: int = 0
    batch_size_max: int = 1
    price_micros_per_second: int = 0
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    price_micros_per_call: int = 0
    parts: frozenset[str] | None = None
    capabilities: tuple[str, ...] = ()
    weights_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a product: `role` names it within the artifact; exactly one of data or path is set.

    A `path` lies in the product's folder.
    """

    role: str
    media_type: str
    data: bytes | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A finished artifact that an order builds on, its parts as files of the run's scratch folder.

    `parts` maps a part's role to its path; `length_ms` and `frames` are as in its Product.
    """

    role: str
    parts: Mapping[str, Path]
    length_ms: int = 0
    frames: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """What an engine made for one order.

    `length_ms` is the real length of sound or picture (0 for a still), `frames` the real frame
    count at the order's rate. `facts` are short strings for the film's report (voice, move...).
    The worker removes `folder`, where the parts' files are, once they are stored or given up.
    """

    parts: tuple[Part, ...]
    length_ms: int = 0
    frames: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


class Run(Protocol):
    """The worker's handle on one running order, safe to call from any thread."""

    def progress(self, percent: int) -> None:
        """Report 0..100; dropped when reported too often."""

    def raise_if_cancelled(self) -> None:
        """Raise `RunCancelled` when the run was cancelled, lost its lease or the pod drains."""


Draw = Callable[[], bytes]
"""Draws what there is of a picture so far: a small JPEG, or nothing."""


@runtime_checkable
class WatchedRun(Protocol):
    """A run that people look at while it is made; not every one is."""

    def show(self, draw: Draw) -> None:
        """Show what `draw` draws, which isn't asked when something was shown just now; from any thread."""


def show(run: Run, draw: Draw) -> None:
    """Show what there is so far to who looks at a run."""
    if isinstance(run, WatchedRun):
        run.show(draw)


class RunCancelled(Exception):
    """Raised inside an engine at its next step after a cancel; engines let it pass."""


class EngineHung(Exception):
    """Raised when a device answers no more: the process ends, and its orders are begun anew elsewhere."""


class EngineFailure(Exception):
    """An engine's refusal of one order.

    `reason` is an UPPER_SNAKE word of at most 63 characters, `user_text` goes to clients,
    `log_text` to logs alone. `permanent` means a retry cannot help (a bad spec).
    """

    def __init__(self, reason: str, user_text: str, *, log_text: str = "", permanent: bool = False) -> None:
        super().__init__(f"{reason}: {log_text or user_text}")
        self.reason = reason
        self.user_text = user_text
        self.log_text = log_text or user_text
        self.permanent = permanent


OrderT = TypeVar("OrderT", contravariant=True)


class Engine(Protocol[OrderT]):
    """One engine with one model, warm for the life of its process."""

    def describe(self) -> EngineDescription:
        """Say what this engine is, without loading anything."""

    def load(self) -> None:
        """Load the model, once, before the process reports ready."""

    def run(self, orders: Sequence[OrderT], runs: Sequence[Run]) -> Sequence[Product]:
        """Make one product for each order, in order; `runs[i]` belongs to `orders[i]`.

        Raises EngineFailure for an order it cannot make and lets RunCancelled pass.
        """
