"""What tests of engines that ask a provider share: the provider, and runs that keep receipts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from studio_models.provider.choices import ProviderChoice
from studio_platform.engine import RunCancelled
from studio_platform.receipts import MemoryReceipts, Receipts
from tests.integration.generators.provider import FakeProvider, provider


@dataclass(slots=True)
class KeptRun:
    """A run whose receipts outlive it, as those of the studio do."""

    receipts: Receipts = field(default_factory=lambda: MemoryReceipts("w/clip/abc.0"))
    percents: list[int] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def raise_if_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise RunCancelled


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def choice(fake: FakeProvider) -> ProviderChoice:
    """The provider, asked without long pauses."""
    return ProviderChoice(
        fake.address, "model-x", "key-of-the-studio", timeout_seconds=20, pause_seconds=0.01
    )
