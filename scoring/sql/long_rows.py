"""One row per answer becomes one row per subject with all fields: few sums, then bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from scoring.sql.expressions import (
    binary,
    case,
    is_null,
    literal,
    negated,
    nest,
    order_key,
    total_of,
)
from scoring.sql.fields import WORD_BITS, Field, Share, Word, pack
from scoring.sql.masks import INCOMPLETE, full_mask, missing, null_when_full, unless_full
from scoring.sql.plan import Engine, Leaf, Mask, Shape
from scoring.sql.whole import NARROW, Arithmetic


class LongRows:
    """The first stage of the long layout; `asked` is the level that its rows answer."""

    def __init__(
        self,
        engine: Engine,
        shape: Shape,
        leaves: Sequence[Leaf],
        masks: Sequence[Mask],
        asked: str,
    ) -> None:
        self.engine, self.shape, self.asked = engine, shape, asked
        self.leaves, self.masks = leaves, masks
        self.math = Arithmetic(engine)

    def query(self, fields: Sequence[Field]) -> exp.Select:
        presence = [
            Field(name, full_mask(some), {
                leaf.index: Share(there=1 << i, na=1 << i) for i, leaf in enumerate(some)
            })
            for name, some in self.masks
        ]  # fmt: skip
        words = self.words(fields, presence)
        query = self.word_sums(words)
        query = nest(self.engine, query, self.mask_columns(words))
        query = nest(self.engine, query, self.filled_words(words))
        return nest(self.engine, query, self.unpacked(fields, words))

    def words(self, fields: Sequence[Field], presence: Sequence[Field]) -> list[Word]:
        """All fields in words; a word with nothing but presence needs no multiplication."""
        capacity = WORD_BITS[self.engine]
        together = pack([*fields, *presence], capacity)
        apart = [*pack(fields, capacity), *pack(presence, capacity)]
        if len(apart) > len(together):
            return together
        return [replace(word, number=i) for i, word in enumerate(apart)]

    def word_sums(self, words: Sequence[Word]) -> exp.Select:
        packed = [[word.packed(leaf.index) for word in words] for leaf in self.leaves]
        names = [f"{part}{word.number}" for word in words for part in "abz"]
        rows: list[exp.Expr] = []
        for leaf, shares in zip(self.leaves, packed, strict=True):
            if leaf.key[0] != self.asked:
                continue  # no row answers it, though one of another level may share its code
            numbers = [n for share in shares for n in (share.answer, share.there, share.na)]
            cells = [literal(number) for number in numbers]
            if not rows:  # the first row gives each column its type
                wides = [word.wide for word in words for _ in "abz"]
                cells = [self.math.cast(c, wide=w) for c, w in zip(cells, wides, strict=True)]
            rows.append(exp.Tuple(expressions=[exp.Literal.string(leaf.code), *cells]))
        alias = exp.TableAlias(
            this=exp.to_identifier("leaf"), columns=[exp.to_identifier(n) for n in ["code", *names]]
        )
        table = exp.Values(expressions=rows, alias=alias)
        sums = [
            exp.alias_(
                self.word_sum(word, [shares[word.number] for shares in packed]), f"w{word.number}"
            )
            for word in words
        ]
        query = exp.select("subject", *order_key(self.shape), *sums).from_("answers")
        matched = binary(exp.EQ, exp.column("indicator"), exp.column("code", table="leaf"))
        # A subject that answered only what is not scored still belongs in the result.
        return query.join(table, on=matched, join_type="left").group_by("subject")

    def word_sum(self, word: Word, shares: Sequence[Share]) -> exp.Expr:
        a, b, z = (exp.column(f"{part}{word.number}") for part in "abz")
        answer = exp.column("answer")
        answered: exp.Expr = case((negated(is_null(answer)), b))
        if any(share.answer for share in shares):
            answered = binary(exp.Mul, answer, a)
            if any(share.there for share in shares):
                answered = binary(exp.Add, answered, b)
        if self.shape.na:
            answered = case((exp.column("na"), z), otherwise=answered)
        total = exp.Coalesce(this=exp.Sum(this=answered), expressions=[literal(0)])
        return self.math.cast(total, wide=word.wide)

    def extract(self, word: Word, of: str, item: Field, shift: int) -> exp.Expr:
        bits = exp.column(of)
        shifted = binary(exp.BitwiseRightShift, bits, literal(shift)) if shift else bits
        only = binary(exp.BitwiseAnd, shifted, literal(2 ** item.most.bit_length() - 1))
        return self.math.cast(only) if item.most < NARROW else only

    def mask_columns(self, words: Sequence[Word]) -> dict[str, exp.Expr]:
        names = {name for name, _ in self.masks}
        masks = {
            item.name: (item.most, self.extract(word, f"w{word.number}", item, shift))
            for word in words
            for item, shift in word.places
            if item.name in names
        }
        return null_when_full(self.masks, masks)

    def filled_words(self, words: Sequence[Word]) -> dict[str, exp.Expr]:
        """The words with the ends of what is missing added; only done where something is."""
        columns = {}
        for word in words:
            name = f"w{word.number}"
            for end in ("low", "high"):
                terms: list[exp.Expr] = [exp.column(name)]
                for leaf in self.leaves:
                    share = getattr(word.packed(leaf.index), end)
                    if share:
                        absent = missing(leaf)
                        number = self.math.cast(literal(share), wide=word.wide)
                        terms.append(case((absent, number), otherwise=literal(0)))
                total = unless_full(total_of(terms))
                if end == "low":
                    total = case((INCOMPLETE, total_of(terms)), otherwise=exp.column(name))
                columns[f"{name}_{end}"] = total
        return columns

    def unpacked(self, fields: Sequence[Field], words: Sequence[Word]) -> dict[str, exp.Expr]:
        columns = {}
        ours = {item.name for item in fields}
        for word in words:
            for item, shift in word.places:
                if item.name in ours:
                    low = self.extract(word, f"w{word.number}_low", item, shift)
                    columns[item.name] = low
                if item.ranges:
                    high = self.extract(word, f"w{word.number}_high", item, shift)
                    columns[item.name.replace("_lo", "_hi")] = unless_full(high)
        return columns
