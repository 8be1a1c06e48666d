"""The proof of a score: every figure with its answer, weight, product and source.

It speaks Indonesian, the language of papers and of what is frozen, or English for a reader of the
English pages. Titles and notes of an instrument stay as its file has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from scoring.formula import Indicator, Mean, Part, Rounded, Scale, WeightedSum
from scoring.instrument import Instrument
from scoring.interpret import Step
from scoring.numbers import Rounding, format_exact, format_fixed
from scoring.provenance import Fact, Label
from scoring.score import Score
from scoring.text import Text

LABELS = {
    Label.VERIFIED: Text("tercetak pada sumbernya", "printed in its source"),
    Label.UNOFFICIAL: Text("tidak resmi", "unofficial"),
    Label.INFERRED: Text("disimpulkan", "inferred"),
    Label.ASSUMED: Text("diasumsikan", "assumed"),
}
RULES = {
    Rounding.HALF_UP: Text("setengah ke atas", "half up"),
    Rounding.HALF_EVEN: Text("setengah ke genap", "half to even"),
    Rounding.DOWN: Text("ke bawah", "down"),
}


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One line of a proof, ready to be shown; empty texts do not apply to the line."""

    depth: int
    code: str
    title: str
    value: str
    option: str = ""
    weight: str = ""
    product: str = ""
    label: str = ""
    sources: tuple[str, ...] = ()
    note: str = ""
    weight_label: str = ""
    weight_sources: tuple[str, ...] = ()


def proof_rows(score: Score, language: str = "id") -> list[ProofRow]:
    """The whole proof, from the figure down to each answer, then rounding and category."""
    writer = _Writer(score, language)
    return [*writer.rows(score.step, 0, None), *writer.conclusion()]


def proof_lines(score: Score, language: str = "id") -> list[str]:
    """The proof as indented text."""
    weight = Text("bobot", "weight").in_language(language)
    source = Text("sumber", "source").in_language(language)
    weight_source = Text("sumber bobot", "source of the weight").in_language(language)
    lines = []
    for row in proof_rows(score, language):
        text = f"{row.title} ({row.code}): {row.value}"
        if row.option:
            text += f" – “{row.option}”"
        if row.weight:
            text += f" × {weight} {row.weight}"
        if row.product:
            text += f" = {row.product}"
        indent = "  " * row.depth
        lines.append(indent + text)
        if row.note:
            lines.append(f"{indent}    {row.note}")
        lines.extend(_source_lines(f"{indent}    ", source, row.label, row.sources))
        lines.extend(
            _source_lines(f"{indent}    ", weight_source, row.weight_label, row.weight_sources)
        )
    return lines


def _source_lines(indent: str, word: str, label: str, sources: tuple[str, ...]) -> Iterator[str]:
    if label:
        yield f"{indent}{word}: {label}" + "".join(f" · {source}" for source in sources)


