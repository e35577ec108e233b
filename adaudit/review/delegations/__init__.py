"""
What was set by hand: explicit entries and owners that are no defaults, and blocked inheritance.

Each is told once, where it was set; what objects below inherit of it is counted.
"""

from adaudit.review.delegations.delegation import Delegation, Delegations, Kind, Origin
from adaudit.review.delegations.finding import find_delegations
from adaudit.review.delegations.shadowing import Shadow
from adaudit.review.delegations.trustees import Standing, Trustee

__all__ = [
    "Delegation",
    "Delegations",
    "Kind",
    "Origin",
    "Shadow",
    "Standing",
    "Trustee",
    "find_delegations",
]
