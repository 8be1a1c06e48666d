"""From a row of an engine to the object that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.bulk.coded import Coded
from scoring.bulk.workshop import Row
from scoring.formula import Indicator, Node, NotApplicable, WeightedSum, bounds
from scoring.instrument import Instrument
from scoring.interpret import Answer, RefusedToScore, Step, Tally, evaluate
from scoring.numbers import format_fixed
from scoring.score import Score, as_json, conclude
from scoring.sql import Leaf, Plan, Seen

Result = dict[str, object]


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


class Finisher:
    """Finishes subjects whose rows the engine has only summed and counted."""

    def __init__(self, instrument: Instrument, coded: Coded, axis_value: str | None) -> None:
        self.instrument, self.coded, self.axis_value = instrument, coded, axis_value

    def read(self, row: Row) -> Result:
        """The object for a row of sums and counts."""
        scale = 10**self.coded.shape.places
        figures: dict[tuple[str, str], Answer] = {}
        for i, leaf in enumerate(self.coded.leaves):
            total, count = row[1 + 2 * i : 3 + 2 * i]
            if count:
                figures[leaf.key] = Tally(Fraction(int(total), scale), count)
        step = evaluate(self.coded.root, figures)
        axis = self.coded.axes.get(row[0]) or self.axis_value
        return as_json(row[0], conclude(self.instrument, step, axis))
