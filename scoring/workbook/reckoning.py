"""The third reader of a formula: every node as formulas of a spreadsheet, exact to the last digit.

A node is a sum of fractions: numerators for its lowest and highest value, over a whole scale that
the rule fixes and, in each term, a count that depends on the answers (respondents, or the weight
that applies). Only a rounding divides. Where the counts differ, their common denominator would
outgrow a cell; there the division is done digit by digit, far enough to tell a tie from a near tie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm, prod

from scoring.formula import (
    Indicator,
    Mean,
    Node,
    NotApplicable,
    Rounded,
    Scale,
    WeightedSum,
    bounds,
    walk,
)
from scoring.instrument import Band
from scoring.interpret import Answered
from scoring.numbers import Rounding
from scoring.workbook import layout as at
from scoring.workbook.cells import (
    LIMIT,
    ONE,
    ZERO,
    Grid,
    Shown,
    Whole,
    at_least,
    both,
    bounded,
    choose,
    either,
    greatest,
    least,
    opposite,
    over,
    plus,
    reference,
    rest,
    same,
    times,
    whole,
)
from scoring.workbook.faults import RefusedToWrite
from scoring.workbook.layout import DIGITS, WORKING, Entry, Key, Layout, is_refused

UNREAD, IS_NA, EMPTY = -1, -2, -3
"""What stands for an answer that is no number of the scale."""

NO_FIGURE = "tidak dapat dihitung"
DOES_NOT_APPLY = "tidak berlaku"

Answers = Mapping[str, Fraction | Answered]


@dataclass(frozen=True, slots=True)
class Term:
    """`low` and `high` over `count`, which is at least 1; the value's scale divides them too."""

    low: Whole
    high: Whole
    count: Whole = ONE

    def by(self, factor: Whole) -> Term:
        return Term(times(self.low, factor), times(self.high, factor), self.count)


@dataclass(frozen=True, slots=True)
class Value:
    """A node: the sum of its terms over `scale`, and what is known about it (flags are 0 or 1).

    Where `na` is 1, every numerator is 0. `missing` counts the answers that are wanting.
    """

    terms: tuple[Term, ...]
    scale: int
    missing: Whole
    known: Whole
    na: Whole = ZERO
    refused: Whole = ZERO


