"""The workbook's own formulas, recalculated by LibreOffice: the same figures to the last digit."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.formula import (
    Indicator,
    Mean,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    walk,
)
from scoring.instrument import Instrument
from scoring.interpret import RefusedToScore
from scoring.numbers import Rounding
from scoring.reading import find_instrument, read_instrument, shipped_paths
from scoring.score import Score
from scoring.workbook.layout import Layout
from scoring.workbook.reading import Filled, read_workbook
from scoring.workbook.writing import write_workbook
from tests.workbooks import Sample, near_ties, shipped_samples, tree_samples, typed

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


def written(sample: Sample, path: Path, **cells: str) -> None:
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
    book = io.BytesIO(typed(book.getvalue(), **cells))
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


def test_what_people_type_means_the_same_to_the_formulas_as_to_us(tmp_path: Path) -> None:
    """Numbers as text, a decimal comma, capitals and spaces; LibreOffice and we agree on each."""
    one = find_instrument("pekppp/pedoman-2022")
    layout = Layout(one, "A", None)
    written_as = {
        "1.a.Ak": ("3", 3),
        "2.a.P": ("~4", 4),
        "3.a.T": ("0 · TIDAK dipublikasikan", 0),
        "4.a.K": (" ", None),
        "f03a-1": ("3,5", Fraction(7, 2)),
        "f03a-2": ("3.25", Fraction(13, 4)),
        "f03a-3": ("~4.1234", Fraction(41234, 10000)),
        "f03a-4": (" 2,5 ", Fraction(5, 2)),
    }
    answers = {code: entry.high for code, entry in layout.by_code.items()}
    cells = {
        xl_rowcol_to_cell(*layout.places[layout.by_code[code].key]): text
        for code, (text, _) in written_as.items()
    }
    file = tmp_path / "typed.xlsx"
    written(Sample("typed", one, "A", answers=answers), file, **cells)
    found = read_workbook(recalculated(tmp_path, [file]) / file.name, one)
    assert {code: found.answers.get(code) for code in written_as} == {
        code: value for code, (_, value) in written_as.items()
    }
    assert found.warnings == ()
    assert found.score_in_file.low == found.score(one).low
