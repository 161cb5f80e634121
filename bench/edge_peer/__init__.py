"""The HTTP route that somebody would write by hand in place of the gateway."""
