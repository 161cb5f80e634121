"""Help with screenplays: drafts, prompts and looks, by rules here or by a language model elsewhere."""