def _parts(step: Step) -> tuple[Part | None, ...]:
    """The part of the formula behind each step below, which carries its weight's source."""
    if isinstance(step.node, WeightedSum) and step.below:
        return step.node.parts
    return (None,) * len(step.below)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Puts the steps of one score into words of one language."""

    score: Score
    language: str

    @property
    def instrument(self) -> Instrument:
        return self.score.instrument

    def say(self, indonesian: str, english: str) -> str:
        return Text(indonesian, english).in_language(self.language)

    def label(self, fact: Fact) -> str:
        return LABELS[fact.label].in_language(self.language)

    def rule(self, rule: Rounding) -> str:
        return RULES[rule].in_language(self.language)

    def remark(self, fact: Fact) -> str:
        return self.say(f"Catatan: {fact.note}", f"Note: {fact.note}") if fact.note else ""

    def between(self, low: str, high: str) -> str:
        return self.say(f"antara {low} dan {high}", f"between {low} and {high}")

    def rows(self, step: Step, depth: int, part: Part | None) -> Iterator[ProofRow]:
        name = step.node.name
        weight_fact = None if part is None else part.fact
        yield ProofRow(
            depth=depth,
            code=name.code,
            title=name.title,
            value=self.value(step),
            option=self.option(step),
            weight=self.weight(step, part),
            product=self.product(step),
            # An entered figure does not rest on what the file says about computing it.
            label="" if step.given else self.label(name.fact),
            sources=() if step.given else self.sources(name.fact),
            note=" ".join(self.notes(step, part)),
            weight_label=self.label(weight_fact) if weight_fact else "",
            weight_sources=self.sources(weight_fact) if weight_fact else (),
        )
        for below, its_part in zip(step.below, _parts(step), strict=True):
            yield from self.rows(below, depth + 1, its_part)

    def figure(self, value: Fraction) -> str:
        """The figure exactly, and rounded where the exact one is longer than what is published."""
        exact = format_exact(value)
        decimals = max(self.instrument.publish.decimals, 4)
        if "/" not in exact and len(exact.partition(".")[2]) <= decimals:
            return exact
        return format_fixed(value, decimals) + self.say(
            f" (tepatnya {exact})", f" (exactly {exact})"
        )

    def value(self, step: Step) -> str:
        if step.not_applicable:
            return self.say("tidak berlaku", "not applicable")
        if step.value is not None:
            return self.figure(step.value)
        ends = self.between(self.figure(step.low), self.figure(step.high))
        if isinstance(step.node, Indicator):
            return self.say("belum dijawab, ", "not answered yet, ") + ends
        return ends

    def option(self, step: Step) -> str:
        question = self.instrument.by_code.get(step.node.name.code)
        if question is None or not isinstance(step.node, Indicator) or step.value is None:
            return ""
        texts = [option.text for option in question.options if option.value == step.value]
        return texts[0].in_language(self.language) if texts else ""

    def weight(self, step: Step, part: Part | None) -> str:
        if part is None or step.not_applicable:
            return ""
        if step.weight is None:
            return self.say("tidak diterbitkan", "not published")
        return format_exact(step.weight)

    def product(self, step: Step) -> str:
        if step.weight is None or step.not_applicable:
            return ""
        if step.value is not None:
            return self.figure(step.weight * step.value)
        return self.between(
            self.figure(step.weight * step.low), self.figure(step.weight * step.high)
        )

    def notes(self, step: Step, part: Part | None) -> Iterator[str]:
        if step.given:
            yield self.say(
                "Nilai dimasukkan, tidak dihitung dari bagiannya.",
                "The value was entered, not computed from its parts.",
            )
        elif not step.not_applicable:
            yield from self.method(step)
        if part is not None and part.weight is not None and step.weight not in (None, part.weight):
            weight = format_exact(part.weight)
            yield self.say(
                f"Bobot asal {weight}; bobot bagian yang tidak berlaku dibagikan "
                "menurut perbandingan.",
                f"Original weight {weight}; the weight of parts that do not apply is shared out "
                "in proportion.",
            )
        if step.node.name.fact.note and not step.given:
            yield self.remark(step.node.name.fact)
        if part is not None and part.fact.note and part.fact != step.node.name.fact:
            note = part.fact.note
            yield self.say(f"Catatan bobot: {note}", f"Note on the weight: {note}")

    def method(self, step: Step) -> Iterator[str]:
        """How the node came to its value, in words."""
        counted = sum(not below.not_applicable for below in step.below)
        match step.node:
            case WeightedSum() as node:
                yield self.say(
                    f"Jumlah dari {counted} bagian (nilai × bobot).",
                    f"Sum of {counted} parts (value × weight).",
                )
                if node.has_unknown_weights:
                    share = format_exact(node.remainder)
                    yield self.say(
                        f"Bobot {share} dibagi menurut aturan yang tidak diterbitkan.",
                        f"A weight of {share} is shared out by a rule that is not published.",
                    )
            case Mean(group=group) if step.rows is not None:
                count, total = step.rows.count, format_exact(step.rows.total)
                yield self.say(
                    f"Rerata atas {count} {group}: {total} ÷ {count}.",
                    f"Mean over {count} {group}: {total} ÷ {count}.",
                )
            case Mean(group=group):
                over = f"{counted} {group}" if counted else group
                yield self.say(f"Rerata atas {over}.", f"Mean over {over}.")
            case Scale(factor=factor):
                times = format_exact(factor)
                yield self.say(f"Dikalikan {times}.", f"Multiplied by {times}.")
            case Rounded(decimals=decimals, rule=rule):
                how = self.rule(rule)
                yield self.say(
                    f"Dibulatkan ke {decimals} desimal, {how}.",
                    f"Rounded to {decimals} decimals, {how}.",
                )
            case Indicator():  # pragma: no branch
                pass

    def sources(self, fact: Fact) -> tuple[str, ...]:
        return tuple(self.instrument.sources.get(name, name) for name in fact.sources)

    def fact_row(self, code: str, title: str, value: str, fact: Fact, note: str) -> ProofRow:
        words = " ".join(filter(None, (note, self.remark(fact))))
        return ProofRow(
            0, code, title, value, label=self.label(fact), sources=self.sources(fact), note=words
        )

    def conclusion(self) -> Iterator[ProofRow]:
        """Rounding, category and opinion, and whatever keeps them from being final."""
        score, publish = self.score, self.instrument.publish
        low, high = score.published(score.low), score.published(score.high)
        if low is not None and high is not None:
            value = score.published(score.value) or self.between(low, high)
            how = self.rule(publish.rule)
            note = self.say(
                f"Dibulatkan sekali ke {publish.decimals} desimal, {how}.",
                f"Rounded once to {publish.decimals} decimals, {how}.",
            )
            title = self.say("Nilai terbit", "Published value")
            yield self.fact_row("terbit", title, value, publish.fact, note)
        for band in score.possible:
            word = self.say("Kategori", "Category")
            if score.band is None:
                word = self.say("Kategori yang mungkin", "Possible category")
            zone = self.say(f", zona {band.zone}", f", zone {band.zone}") if band.zone else ""
            first, last = score.published(band.low), score.published(band.high)
            cut = self.say(f"Batas {first} sampai {last}.", f"Limits {first} to {last}.")
            text = band.label.in_language(self.language) + zone
            yield self.fact_row(band.code, word, text, band.fact, cut)
        axis = self.instrument.axis
        if axis is not None and score.band is not None:
            given = score.axis_value or self.say("belum diberikan", "not given yet")
            unpublished = self.say("tidak diterbitkan", "not published")
            opinions = " / ".join(dict.fromkeys(word or unpublished for word in score.opinions))
            note = f"{axis.title.in_language(self.language)}: {given}."
            title = self.say("Opini", "Opinion")
            yield self.fact_row(axis.code, title, opinions, axis.fact, note)
        if score.missing:
            title = self.say("Belum lengkap", "Not complete yet")
            yield ProofRow(0, "kurang", title, ", ".join(score.missing))
        if score.estimate:
            why = self.say(
                "Bertumpu pada fakta yang disimpulkan atau diasumsikan, atau bobot yang tidak "
                "terbit.",
                "It rests on facts that are inferred or assumed, or on weights that are not "
                "published.",
            )
            yield ProofRow(0, "taksiran", self.say("Taksiran", "Estimate"), why)
