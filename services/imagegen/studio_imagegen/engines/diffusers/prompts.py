"""What a tokenizer leaves out of a prompt."""

from __future__ import annotations

from typing import Any


def words_left_out(tokenizer: Any, prompt: str) -> str:
    """The words beyond what the model reads, empty when it reads all."""
    most = tokenizer.model_max_length
    ids = tokenizer(prompt, truncation=False, verbose=False).input_ids
    if len(ids) <= most:
        return ""
    words = prompt.split()
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(tokenizer(" ".join(words[:middle]), verbose=False).input_ids) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return " ".join(words[low:])
