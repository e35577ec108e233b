"""Tier 0: the objects whose control is control of the forest, and who may control them."""

from adaudit.review.tier_zero.asset import Asset, Kind
from adaudit.review.tier_zero.computed import TierZero

__all__ = ["Asset", "Kind", "TierZero"]
