"""What was read from a forest: pure data."""
