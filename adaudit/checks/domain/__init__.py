"""Checks of a domain: who controls what matters most, and what is wrong with descriptors."""
