"""Every engine that settings may name is there and describes itself without loading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from studio_audiogen.engines.catalogue import engines
from studio_audiogen.settings import ENGINES


def test_every_name_of_the_settings_builds_an_engine_of_its_kind() -> None:
    kinds = {name: build().describe().kind for name, build in engines(Path("none"), 1).items()}
    assert kinds == {
        "kokoro": "SPEECH",
        "score": "MUSIC",
        "effects": "EFFECTS",
        "diffusers-music": "MUSIC",
        "diffusers-effects": "EFFECTS",
        "openai": "SPEECH",
        "null-speech": "SPEECH",
        "null-music": "MUSIC",
        "null-effects": "EFFECTS",
    }
    assert set(kinds) == set(ENGINES)


def test_describing_engines_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pathlib import Path; from studio_audiogen.engines.catalogue import engines\n"
        "[build().describe() for build in engines(Path('none'), 1).values()]\n"
        "print(sorted({'numpy', 'av', 'onnxruntime', 'misaki', 'cv2', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
