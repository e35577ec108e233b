"""Paths of control: who comes to an object by controlling what controls it, step by step."""

from adaudit.review.paths.rights import Role
from adaudit.review.paths.search import Reached, Step, search
from adaudit.review.paths.structure import Structure

__all__ = ["Reached", "Role", "Step", "Structure", "search"]
