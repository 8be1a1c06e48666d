"""Scoring a file of millions of rows in an engine: checked, coded as integers, one query.

DuckDB reads every file. What is checked is each *distinct* cell, by the same function that reads
a cell for the interpreter, so both paths refuse the same tables in the same words. The checked
cells become integers in one Parquet file, and the query of :mod:`scoring.sql` runs over that, in
DuckDB itself, in PostgreSQL or on Spark.
"""

from __future__ import annotations

import csv
import glob
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from scoring.formula import Indicator, Node, NotApplicable, WeightedSum, bounds, walk
from scoring.instrument import LEAF_LEVEL, Instrument
from scoring.interpret import NA, Answer, RefusedToScore, Step, Tally, evaluate
from scoring.numbers import format_fixed
from scoring.rows import _check_types, _delimiter, _parquet_text, bad_table, read_rows
from scoring.score import Score, as_json, conclude
from scoring.sql import (
    Engine,
    Layout,
    Leaf,
    Plan,
    Seen,
    Shape,
    TooWide,
    compile_node,
    compile_tallies,
    leaves_of,
)
from scoring.subject import score_subjects
from scoring.tables import BadTable, _Column, _Institution, _Long, _Table, _Wide, read_subjects

Row = tuple[Any, ...]
Result = dict[str, object]
Faults = list[tuple[int, BadTable]]

BATCH = 10_000


def score_file(
    instrument: Instrument,
    path: Path,
    *,
    engine: str = "duckdb",
    dsn: str | None = None,
    level: str | None = None,
    form: str | None = None,
    convention: str | None = None,
    axis_value: str | None = None,
    memory_limit: str = "1GB",
) -> Iterator[Result]:
    """Score every subject of a file, in its order, as `scoring.score.as_json` prints one.

    Raises BadTable for a fault in the file, RefusedToScore where the rule gives no figure, and
    KeyError for a level, form or convention that the instrument does not have.
    """
    table = _Table(path, instrument, level or LEAF_LEVEL, form, convention)
    with _workshop(memory_limit) as (connection, folder):
        coded = _Coder(connection, folder, table).code()
        if coded is None:
            # A mean of units prints every unit, so there is nothing left for an engine to fold.
            subjects = read_subjects(
                path, instrument, level=level, form=form, convention=convention
            )
            scored = score_subjects(
                instrument, subjects, form=form, convention=convention, axis_value=axis_value
            )
            yield from (as_json(subject.name, result) for subject, result in scored)
            return
        yield from _score(instrument, coded, Engine(engine), dsn, connection, axis_value)


def _score(
    instrument: Instrument,
    coded: _Coded,
    engine: Engine,
    dsn: str | None,
    connection: duckdb.DuckDBPyConnection,
    axis_value: str | None,
) -> Iterator[Result]:
    run, publish = _RUNNERS[engine], instrument.publish
    try:
        plan = compile_node(
            coded.root,
            coded.shape,
            publish.decimals,
            publish.rule,
            engine=engine,
            level=coded.level,
        )
    except TooWide:
        if not coded.shape.folded:
            raise
        # Nine means over thousands of respondents each have no common denominator that fits.
        tallies = compile_tallies(coded.leaves, coded.shape, engine)
        finish = _Finisher(instrument, coded, axis_value)
        yield from map(finish.read, run(connection, coded, tallies, dsn))
        return
    reader = Reader(instrument, plan, axes=coded.axes, axis_value=axis_value)
    _refuse_forbidden(plan.root, coded)
    yield from map(reader.read, run(connection, coded, plan.sql, dsn))


def _refuse_forbidden(root: Seen, coded: _Coded) -> None:
    for seen in root.walk():
        if seen.forbidden and seen.leaf is not None and seen.leaf.key[1] in coded.not_applicable:
            subject = coded.not_applicable[seen.leaf.key[1]]
            raise RefusedToScore(f"{subject}: {seen.forbidden}")


# ---- From a row of the query to the object that is printed ---------------------------------------


def _rests_on_estimate(node: Node) -> bool:
    return Step(node, None, Fraction(), Fraction()).rests_on_estimate


def _entered(leaf: Leaf) -> bool:
    """Whether the leaf's own figure was given, so that nothing of the file's facts counts in it."""
    name = leaf.node.name
    return not isinstance(leaf.node, Indicator) and leaf.key == (name.level, name.code)


@dataclass(slots=True)
class _Found:
    """What was found out about one visible node."""

    known: bool
    missing: tuple[str, ...]
    estimate: bool


