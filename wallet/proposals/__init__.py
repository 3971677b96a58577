"""Decisions that take two people: one proposes exactly what is to be done, another confirms it."""

from wallet.proposals.services import (
    confirm,
    end_expired,
    in_words,
    may_decide_on_any,
    propose,
    withdraw,
)

__all__ = ["confirm", "end_expired", "in_words", "may_decide_on_any", "propose", "withdraw"]
