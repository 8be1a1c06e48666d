"""Exact numbers in the database: a scaled integer, never a REAL.

Django keeps a DecimalField on SQLite as a REAL: 4.125 comes back as 4.12. So a figure with a
fixed number of places is stored as an integer of millionths, and an unrounded one as text.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field

PLACES = 6
SCALE = 10**PLACES


class ExactField(_Field):
    """A figure with up to six decimals, a Fraction in Python, an integer of millionths in SQL.

    Raises ValueError when the value does not fit into six decimals: rounding is not its task.
    """

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *args: Any) -> Fraction | None:
        return None if value is None else Fraction(value, SCALE)

    def to_python(self, value: Any) -> Fraction | None:
        return value if value is None or isinstance(value, Fraction) else Fraction(str(value))

    def get_prep_value(self, value: Any) -> int | None:
        if value is None:
            return None
        scaled = Fraction(value) * SCALE
        if scaled.denominator != 1:
            raise ValueError(f"{value} has more than {PLACES} decimals")
        return int(scaled.numerator)


class FractionField(_Field):
    """An unrounded figure, kept as `numerator/denominator`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: str | None, *args: Any) -> Fraction | None:
        return None if value is None else Fraction(value)

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Fraction) else Fraction(str(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(Fraction(value))
