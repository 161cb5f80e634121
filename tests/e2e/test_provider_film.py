"""The sample film with stills, clips and speech of a provider, over the whole studio; a worker dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from tests.e2e.conftest import SIZE, Rendered, Studio, end_studio, make_studio
from tests.integration.generators.provider import (
    IMAGES,
    SPEECH,
    VIDEOS,
    FakeProvider,
    FakeVideo,
    provider,
)

pytestmark = pytest.mark.timeout(600)

KEY = "key-from-a-file"


@dataclass(frozen=True, slots=True)
class Filmed:
    """A film, what its provider was asked, the worker that was killed, and the clip that it waited for."""

    film: Rendered
    fake: FakeProvider
    studio: Studio
    killed: int
    awaited: FakeVideo


def settings_of(fake: FakeProvider, key: Path) -> dict[str, str]:
    """Three pools of a provider; music and effects are of the null engines."""
    shared = {
        f"FILM_{service}_OPENAI_{name}": value
        for service in ("IMAGEGEN", "VIDEOGEN", "AUDIOGEN")
        for name, value in (("BASE_URL", fake.address), ("API_KEY_FILE", str(key)), ("MODEL", "model-x"))
    }
    return {
        **shared,
        "FILM_IMAGEGEN_ENGINE": "openai",
        "FILM_IMAGEGEN_OPENAI_SIZES": "400x226,226x400",
        "FILM_VIDEOGEN_ENGINE": "openai",
        "FILM_VIDEOGEN_OPENAI_SIZES": SIZE,
        "FILM_VIDEOGEN_OPENAI_SECONDS": "2,4",
        "FILM_VIDEOGEN_OPENAI_POLL_SECONDS": "0.2",
        "FILM_AUDIOGEN_ENGINES": "openai,null-music,null-effects",
    }


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filmed]:
    key = tmp_path_factory.mktemp("secret") / "key"
    key.write_text(KEY)
    key.chmod(0o644)
    key.parent.chmod(0o755)
    killed: list[tuple[int, FakeVideo]] = []
    with provider() as fake:
        studio = make_studio(**settings_of(fake, key))

        def kill_once(video: FakeVideo) -> None:
            if not killed and len(fake.videos) > 2:
                killed.append((studio.pids()["videogen"], video))
                os.kill(killed[0][0], signal.SIGKILL)

        fake.on_poll = kill_once
        sample = Path(__file__).resolve().parents[2] / "samples" / "one-minute.fountain"
        film = studio.render(sample)
        yield Filmed(film, fake, studio, *killed[0])
        end_studio(studio)


def test_a_film_is_made_of_what_a_provider_makes(filmed: Filmed) -> None:
    assert filmed.film.code == 0, filmed.film.errors
    assert filmed.film.states[-1] == "COMPLETED"
    assert {asked.headers["authorization"] for asked in filmed.fake.asked} == {f"Bearer {KEY}"}
    voices = {asked.fields["voice"] for asked in filmed.fake.of(SPEECH)}
    assert len(voices) > 1
    assert all(asked.fields["prompt"] for asked in filmed.fake.of(IMAGES))


def test_no_picture_of_it_but_of_titles_and_fades_is_black(filmed: Filmed) -> None:
    with av.open(str(filmed.film.output)) as container:
        levels = [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]

    assert len(levels) > 24 * 20
    assert float(np.mean(np.array(levels) > 40)) > 0.7


def test_a_worker_killed_while_it_waits_for_clips_pays_for_none_of_them_again(filmed: Filmed) -> None:
    assert filmed.studio.pids()["videogen"] != filmed.killed
    keys = [asked.headers["idempotency-key"] for asked in filmed.fake.of(VIDEOS)]
    assert keys.count(filmed.awaited.key) == 1
    fetched = {asked.path for asked in filmed.fake.asked if asked.path.endswith("/content")}
    assert filmed.fake.paid[VIDEOS] == len(filmed.fake.videos) == len(fetched)
