"""Checks of mail between Exchange servers: KB 843106, and what else stops it."""
