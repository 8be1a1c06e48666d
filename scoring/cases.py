"""Running the sentence tests that travel with an instrument."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scoring.formula import Indicator, walk
from scoring.instrument import LEAF_LEVEL, Case, Instrument
from scoring.interpret import NA, Answer, RefusedToScore, Step, Tally
from scoring.numbers import parse_weight
from scoring.score import Score, conclude
from scoring.subject import Subject, Unit, score_subject

Figures = dict[tuple[str, str], Answer]


def run_case(instrument: Instrument, case: Case) -> list[str]:
    """What the case complains about, in Indonesian; nothing when it holds."""
    expect: dict[str, Any] = dict(case.data["expect"])  # type: ignore[call-overload]
    refusal = expect.pop("refused", None)
    try:
        result = score_case(instrument, case.data)
    except RefusedToScore as error:
        if refusal is not None and refusal in str(error):
            return []
        return [f"Kasus “{case.name}”: ditolak dengan kalimat “{error}”."]
    except (KeyError, ValueError) as error:
        return [f"Kasus “{case.name}” tidak dapat dijalankan: {error}."]
    if refusal is not None:
        return [f"Kasus “{case.name}”: seharusnya ditolak, tetapi dihitung."]
    return [f"Kasus “{case.name}”: {text}" for text in _differences(_found(result), expect)]


def score_case(instrument: Instrument, data: Mapping[str, Any]) -> Score:
    """Score what a case describes. Raises KeyError for a code that the instrument lacks."""
    form, convention, axis = (data.get(key) for key in ("form", "convention", "axis"))
    root = instrument.formula(form, convention)
    if "classify" in data:
        value = _number(data["classify"])
        return conclude(instrument, Step(root, value, value, value, given=True), axis)
    return score_subject(instrument, root, _subject(instrument, data), axis)


def _subject(instrument: Instrument, data: Mapping[str, Any]) -> Subject:
    if "units" in data:
        if instrument.institution is None:
            raise ValueError("instrumen ini tidak memuat nilai lembaga")
        units = [Unit(str(i), _number(value)) for i, value in enumerate(data["units"], start=1)]
        return Subject("kasus", {}, units=tuple(units))
    return Subject("kasus", _figures(instrument, data))


def _figures(instrument: Instrument, data: Mapping[str, Any]) -> Figures:
    """What a case says was answered or entered."""
    figures: Figures = {}
    form = data.get("form")
    if "all" in data:
        for node in walk(instrument.formula(form)):
            if isinstance(node, Indicator):
                figures[LEAF_LEVEL, node.name.code] = _answer(data["all"])
    for code, value in data.get("answers", {}).items():
        if code not in instrument.by_code:
            raise KeyError(code)
        figures[LEAF_LEVEL, code] = _answer(value)
    known = {(node.name.level, node.name.code) for node in instrument.nodes(form)}
    for code, value in data.get("figures", {}).items():
        key = (data["level"], code)
        if key not in known:
            raise KeyError(code)
        figures[key] = _number(value)
    if "rows" in data:
        figures |= _tallies(instrument, data["rows"])
    return figures


def _tallies(instrument: Instrument, rows: list[list[object]]) -> Figures:
    """Rows of answers, in the order in which the scored indicators stand in the file."""
    codes = [question.code for question in instrument.questions if not question.unscored]
    columns = list(zip(*rows, strict=True))
    return {
        (LEAF_LEVEL, code): Tally(sum(map(_number, column), Fraction()), len(column))
        for code, column in zip(codes, columns, strict=True)
    }


def _number(value: object) -> Fraction:
    return parse_weight(str(value))


def _answer(value: object) -> Answer:
    return NA if value == "N/A" else _number(value)


def _found(result: Score) -> dict[str, object]:
    return {
        "value": result.published(result.value),
        "low": result.published(result.low),
        "high": result.published(result.high),
        "category": result.band.code if result.band else None,
        "zone": result.zone,
        "label": result.label,
        "opinion": result.opinion,
        "estimate": result.estimate,
        "missing": len(result.missing),
    }


def _differences(found: dict[str, object], expect: dict[str, Any]) -> list[str]:
    unwanted = expect.pop("not", None)
    texts = [
        f"{key} seharusnya {wanted}, hasilnya {found[key]}."
        for key, wanted in expect.items()
        if found[key] != wanted
    ]
    if unwanted is not None and found["value"] in (None, unwanted):
        texts.append(f"nilainya tidak boleh {unwanted}, dan harus ada; hasilnya {found['value']}.")
    return texts
