"""Where a fact of the law comes from, and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """How sure a fact is. The order is from surest to least sure."""

    VERIFIED = "verified"
    """The linked source states it."""
    UNOFFICIAL = "unofficial"
    """A source states it, but that source is third-party, informal or leaked."""
    INFERRED = "inferred"
    """A conclusion from other facts; the note gives the reasoning."""
    ASSUMED = "assumed"
    """A scenario chosen for planning; nobody published it."""

    @property
    def is_estimate(self) -> bool:
        """Whether a figure that rests on this must be shown as an estimate."""
        return self in (Label.INFERRED, Label.ASSUMED)


@dataclass(frozen=True, slots=True)
class Fact:
    """The label of a shipped number, the sources that carry it, and the reasoning if any."""

    label: Label
    sources: tuple[str, ...] = ()
    note: str = ""
