"""What a film says in other languages."""
