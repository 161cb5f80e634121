"""Film Studio's contracts, Python client and film command."""
