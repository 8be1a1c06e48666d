"""The workbook's own formulas, recalculated by LibreOffice: the same figures to the last digit."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scoring.formula import (
    Indicator,
    Mean,
    Node,
    Part,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    walk,
)
from scoring.instrument import Instrument
from scoring.interpret import NA, RefusedToScore
from scoring.numbers import Rounding
from scoring.reading import read_instrument, shipped_paths
from scoring.score import Score
from scoring.workbook.faults import RefusedToWrite
from scoring.workbook.layout import Entry, Layout
from scoring.workbook.reading import Filled, read_workbook
from scoring.workbook.reckoning import Reckoning
from scoring.workbook.writing import write_workbook
from tests.test_interpret import SURE, leaf, name
from tests.test_sql_agrees import instrument_of, trees

SECONDS = 300
AT_ONCE = 120
"""LibreOffice starts slowly, but drops what is beyond some 240 files."""
ALWAYS_RECALCULATE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items '
    'xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
    '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>'
)


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


# ---- Through LibreOffice ------------------------------------------------------------------------


def written(sample: Sample, path: Path) -> None:
    """The workbook without any figure of ours: what is read afterwards LibreOffice computed."""
    book = io.BytesIO()
    write_workbook(
        book,
        sample.instrument,
        form=sample.form,
        convention=sample.convention,
        answers=sample.answers,
        respondents=sample.respondents,
    )
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"</f><v>[^<]*</v>", b"</f><v></v>", content)
            target.writestr(info, content)


def recalculated(folder: Path, files: list[Path]) -> Path:
    """The folder with every workbook as LibreOffice computed and saved it, in few starts."""
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice is missing. Install it: bash bin/system-packages libreoffice"
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    out = folder / "out"
    command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--convert-to", "xlsx", "--outdir", str(out)]
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        done = subprocess.run(
            [*command, *map(str, some)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        absent = [file.name for file in some if not (out / file.name).exists()]
        assert not absent, f"LibreOffice did not write {absent[:3]}: {done.stderr[-500:]}"
    return out


@pytest.fixture(scope="module")
def round_trips(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Sample, Filled]]:
    folder = tmp_path_factory.mktemp("workbooks")
    samples = [*shipped_samples(), *tree_samples(), *near_ties()]
    files = [folder / f"{number}.xlsx" for number in range(len(samples))]
    for sample, file in zip(samples, files, strict=True):
        written(sample, file)
    out = recalculated(folder, files)
    return [
        (sample, read_workbook(out / file.name, sample.instrument))
        for sample, file in zip(samples, files, strict=True)
    ]


def scored(filled: Filled, instrument: Instrument) -> Score | None:
    try:
        return filled.score(instrument)
    except RefusedToScore:
        return None


def test_every_shipped_instrument_form_and_convention_is_among_them(
    round_trips: list[tuple[Sample, Filled]],
) -> None:
    ids = {sample.instrument.id for sample, _ in round_trips}
    assert {read_instrument(path).id for path in shipped_paths()} <= ids
    scores = [scored(filled, sample.instrument) for sample, filled in round_trips]
    assert sum(one is None for one in scores) >= 2
    assert sum(one is not None and one.value is not None for one in scores) >= 50
    assert sum(one is not None and one.band is not None for one in scores) >= 30


def test_what_was_filled_in_comes_back(round_trips: list[tuple[Sample, Filled]]) -> None:
    for sample, filled in round_trips:
        assert filled.answers == sample.answers, sample.name
        assert list(filled.respondents) == sample.respondents, sample.name


def test_the_formulas_give_the_figures_of_the_platform_to_the_last_digit(
    round_trips: list[tuple[Sample, Filled]],
) -> None:
    for sample, filled in round_trips:
        ours, theirs = scored(filled, sample.instrument), filled.score_in_file
        if ours is None:
            assert (theirs.value, theirs.low, theirs.high) == (None, None, None), sample.name
            continue
        assert (theirs.value, theirs.low, theirs.high) == (ours.value, ours.low, ours.high), (
            sample.name
        )
        band = ours.band
        assert theirs.category == (band.code if band else None), sample.name
        assert theirs.zone == ours.zone, sample.name


def test_every_cell_of_the_reckoning_is_what_it_was_foreseen_to_be(
    round_trips: list[tuple[Sample, Filled]],
) -> None:
    for sample, filled in round_trips:
        assert [str(warning) for warning in filled.warnings] == [], sample.name


def test_the_random_rules_say_all_that_a_rule_can_say(
    round_trips: list[tuple[Sample, Filled]],
) -> None:
    nodes = [
        node
        for sample, _ in round_trips
        if sample.name.startswith("tree")
        for node in walk(sample.instrument.formula())
    ]
    assert {type(n) for n in nodes} == {Indicator, Mean, WeightedSum, Scale, Rounded}
    sums = [node for node in nodes if isinstance(node, WeightedSum)]
    assert {(s.not_applicable, s.has_unknown_weights) for s in sums} >= {
        ("redistribute", False),
        ("full", False),
        ("zero", False),
        ("forbidden", True),
    }
    assert UnknownWeights.REFUSE in {s.unknown for s in sums if s.has_unknown_weights}
    assert {n.rule for n in nodes if isinstance(n, Rounded)} == set(Rounding)
    surveys = [s for s, _ in round_trips if s.name.startswith("tree") and s.respondents]
    assert len(surveys) >= 15
