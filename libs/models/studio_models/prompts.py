"""What a model leaves out of a prompt."""

from __future__ import annotations

import inspect
from typing import Any

TOKENIZERS = ("tokenizer", "tokenizer_2", "tokenizer_3")


def words_left_out(pipeline: Any, prompt: str) -> str:
    """The words beyond what the pipeline's longest reader reads, empty when it reads all."""
    readers = [reader for name in TOKENIZERS if (reader := getattr(pipeline, name, None)) is not None]
    if not readers or not prompt:
        return ""
    longest = inspect.signature(pipeline.__call__).parameters.get("max_sequence_length")
    limits = [min(reader.model_max_length, _limit(longest, reader)) for reader in readers]
    reader, most = max(zip(readers, limits, strict=True), key=lambda each: each[1])
    return _left_out(reader, most, prompt)


def _limit(longest: inspect.Parameter | None, reader: Any) -> int:
    """What a pipeline allows its long reader; a reader of CLIP's has its own."""
    default = longest.default if longest else None
    return int(default) if isinstance(default, int) else int(reader.model_max_length)


def _left_out(reader: Any, most: int, prompt: str) -> str:
    if _tokens(reader, prompt) <= most:
        return ""
    words = prompt.split()
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _tokens(reader, " ".join(words[:middle])) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return " ".join(words[low:])


def _tokens(reader: Any, text: str) -> int:
    return len(reader(text, truncation=False, verbose=False).input_ids)
