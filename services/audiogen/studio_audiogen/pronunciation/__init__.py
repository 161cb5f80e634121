"""How English text is said: from screenplay words to the phonemes that Kokoro was trained on."""
