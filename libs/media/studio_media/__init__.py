"""The house form of picture and sound, shared by the makers of clips, sounds and films."""
