"""Workbooks for the tests: filled in by chance, by ties, and by people who type what they like."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scoring.formula import Indicator, Mean, Node, Part, Rounded, Scale, WeightedSum
from scoring.instrument import Instrument
from scoring.interpret import NA
from scoring.numbers import Rounding
from scoring.reading import read_instrument, shipped_paths
from scoring.workbook.faults import RefusedToWrite
from scoring.workbook.layout import Entry, Layout
from scoring.workbook.reckoning import Reckoning
from tests.random_rules import instrument_of, trees
from tests.test_interpret import SURE, leaf, name

SHEETS = {"Petunjuk": 1, "Isian": 2, "Hitungan": 3, "Hijau": 6}


@dataclass
class Sample:
    """A workbook as somebody filled it in."""

    name: str
    instrument: Instrument
    form: str | None = None
    convention: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    respondents: list[dict[str, Fraction]] = field(default_factory=list)


def shipped_samples(shares: Sequence[float] = (0.97, 0.0, 1.0, 1.0, 0.6)) -> Iterator[Sample]:
    """Every shipped instrument, form and convention, with such shares of the answers given."""
    chance = random.Random(20261)
    for path in shipped_paths():
        one = read_instrument(path)
        names = [None, *(c.name for c in one.conventions if not c.default)]
        for form in one.forms:
            for convention in names:
                layout = Layout(one, form, convention)
                some = shares[:4:2] if layout.by_respondent else shares
                for number, share in enumerate(some):
                    name = f"{one.id}-{form}-{convention}-{number}".replace("/", "_")
                    yield filled(Sample(name, one, form, convention), layout, share, chance)


def filled(sample: Sample, layout: Layout, share: float, chance: random.Random) -> Sample:
    def some() -> dict[str, Any]:
        return {
            name: drawn(entry, chance)
            for name, entry in layout.by_code.items()
            if chance.random() < share
        }

    if layout.by_respondent:
        # Odd numbers of respondents, and gaps: every mean has a denominator of its own.
        rows = chance.choice((1, 4, 8, 49, 97, 150)) if share else 0
        sample.respondents = [r for r in (some() for _ in range(rows)) if r]
    else:
        sample.answers = some()
    return sample


def drawn(entry: Entry, chance: random.Random) -> Any:
    if entry.takes_na and chance.random() < 0.2:
        return NA
    if entry.options:
        return chance.choice(entry.options).value
    unit = 10**entry.decimals
    low, high = int(-(-entry.low * unit // 1)), int(entry.high * unit // 1)
    # Ties of a rounding are rare among all numbers; steps of a tenth and a half make them common.
    step = chance.choice((1, max(unit // 2, 1), max(unit // 10, 1)))
    value = Fraction(min(low + chance.randrange((high - low) // step + 1) * step, high), unit)
    return min(max(value, entry.low), entry.high)


def over_respondents(node: Node) -> Node:
    """The rule with every indicator averaged over respondents, as in a survey."""
    match node:
        case Indicator(name=name):
            return Mean(replace(name, level="unsur"), "responden", node)
        case WeightedSum(parts=parts):
            below = tuple(replace(part, node=over_respondents(part.node)) for part in parts)
            return replace(node, parts=below)
        case Scale() | Rounded():
            return replace(node, node=over_respondents(node.node))
        case _:
            return node


def tree_samples(count: int = 110) -> list[Sample]:
    """Random small rules: every policy for “not applicable”, every rounding, unknown weights."""
    found: list[Sample] = []
    chance = random.Random(7)

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(trees(), st.integers(0, 2), st.sampled_from(list(Rounding)))
    def gather(root: Node, decimals: int, rule: Rounding) -> None:
        survey = chance.random() < 0.3
        instrument = instrument_of(over_respondents(root) if survey else root, decimals, rule)
        instrument = replace(instrument, row="respondent" if survey else "unit")
        try:
            layout = Layout(instrument, None, None)
            sample = filled(
                Sample(f"tree-{len(found)}", instrument), layout, chance.choice((1, 1, 0.8)), chance
            )
            Reckoning(layout, sample.answers, sample.respondents)
        except RefusedToWrite:
            return
        found.append(sample)

    gather()
    return found


def near_ties() -> Iterator[Sample]:
    """Means over different numbers of respondents, on a tie of the rounding or just beside one."""
    parts = tuple(
        Part(Fraction(1, 2), Mean(name(f"u{i}", "unsur"), "responden", leaf(f"i{i}", 4)), SURE)
        for i in range(2)
    )
    root = WeightedSum(name("jumlah", "rata"), parts)
    for rule in Rounding:
        instrument = replace(instrument_of(root, 3, rule), row="respondent")
        for counts, totals in (
            ((997, 1000), (498, 501)),
            ((125, 128), (3, 4)),
            ((625, 5), (1, 2)),
            ((1000, 8), (500, 3)),
            ((64, 125), (32, 1)),
            ((8, 40), (1, 5)),
        ):
            rows = [
                {
                    f"i{i}": Fraction(n < total)
                    for i, (count, total) in enumerate(zip(counts, totals, strict=True))
                    if n < count
                }
                for n in range(max(counts))
            ]
            yield Sample(f"tie-{rule}-{counts}", instrument, respondents=rows)


# ---- As people type -----------------------------------------------------------------------------


def changed(data: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """The workbook with each part as `change` gives it, and with further parts."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, change(info.filename, source.read(info)))
        for path, content in added.items():
            target.writestr(path, content)
    return result.getvalue()


def typed(data: bytes, **cells: str) -> bytes:
    """The workbook after somebody typed into the entry sheet; `Hitungan_E13` for another sheet."""

    def change(path: str, content: bytes) -> bytes:
        text = content.decode() if path.startswith("xl/worksheets/") else ""
        for place, value in cells.items():
            sheet, _, cell = place.rpartition("_")
            if path == f"xl/worksheets/sheet{SHEETS[sheet or 'Isian']}.xml":
                text, count = re.subn(
                    rf'<c r="{cell}"( s="\d+")?[^>]*?(/>|>.*?</c>)',
                    lambda m, v=value, c=cell: _cell(c, m[1] or "", v),
                    text,
                )
                assert count == 1, place
        return text.encode() if text else content

    return changed(data, change)


def _cell(place: str, style: str, value: str) -> str:
    match value[:1], value:
        case "=", _:
            return f'<c r="{place}"{style}><f>{value[1:]}</f><v>4</v></c>'
        case "#", _:
            return f'<c r="{place}"{style} t="e"><v>{value}</v></c>'
        case "!", _:
            return f'<c r="{place}"{style} t="b"><v>1</v></c>'
        case "~", _:
            return f'<c r="{place}"{style}><v>{value[1:]}</v></c>'
        case _:
            return f'<c r="{place}"{style} t="inlineStr"><is><t>{value}</t></is></c>'
