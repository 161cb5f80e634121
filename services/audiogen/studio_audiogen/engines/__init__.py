"""The engines of the audio generator, one file or package each."""
