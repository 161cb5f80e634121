"""The gateway: who you are, what you may do, and the way in."""
