"""How the workbook says no: a sentence for each cell at fault, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RefusedToWrite(ValueError):
    """This workbook cannot be written exactly; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place: the sheet, the cell (both may be empty), and the cure."""

    sheet: str
    cell: str
    sentence: str

    def __str__(self) -> str:
        where = f"Lembar {self.sheet}" if self.sheet else "Berkas"
        where += f", sel {self.cell}" if self.cell else ""
        return f"{where}: {self.sentence}"


class BadWorkbook(ValueError):
    """A workbook that cannot be taken in; `faults` names every place, and nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