class Reckoning:
    """All formulas for one instrument, form and convention, with what they come to now."""

    def __init__(
        self,
        layout: Layout,
        answers: Answers,
        respondents: Sequence[Mapping[str, Fraction]] = (),
    ) -> None:
        self.layout, self.answers, self.respondents = layout, answers, respondents
        self.choices = choice_rows(layout)
        self.publish = layout.instrument.publish
        self.grid = Grid()
        self.entries = {entry.key: entry for entry in layout.entries}
        if any(min(ends.low, ends.high) < 0 for ends in map(bounds, walk(layout.root))):
            raise RefusedToWrite(
                "Rumus instrumen ini memuat nilai negatif. Hitung instrumen ini di Hijau."
            )
        self.digit_rows = 0
        self.values: dict[Key, Value] = {}
        self.result(self.node(layout.root))

    # -- cells

    def keep(self, node: Node, number: Whole) -> Whole:
        """A number in the row of its node, to the right of what is shown."""
        return self.grid.beside(WORKING, self.layout.rows[_key(node)], number, at.ASIDE)

    def kept(self, node: Node, value: Value) -> Value:
        terms = tuple(Term(*(self.keep(node, n) for n in (t.low, t.high, t.count)))
                      for t in value.terms)  # fmt: skip
        flags = (value.missing, value.known, value.na, value.refused)
        return Value(terms, value.scale, *(self.keep(node, flag) for flag in flags))

    # -- nodes

    def node(self, node: Node) -> Value:
        match node:
            case Indicator():
                value = self.leaf(node, self.entries[_key(node)])
            case Mean(node=below):
                assert isinstance(below, Indicator)
                value = self.mean(below, node)
            case WeightedSum():
                value = self.weighted_sum(node)
            case Scale(factor=factor, node=below):
                inner = self.node(below)
                terms = tuple(term.by(whole(factor.numerator)) for term in inner.terms)
                value = replace(inner, terms=terms, scale=inner.scale * factor.denominator)
            case Rounded(decimals=decimals, rule=rule, node=below):  # pragma: no branch
                inner = self.node(below)
                low, high = (self.rounded(node, inner, end, decimals, rule) for end in (0, 1))
                value = replace(inner, terms=(Term(low, high),), scale=10**decimals)
        value = self.kept(node, value)
        self.values[_key(node)] = value
        self.show(node, value)
        return value

    # -- answers

    def state(self, node: Node, entry: Entry) -> Whole:
        """The answer times its scale, or what stands for one that is no number."""
        cell, scale = self.layout.cell(entry), entry.scale
        answer = self.answers.get(at.written_key(entry.key))
        row = self.layout.rows[_key(node)]
        typed = (
            f"IF(ISNUMBER({cell}),{cell},IFERROR(_xlfn.NUMBERVALUE("
            f'SUBSTITUTE(TRIM({cell}),".",","),",","~"),-9))*{scale}'
        )
        number: Shown = -9 * scale
        if answer is None:
            number = 0
        elif isinstance(answer, Fraction) and not entry.options:
            number = float(answer) * scale
        typed = self.grid.put((WORKING, row, at.ASIDE), typed, number)
        low, high = int(entry.low * scale), int(entry.high * scale)
        text = (
            f"IF(AND(ABS({typed}-ROUND({typed},0))<0.000001,ROUND({typed},0)>={low},"
            f"ROUND({typed},0)<={high}),ROUND({typed},0),{UNREAD})"
        )
        if entry.key in self.choices:
            first, last = self.choices[entry.key]
            words = f"{at.CHOICES}!$A${first}:$A${last}"
            text = (
                f"IF(SUMPRODUCT(--({words}={cell}))>0,"
                f"SUMPRODUCT(({words}={cell})*{at.CHOICES}!$B${first}:$B${last}),{text})"
            )
        elif entry.takes_na:
            text = f'IF({cell}="{at.NOT_APPLICABLE}",{IS_NA},{text})'
        text = f'IF(TRIM({cell})="",{EMPTY},{text})'
        now = EMPTY if answer is None else IS_NA
        if isinstance(answer, Fraction):
            now = int(answer * scale)
        return self.grid.keep((WORKING, row, at.ASIDE + 1), bounded(text, now, high))

    def leaf(self, node: Node, entry: Entry) -> Value:
        state, scale = self.state(node, entry), entry.scale
        answered = at_least(state, ZERO)
        na = ZERO
        if entry.takes_na:
            na = self.keep(node, Whole(f"IF({state.text}={IS_NA},1,0)", int(state.now == IS_NA), 1))
        answered = self.keep(node, answered)
        ends = [
            choose(answered, state, times(whole(int(end * scale)), opposite(na)))
            for end in (entry.low, entry.high)
        ]
        missing = Whole(
            f"1-{answered.text}" + (f"-{na.text}" if na is not ZERO else ""),
            1 - answered.now - na.now,
            1,
        )
        return Value((Term(ends[0], ends[1]),), scale, missing, answered, na)

    def mean(self, node: Indicator, above: Mean) -> Value:
        entry = self.entries[_key(node)]
        if not self.layout.by_respondent:
            # A finished mean is entered as one number; the rule knows no “not applicable” here.
            return self.node(node)
        cells, scale = self.layout.cells(entry), entry.scale
        row = self.layout.rows[_key(above)]
        given = [one[entry.code] for one in self.respondents if entry.code in one]
        total = bounded(
            f"ROUND(SUM({cells})*{scale},0)",
            int(sum(given, Fraction()) * scale),
            int(entry.high * scale) * at.MAX_RESPONDENTS,
        )
        total = self.grid.keep((WORKING, row, at.ASIDE), total)
        count = Whole(f"COUNT({cells})", len(given), at.MAX_RESPONDENTS)
        count = self.grid.keep((WORKING, row, at.ASIDE + 1), count)
        text = f'{count.text}&" jawaban"'
        self.grid.put((WORKING, row, at.REMARK), text, f"{len(given)} jawaban")
        some = self.keep(above, at_least(count, ONE))
        term = Term(
            choose(some, total, whole(int(entry.low * scale))),
            choose(some, total, whole(int(entry.high * scale))),
            choose(some, count, ONE),
        )
        return Value((term,), scale, opposite(some), some)

    # -- a weighted sum

    def weighted_sum(self, node: WeightedSum) -> Value:
        if is_refused(node):
            return self.entered(node)
        values = [self.node(part.node) for part in node.parts]
        free = [v for p, v in zip(node.parts, values, strict=True) if p.weight is None]
        policy = node.not_applicable
        if free and policy is not NotApplicable.FORBIDDEN:
            raise RefusedToWrite(
                f"{node.name.title} mengenal “tidak berlaku” dengan bobot yang tidak diterbitkan. "
                "Hitung instrumen ini di Hijau."
            )
        weights = [p.weight for p in node.parts if p.weight is not None]
        if not sum(weights) and not free:
            raise RefusedToWrite(f"Semua bobot {node.name.title} nol. Periksa instrumennya.")
        refused = [value.refused for value in values]
        if policy is NotApplicable.FORBIDDEN:
            refused += [value.na for value in values]
        if policy is NotApplicable.FULL:
            values = [
                self.full(v, bounds(p.node).high) for p, v in zip(node.parts, values, strict=True)
            ]
        known = [
            (weight, value)
            for weight, value in zip((p.weight for p in node.parts), values, strict=True)
            if weight is not None
        ]
        moves = policy is NotApplicable.REDISTRIBUTE and any(v.na is not ZERO for v in values)
        result = self.moved(node, known) if moves else self.fixed(node, known, free)
        missing = plus(*(value.missing for value in values))
        if result.na is not ZERO:
            missing = choose(result.na, ZERO, missing)
        missing = self.keep(node, missing)
        exact = same([(term.low, term.high) for term in result.terms])
        return replace(
            result,
            missing=missing,
            known=both(exact, same([(missing, ZERO)])) if missing.text != "0" else exact,
            refused=self.keep(node, either(refused)),
        )

    def entered(self, node: WeightedSum) -> Value:
        """The finished figure of a node whose rule does not say how to compute it."""
        for part in node.parts:
            self.node(part.node)
        value = self.leaf(node, self.entries[_key(node)])
        return replace(value, missing=ZERO, refused=self.keep(node, opposite(value.known)))

    def full(self, value: Value, highest: Fraction) -> Value:
        """A part that counts as its highest value where it is not applicable."""
        if value.na is ZERO:
            return value
        finer = lcm(value.scale, highest.denominator)
        terms = tuple(term.by(whole(finer // value.scale)) for term in value.terms)
        added = times(value.na, whole(int(highest * finer)))
        return replace(value, terms=(*terms, Term(added, added)), scale=finer, na=ZERO)

    def fixed(
        self, node: WeightedSum, known: list[tuple[Fraction, Value]], free: list[Value]
    ) -> Value:
        """The sum with the weights as they are written."""
        factor = Fraction(1)
        if not free:
            factor = node.total / sum((weight for weight, _ in known), Fraction())
        shares = [(weight * factor, value) for weight, value in known]
        if free and any(len(v.terms) != 1 or v.terms[0].count.text != "1" for v in free):
            raise RefusedToWrite(
                f"Bobot {node.name.title} tidak diterbitkan dan bagiannya berpenyebut tak tetap. "
                "Hitung instrumen ini di Hijau."
            )
        common = lcm(*(value.scale for value in free))
        left = node.remainder if free else Fraction()
        scale = lcm(
            left.denominator * common, *(share.denominator * v.scale for share, v in shares)
        )
        factors = [int(share * scale) // value.scale for share, value in shares]
        over_free = int(left * scale) // common
        shrink = gcd(scale, over_free, *factors)
        terms = [
            term.by(whole(factor // shrink))
            for factor, (_, value) in zip(factors, shares, strict=True)
            for term in value.terms
        ]
        if free:
            shared = [value.terms[0].by(whole(common // value.scale)) for value in free]
            ends = Term(least([t.low for t in shared]), greatest([t.high for t in shared]))
            terms.append(ends.by(whole(over_free // shrink)))
        return Value(self.merged(node, terms), scale // shrink, ZERO, ZERO)

    def moved(self, node: WeightedSum, known: list[tuple[Fraction, Value]]) -> Value:
        """The sum where the weight of what is not applicable goes to the others."""
        unit = lcm(*(weight.denominator for weight, _ in known))
        shrink = gcd(*(int(weight * unit) for weight, _ in known))
        shares = [(int(weight * unit) // shrink, value) for weight, value in known]
        applies = [
            whole(share) if value.na is ZERO else times(whole(share), opposite(value.na))
            for share, value in shares
        ]
        weight = self.keep(node, plus(*applies))
        na = self.keep(node, same([(weight, ZERO)]))
        # Never 0, so that nothing is divided by nought: there every numerator is 0 as well.
        weight = self.keep(node, plus(weight, na))
        scale = lcm(*(value.scale for _, value in shares))
        terms = [
            term.by(whole(share * node.total.numerator * (scale // value.scale)))
            for share, value in shares
            for term in value.terms
            if share
        ]
        merged = tuple(
            replace(term, count=self.keep(node, times(term.count, weight)))
            for term in self.merged(node, terms)
        )
        return Value(merged, scale * node.total.denominator, ZERO, ZERO, na)

    def merged(self, node: Node, terms: Sequence[Term]) -> tuple[Term, ...]:
        """Terms over the same count, added up."""
        groups: dict[str, list[Term]] = {}
        for term in terms:
            groups.setdefault(term.count.text, []).append(term)
        return tuple(
            Term(
                self.keep(node, plus(*(term.low for term in group))),
                self.keep(node, plus(*(term.high for term in group))),
                group[0].count,
            )
            for group in groups.values()
        ) or (Term(ZERO, ZERO),)

    # -- rounding

    def rounded(self, node: Node, value: Value, end: int, decimals: int, rule: Rounding) -> Whole:
        """One end of a value, times 10**decimals, rounded by the rule, in a cell of its own."""
        common = gcd(10**decimals, value.scale)
        up, down = whole(10**decimals // common), whole(value.scale // common)
        twice = whole(1 if rule is Rounding.DOWN else 2)
        counts = [term.count for term in value.terms]
        if down.text == "1" and [count.text for count in counts] == ["1"]:
            return self.keep(node, times((value.terms[0].low, value.terms[0].high)[end], up))
        ends = [times((t.low, t.high)[end], up, twice) for t in value.terms]
        even = ONE
        if len(ends) == 1:
            total, divisor = ends[0], times(down, counts[0])
        else:
            total, even = self.whole_part(node, ends, counts)
            divisor = down
        if rule is Rounding.DOWN:
            return self.keep(node, over(total, divisor))
        total, divisor = self.keep(node, plus(total, divisor)), times(divisor, whole(2))
        quotient = self.keep(node, over(total, divisor))
        if rule is Rounding.HALF_UP:
            return quotient
        tie = same([(self.keep(node, rest(total, divisor, quotient)), ZERO)])
        odd = rest(quotient, whole(2), over(quotient, whole(2)))
        back = self.keep(node, both(tie, odd, even))
        text = f"{quotient.text}-{back.text}"
        return self.keep(node, bounded(text, quotient.now - back.now, quotient.most))

    def whole_part(
        self, node: Node, ends: Sequence[Whole], counts: Sequence[Whole]
    ) -> tuple[Whole, Whole]:
        """The whole part of a sum of fractions, and whether nothing is left beside it.

        The fractions have a common denominator of at most the product of the counts, so that two
        different sums differ by its reciprocal at least; so many digits are divided out.
        """
        size, widest = len(ends), max(count.most for count in counts)
        digit = 1
        while digit * 10 * max(widest, size + 1) < LIMIT:
            digit *= 10
        if digit < 10:
            raise RefusedToWrite("Penyebut rumus ini terlalu panjang. Hitung di Hijau.")
        places, reach = 1, digit
        while reach < 2 * size * prod(count.most for count in counts):
            places, reach = places + 1, reach * digit
        quotients: list[Whole] = []
        columns: list[list[Whole]] = [[] for _ in range(places)]
        for number, count in zip(ends, counts, strict=True):
            number, count = self.digit(node, number), self.digit(node, count)
            quotient = self.digit(node, over(number, count))
            quotients.append(quotient)
            left = self.digit(node, rest(number, count, quotient))
            for column in columns:
                longer = self.digit(node, times(left, whole(digit)))
                figure = self.digit(node, over(longer, count))
                column.append(replace(figure, most=digit - 1))
                left = self.digit(node, rest(longer, count, column[-1]))
            self.digit_rows += 1
        sums = [self.digit(node, plus(*column)) for column in columns]
        carried, low_left = self.carried(node, sums, digit, ZERO)
        upper, _ = self.carried(node, sums, digit, whole(size))
        nothing = either([opposite(self.digit(node, same([(carried, upper)]))), low_left])
        total = self.digit(node, plus(*quotients, upper))
        nothing = self.digit(node, nothing)
        self.digit_rows += 2
        return total, nothing

    def carried(
        self, node: Node, sums: Sequence[Whole], digit: int, start: Whole
    ) -> tuple[Whole, Whole]:
        """What the digits carry into the whole part, and whether all that remain are 0."""
        carry, zeros = start, []
        for number in reversed(sums):
            total = self.digit(node, plus(number, carry))
            carry = self.digit(node, over(total, whole(digit)))
            zeros.append((self.digit(node, rest(total, whole(digit), carry)), ZERO))
        return carry, self.digit(node, same(zeros))

    def digit(self, node: Node, number: Whole) -> Whole:
        """A number on the sheet of long divisions, whose rows begin with the node's code."""
        if not self.grid.ends.get((DIGITS, self.digit_rows)):
            code = node.name.code
            self.grid.put((DIGITS, self.digit_rows, 0), f'"{_quoted(code)}"', code)
        return self.grid.beside(DIGITS, self.digit_rows, number, 1)

    # -- what is shown

    def show(self, node: Node, value: Value) -> None:
        """The published figures of a node, in the columns that a person reads."""
        row, places = self.layout.rows[_key(node)], self.publish.decimals
        if isinstance(node, Indicator):
            ends, unit = value.terms[0], value.scale
            self.remark(row)
        else:
            ends, unit = self.published(node, value), 10**places
        figures = self.figures(value, ends, unit)
        for column, (text, now) in zip((at.VALUE, at.LOW, at.HIGH), figures, strict=True):
            self.grid.put((WORKING, row, column), text, now)
        self.grid.put((WORKING, row, at.MISSING), value.missing.text, value.missing.now)

    def published(self, node: Node, value: Value) -> Term:
        places, rule = self.publish.decimals, self.publish.rule
        return Term(*(self.rounded(node, value, end, places, rule) for end in (0, 1)))

    def figures(self, value: Value, ends: Term, unit: int) -> list[tuple[str, Shown]]:
        """Value, lowest and highest as formulas that show words where there is no figure."""
        low, high = (
            (f"{end.text}/{unit}" if unit > 1 else end.text, end.now / unit)
            for end in (ends.low, ends.high)
        )
        text, now = f'IF({value.known.text}=1,{low[0]},"")', low[1] if value.known.now else ""
        found: list[tuple[str, Shown]] = [(text, now), low, high]
        for flag, word in ((value.na, DOES_NOT_APPLY), (value.refused, NO_FIGURE)):
            if flag.text != "0":
                found = [
                    (f'IF({flag.text}=1,"{said}",{text})', said if flag.now else now)
                    for said, (text, now) in zip((word, "", ""), found, strict=True)
                ]
        return found

    def remark(self, row: int) -> None:
        state = reference(WORKING, row, at.ASIDE + 1)
        now = self.grid.formulas[WORKING, row, at.ASIDE + 1][1]
        text = f'IF({state}={UNREAD},"periksa isian",IF({state}={EMPTY},"belum diisi",""))'
        self.grid.put((WORKING, row, at.REMARK), text, "belum diisi" if now == EMPTY else "")

    def result(self, value: Value) -> None:
        """The figure, its range, category and zone, on top of the working sheet."""
        root, one, places = self.layout.root, at.RESULT_ROWS, self.publish.decimals
        ends = self.published(root, value)
        figures = self.figures(value, ends, 10**places)
        figures.append((value.missing.text, value.missing.now))
        names = ("value", "low", "high", "missing")
        for name, (text, now) in zip(names, figures, strict=True):
            self.grid.put((WORKING, one[name], 1), text, now)
        if self.layout.instrument.bands:
            self.judged(value, ends, self.layout.instrument.bands)

    def judged(self, root: Value, ends: Term, bands: Sequence[Band]) -> None:
        places, aside, one = self.publish.decimals, at.ASIDE, at.RESULT_ROWS
        picked = []
        for number, end in (("low", ends.low), ("high", ends.high)):
            index = whole(len(bands) - 1)
            for i in range(len(bands) - 2, -1, -1):
                cut = whole(int(bands[i].low * 10**places))
                index = choose(at_least(end, cut), whole(i), index)
            picked.append(self.grid.keep((WORKING, one[number], aside), index))
        worst, best = picked
        void = either([root.na, root.refused])
        void = self.grid.beside(WORKING, one["missing"], void, aside)
        sure = both(same([(worst, best)]), same([(root.missing, ZERO)]), opposite(void))
        sure = self.grid.beside(WORKING, one["missing"], sure, aside)
        codes = [f"{band.code}" for band in bands]
        zones = [band.zone or "" for band in bands]
        for row, words in ((one["category"], codes), (one["zone"], zones)):
            text = f'IF({sure.text}=1,{_picked(best, words)},"")'
            now = words[best.now] if sure.now else ""
            self.grid.put((WORKING, row, 1), text, now)
        labels = [band.label.id for band in bands]
        span = f'{_picked(worst, codes)}&" sampai "&{_picked(best, codes)}'
        now = f"Mungkin {codes[worst.now]} sampai {codes[best.now]}"
        if sure.now or void.now:
            now = "" if void.now else labels[best.now]
        if worst.now == best.now and not sure.now and not void.now:
            now = f"Mungkin {codes[worst.now]}"
        same_one = same([(worst, best)])
        text = (
            f'IF({void.text}=1,"",IF({sure.text}=1,{_picked(best, labels)},'
            f'IF({same_one.text}=1,"Mungkin "&{_picked(best, codes)},"Mungkin "&{span})))'
        )
        self.grid.put((WORKING, one["note"], 1), text, now)


def choice_rows(layout: Layout) -> dict[Key, tuple[int, int]]:
    """The rows of each entry's drop-down on the sheet of choices, counted from 1."""
    rows, row = {}, 1
    for entry in layout.entries:
        if entry.options:
            count = len(entry.options) + entry.takes_na
            rows[entry.key] = (row, row + count - 1)
            row += count
    return rows


def _picked(index: Whole, words: Sequence[str]) -> str:
    """One of the words by its number, without CHOOSE, which counts from 1."""
    texts = [f'"{_quoted(word)}"' for word in words]
    return f"CHOOSE({index.text}+1,{','.join(texts)})"


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def _key(node: Node) -> Key:
    return node.name.level, node.name.code
