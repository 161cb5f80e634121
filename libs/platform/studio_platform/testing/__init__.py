"""What the tests of every package share: real servers from wheels, as pytest fixtures."""
