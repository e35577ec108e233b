"""Who may do what: pure functions over descriptors, tokens and questions."""

from adaudit.access.evaluator import evaluate
from adaudit.access.question import ObjectFacts, Question
from adaudit.access.token import Server, Token, token_of
from adaudit.access.verdict import Decision, Reason, Verdict

__all__ = [
    "Decision",
    "ObjectFacts",
    "Question",
    "Reason",
    "Server",
    "Token",
    "Verdict",
    "evaluate",
    "token_of",
]