class Reader:
    """Reads the rows of one plan. Where all is answered, it only looks up; else it walks the tree.

    The walk follows the interpreter line by line; `tests/test_sql_agrees.py` holds them together.
    """

    def __init__(
        self,
        instrument: Instrument,
        plan: Plan,
        *,
        axes: Mapping[str, str] | None = None,
        axis_value: str | None = None,
    ) -> None:
        self.instrument, self.plan = instrument, plan
        self.axes, self.axis_value = axes or {}, axis_value
        self.at = {name: i for i, name in enumerate(plan.columns)}
        self.masks = [(self.at[name], leaves) for name, leaves in plan.masks]
        seen = list(plan.root.walk())
        self.na = [self.at[one.na] for one in seen if one.na is not None]
        self.applies = [self.at[one.applies] for one in seen if one.applies is not None]
        self.always_estimate = any(map(self.estimated, seen))
        self.flat = [
            (self.head(one), *self.ends(one), self.exact(one))
            for one in seen[1:]
            if not isinstance(one.node, Indicator)
        ]
        self.root_ends, self.root_exact = self.ends(plan.root), self.exact(plan.root)
        self.texts: dict[int, str] = {}
        self.heads: dict[tuple[object, ...], Result] = {}

    # -- what is known beforehand

    @staticmethod
    def estimated(seen: Seen) -> bool:
        """Whether a node rests on an estimate whenever it is there and answered."""
        if seen.applies is not None or (seen.leaf is not None and _entered(seen.leaf)):
            return False
        return _rests_on_estimate(seen.node)

    @staticmethod
    def head(seen: Seen) -> Result:
        name = seen.node.name
        return {"level": name.level, "code": name.code, "title": name.title}

    def ends(self, seen: Seen) -> tuple[int, int]:
        assert seen.low is not None
        assert seen.high is not None
        return self.at[seen.low], self.at[seen.high]

    def exact(self, seen: Seen) -> int | None:
        """The column that says whether both ends are one figure; None where they always are."""
        if seen.exact is not None:
            return self.at[seen.exact]
        if len(seen.below) == 1 and not isinstance(seen.node, WeightedSum):
            return self.exact(seen.below[0])
        return None

    # -- figures

    def text(self, scaled: int) -> str:
        found = self.texts.get(scaled)
        if found is None:
            decimals = self.instrument.publish.decimals
            found = format_fixed(Fraction(scaled, 10**decimals), decimals)
            if len(self.texts) < 1_000_000:
                self.texts[scaled] = found
        return found

    def figure(self, head: Result, low: int, high: int | None, known: bool) -> Result:
        low_text = self.text(low)
        high_text = low_text if high is None or high == low else self.text(high)
        return {**head, "value": low_text if known else None, "low": low_text, "high": high_text}

    # -- one row

    def read(self, row: Row) -> Result:
        """The object for one row. Raises RefusedToScore as the interpreter does."""
        incomplete = row[self.masks[0][0]] is not None
        parts: list[Result] = []
        try:
            if incomplete or any(row[i] for i in self.na):
                return self.slowly(row, parts)
        except RefusedToScore as error:
            raise RefusedToScore(f"{row[0]}: {error}") from error
        for head, low, high, exact in self.flat:
            known = exact is None or bool(row[exact])
            parts.append(self.figure(head, row[low], row[high], known))
        estimate = self.always_estimate or any(row[i] for i in self.applies)
        known = self.root_exact is None or bool(row[self.root_exact])
        return self.whole(row, _Found(known, (), estimate), parts)

    def slowly(self, row: Row, parts: list[Result]) -> Result:
        root = self.plan.root
        if root.na is not None and row[self.at[root.na]]:
            return {
                "subject": row[0],
                **dict.fromkeys(("value", "low", "high", "category", "label", "zone", "opinion")),
                "possible": [],
                "estimate": True,
                "missing": [],
                "parts": [],
            }
        missing = set()
        for column, leaves in self.masks:
            mask = row[column]
            if mask is not None:
                missing |= {leaf.index for i, leaf in enumerate(leaves) if not mask >> i & 1}
        return self.whole(row, self.visit(root, row, missing, parts, top=True), parts)

    def whole(self, row: Row, found: _Found, parts: list[Result]) -> Result:
        low = row[self.root_ends[0]]
        high = row[self.root_ends[1]]
        axis = self.axes.get(row[0]) or self.axis_value
        key = (low, high, found.known, bool(found.missing), axis)
        head = self.heads.get(key)
        if head is None:
            head = self.classified(low, low if high is None else high, found, axis)
            if len(self.heads) < 1_000_000:
                self.heads[key] = head
        return {
            "subject": row[0],
            **head,
            "possible": list(head["possible"]),  # type: ignore[call-overload]
            "estimate": bool(head["estimate"] or found.estimate),
            "missing": list(dict.fromkeys(found.missing)),
            "parts": parts,
        }

    def classified(self, low: int, high: int, found: _Found, axis: str | None) -> Result:
        one, scale = self.instrument, 10**self.instrument.publish.decimals
        ends = Fraction(low, scale), Fraction(high, scale)
        possible = one.bands_between(*ends)
        band = possible[0] if len(possible) == 1 and not found.missing else None
        step = Step(self.plan.root.node, None, *ends)
        value = ends[0] if found.known else None
        estimate = any(b.fact.label.is_estimate for b in possible)
        score = Score(one, step, value, *ends, band, possible, estimate, (), axis)
        return {
            "value": self.text(low) if found.known else None,
            "low": self.text(low),
            "high": self.text(high),
            "category": band.code if band else None,
            "label": score.label,
            "zone": score.zone,
            "opinion": score.opinion,
            "possible": [b.code for b in possible],
            "estimate": estimate,
        }

    # -- the walk

    def visit(
        self, seen: Seen, row: Row, missing: set[int], parts: list[Result], *, top: bool = False
    ) -> _Found:
        if seen.leaf is not None:
            return self.visit_leaf(seen, seen.leaf, row, missing, parts, top)
        place = len(parts)
        if not top:
            parts.append({})
        if isinstance(seen.node, WeightedSum):
            found = self.visit_sum(seen, seen.node, row, missing, parts)
        else:
            inner = self.visit(seen.below[0], row, missing, parts)
            found = _Found(inner.known, inner.missing, inner.estimate or self.estimated(seen))
        if not top:
            low, high = self.ends(seen)
            parts[place] = self.figure(self.head(seen), row[low], row[high], found.known)
        return found

    def visit_sum(
        self, seen: Seen, node: WeightedSum, row: Row, missing: set[int], parts: list[Result]
    ) -> _Found:
        gone: tuple[str, ...] = ()
        estimate = self.estimated(seen)
        for below in seen.below:
            if below.na is not None and row[self.at[below.na]]:
                estimate |= self.replaced(below, node.not_applicable, parts)
                continue
            found = self.visit(below, row, missing, parts)
            gone += found.missing
            estimate |= found.estimate
        known = not gone and (seen.exact is None or bool(row[self.at[seen.exact]]))
        return _Found(known, gone, estimate)

    def replaced(self, seen: Seen, policy: NotApplicable, parts: list[Result]) -> bool:
        """What a node that does not apply shows; whether an estimate comes in with it."""
        if seen.forbidden:
            raise RefusedToScore(seen.forbidden)
        if policy is NotApplicable.REDISTRIBUTE:
            return False
        most = bounds(seen.node).high if policy is NotApplicable.FULL else Fraction()
        publish = self.instrument.publish
        text = format_fixed(most, publish.decimals, publish.rule)
        parts.append({**self.head(seen), "value": text, "low": text, "high": text})
        return _rests_on_estimate(seen.node)

    def visit_leaf(
        self, seen: Seen, leaf: Leaf, row: Row, missing: set[int], parts: list[Result], top: bool
    ) -> _Found:
        shown = not isinstance(leaf.node, Indicator)
        if leaf.index in missing:
            if leaf.absent is None:
                raise RefusedToScore(leaf.refusal)
            steps = list(leaf.absent.walk())[int(top or not shown) :]
            parts += [self.absent(step) for step in steps if not isinstance(step.node, Indicator)]
            return _Found(False, leaf.absent.missing, leaf.absent.is_estimate)
        if shown and not top:
            low, high = self.ends(seen)
            parts.append(self.figure(self.head(seen), row[low], row[high], True))
        if seen.applies is not None:
            return _Found(True, (), bool(row[self.at[seen.applies]]))
        return _Found(True, (), self.estimated(seen))

    def absent(self, step: Step) -> Result:
        name, publish = step.node.name, self.instrument.publish
        return {
            "level": name.level,
            "code": name.code,
            "title": name.title,
            "value": None,
            "low": format_fixed(step.low, publish.decimals, publish.rule),
            "high": format_fixed(step.high, publish.decimals, publish.rule),
        }
