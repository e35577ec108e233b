"""Answers to single questions with their whole reason: a verdict, who holds, what one holds."""

from adaudit.explanation.verdict import explain

__all__ = ["explain"]
