"""The composer's engines by name, its settings, and what a null engine needs."""

from __future__ import annotations

import io
import subprocess
import sys

import av
import pytest

from studio_composer.engines.catalogue import engines
from studio_composer.settings import ENGINES, ComposerSettings
from studio_platform.settings import load
from tests.unit.composer.material import WatchedRun, content

_IMPORTS = """
import sys
from studio_composer.engines.catalogue import engines
import studio_composer.convert
from studio_composer.orders import FilmOrder
class Run:
    def progress(self, percent): pass
    def raise_if_cancelled(self): pass
engines(None)["null-film"]().run([FilmOrder("T", 16, 16, 24, 1, ())], [Run()])
print(sorted({"av", "numpy", "PIL", "scipy", "cv2"} & set(sys.modules)))
"""


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_S3_ACCESS_KEY", "key")
    monkeypatch.setenv("FILM_S3_SECRET_KEY", "secret")


def test_settings_know_exactly_the_engines_there_are() -> None:
    assert set(ENGINES) == set(engines(None))


def test_both_kinds_are_hosted_by_default() -> None:
    hosted = [engines(None)[name]().describe() for name in load(ComposerSettings).composer_engines]

    assert [(engine.kind, engine.engine) for engine in hosted] == [
        ("SEGMENT", "pyav"),
        ("LEVELS", "studio"),
        ("MASTER", "pyav"),
        ("FILM", "pyav"),
        ("READING", "pyav"),
        ("SHEET", "reportlab"),
    ]


@pytest.mark.parametrize("names", ["scissors", "film,film", ","])
def test_an_unknown_repeated_or_missing_engine_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, names: str
) -> None:
    monkeypatch.setenv("FILM_COMPOSER_ENGINES", names)
    faults = io.StringIO()

    with pytest.raises(SystemExit):
        load(ComposerSettings, faults)

    assert "FILM_COMPOSER_ENGINES" in faults.getvalue()


def test_null_engines_import_no_heavy_library() -> None:
    answer = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_the_null_film_plays() -> None:
    from studio_composer.orders import FilmOrder

    [product] = engines(None)["null-film"]().run([FilmOrder("T", 16, 16, 24, 1, ())], [WatchedRun()])

    with av.open(io.BytesIO(content(product, "film")), mode="r", format="mov") as film:
        assert sum(1 for _ in film.decode(video=0)) == 1


def test_the_null_segment_has_every_part() -> None:
    from studio_composer.orders import SegmentOrder, SegmentShot

    order = SegmentOrder(16, 16, 24, 1, (SegmentShot("s", "clip", 48),))

    [product] = engines(None)["null-segment"]().run([order], [WatchedRun()])

    roles = {part.role for part in product.parts}
    assert roles == {"picture", "verdict", "poster", "dialogue", "music", "effects", "levels", "cues"}
    assert (product.frames, product.length_ms) == (48, 2_000)
