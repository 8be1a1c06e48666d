"""What an import asks for: one row for each service, whatever file it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from scoring.workbook.faults import Fault

MOST_FAULTS = 200
"""So many faults are told at once; the rest would help nobody."""


@dataclass(frozen=True)
class Wanted:
    """A service as the file has it. What is empty was not said, and clears nothing."""

    unit: int
    name: str
    code: str = ""
    nature: str = ""
    about: str = ""
    everyday: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """Where it stands in the file, for a person."""
    cells: Mapping[str, Fault] = field(default_factory=dict)
    """The places of its name and its code, for a fault that only the platform can know."""
    remarks: tuple[str, ...] = ()
    """What was read with a doubt, or not understood."""

    def kept(self) -> dict[str, Any]:
        """What is carried from the preview to the import."""
        names = ("unit", "name", "code", "nature", "about", "everyday", "content", "where")
        return {name: value for name in names if (value := getattr(self, name))}

    def fault(self, column: str, sentence: str) -> Fault:
        """A fault at one of its cells."""
        at = self.cells.get(column)
        if at is None:
            return Fault("", "", f"{self.where}: {sentence}" if self.where else sentence)
        return Fault(at.sheet, at.cell, sentence)


@dataclass(frozen=True)
class Reading:
    """What came of a file: its services, and what belongs to none of them."""

    rows: tuple[Wanted, ...]
    remarks: tuple[str, ...] = ()


def shortened(faults: list[Fault]) -> list[Fault]:
    """The faults in the order of the sheets, as many as one reads."""
    if len(faults) <= MOST_FAULTS:
        return faults
    left = len(faults) - MOST_FAULTS
    more = _("Masih ada %d kesalahan lain. Perbaiki yang ini dahulu, lalu unggah lagi.") % left
    return [*faults[:MOST_FAULTS], Fault("", "", more)]
