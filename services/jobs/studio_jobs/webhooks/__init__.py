"""Webhooks: who is told of what, and the messages on their way."""
