"""A fact as the instrument asks it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.provenance import Fact
from scoring.text import Text


class Kind(StrEnum):
    """How a fact is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    MULTI = "multi"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    CHAIN = "chain"
    """Ordered steps, each yes or no, that stop at the first no."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick, or one step of a chain."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A fact that the unit states about itself (F-01); it carries no score of its own.

    `name` is how a reason names it: “unsur masyarakat dilibatkan”. `high` is the largest number
    that can be true, where there is one.
    """

    code: str
    kind: Kind
    text: Text
    name: Text
    fact: Fact
    options: tuple[Choice, ...] = ()
    decimals: int = 0
    high: Fraction | None = None

    def option(self, code: str) -> Choice:
        """The option with that code. Raises KeyError."""
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(code)
