"""What an Exchange organisation is, read off a snapshot."""
