"""The proof of a score: every figure with its answer, weight, product and source, in Indonesian."""

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

LABELS = {
    Label.VERIFIED: "terverifikasi",
    Label.UNOFFICIAL: "tidak resmi",
    Label.INFERRED: "disimpulkan",
    Label.ASSUMED: "diasumsikan",
}
RULES = {
    Rounding.HALF_UP: "setengah ke atas",
    Rounding.HALF_EVEN: "setengah ke genap",
    Rounding.DOWN: "ke bawah",
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


def proof_rows(score: Score) -> list[ProofRow]:
    """The whole proof, from the figure down to each answer, then rounding and category."""
    rows = list(_rows(score.instrument, score.step, 0, None))
    rows.extend(_conclusion(score))
    return rows


def proof_lines(score: Score) -> list[str]:
    """The proof as indented text."""
    lines = []
    for row in proof_rows(score):
        text = f"{row.title} ({row.code}): {row.value}"
        if row.option:
            text += f" – “{row.option}”"
        if row.weight:
            text += f" × bobot {row.weight}"
        if row.product:
            text += f" = {row.product}"
        indent = "  " * row.depth
        lines.append(indent + text)
        if row.note:
            lines.append(f"{indent}    {row.note}")
        lines.extend(_source_lines(f"{indent}    ", "sumber", row.label, row.sources))
        lines.extend(
            _source_lines(f"{indent}    ", "sumber bobot", row.weight_label, row.weight_sources)
        )
    return lines


def _source_lines(indent: str, word: str, label: str, sources: tuple[str, ...]) -> Iterator[str]:
    if label:
        yield f"{indent}{word}: {label}" + "".join(f" · {source}" for source in sources)


def _rows(instrument: Instrument, step: Step, depth: int, part: Part | None) -> Iterator[ProofRow]:
    name = step.node.name
    weight_fact = None if part is None else part.fact
    yield ProofRow(
        depth=depth,
        code=name.code,
        title=name.title,
        value=_value(instrument, step),
        option=_option(instrument, step),
        weight=_weight(step, part),
        product=_product(instrument, step),
        # An entered figure does not rest on what the file says about computing it.
        label="" if step.given else LABELS[name.fact.label],
        sources=() if step.given else _sources(instrument, name.fact),
        note=" ".join(_notes(instrument, step, part)),
        weight_label=LABELS[weight_fact.label] if weight_fact else "",
        weight_sources=_sources(instrument, weight_fact) if weight_fact else (),
    )
    for below, its_part in zip(step.below, _parts(step), strict=True):
        yield from _rows(instrument, below, depth + 1, its_part)


def _parts(step: Step) -> tuple[Part | None, ...]:
    """The part of the formula behind each step below, which carries its weight's source."""
    if isinstance(step.node, WeightedSum) and step.below:
        return step.node.parts
    return (None,) * len(step.below)


def _figure(instrument: Instrument, value: Fraction) -> str:
    """The figure exactly, and rounded where the exact one is longer than what is published."""
    exact = format_exact(value)
    decimals = max(instrument.publish.decimals, 4)
    if "/" not in exact and len(exact.partition(".")[2]) <= decimals:
        return exact
    return f"{format_fixed(value, decimals)} (tepatnya {exact})"


def _value(instrument: Instrument, step: Step) -> str:
    if step.not_applicable:
        return "tidak berlaku"
    if step.value is not None:
        return _figure(instrument, step.value)
    low, high = _figure(instrument, step.low), _figure(instrument, step.high)
    ends = f"antara {low} dan {high}"
    if isinstance(step.node, Indicator):
        return f"belum dijawab, {ends}"
    return ends


def _option(instrument: Instrument, step: Step) -> str:
    question = instrument.by_code.get(step.node.name.code)
    if question is None or not isinstance(step.node, Indicator) or step.value is None:
        return ""
    texts = [option.text.id for option in question.options if option.value == step.value]
    return texts[0] if texts else ""


def _weight(step: Step, part: Part | None) -> str:
    if part is None or step.not_applicable:
        return ""
    return "tidak diterbitkan" if step.weight is None else format_exact(step.weight)


def _product(instrument: Instrument, step: Step) -> str:
    if step.weight is None or step.not_applicable:
        return ""
    if step.value is not None:
        return _figure(instrument, step.weight * step.value)
    low, high = step.weight * step.low, step.weight * step.high
    return f"antara {_figure(instrument, low)} dan {_figure(instrument, high)}"


def _notes(instrument: Instrument, step: Step, part: Part | None) -> Iterator[str]:
    if step.given:
        yield "Nilai dimasukkan, tidak dihitung dari bagiannya."
    elif not step.not_applicable:
        yield from _method(step)
    if part is not None and part.weight is not None and step.weight not in (None, part.weight):
        yield (
            f"Bobot asal {format_exact(part.weight)}; bobot bagian yang tidak berlaku dibagikan "
            "menurut perbandingan."
        )
    if step.node.name.fact.note and not step.given:
        yield f"Catatan: {step.node.name.fact.note}"
    if part is not None and part.fact.note and part.fact != step.node.name.fact:
        yield f"Catatan bobot: {part.fact.note}"


def _method(step: Step) -> Iterator[str]:
    """How the node came to its value, in words."""
    match step.node:
        case WeightedSum() as node:
            counted = sum(not below.not_applicable for below in step.below)
            yield f"Jumlah dari {counted} bagian (nilai × bobot)."
            if node.has_unknown_weights:
                share = format_exact(node.remainder)
                yield f"Bobot {share} dibagi menurut aturan yang tidak diterbitkan."
        case Mean(group=group) if step.rows is not None:
            total = format_exact(step.rows.total)
            yield f"Rerata atas {step.rows.count} {group}: {total} ÷ {step.rows.count}."
        case Mean(group=group):
            count = sum(not below.not_applicable for below in step.below)
            yield f"Rerata atas {count} {group}." if count else f"Rerata atas {group}."
        case Scale(factor=factor):
            yield f"Dikalikan {format_exact(factor)}."
        case Rounded(decimals=decimals, rule=rule):
            yield f"Dibulatkan ke {decimals} desimal, {RULES[rule]}."
        case Indicator():  # pragma: no branch
            pass


def _sources(instrument: Instrument, fact: Fact) -> tuple[str, ...]:
    return tuple(instrument.sources.get(name, name) for name in fact.sources)


def _fact_row(
    instrument: Instrument, code: str, title: str, value: str, fact: Fact, note: str = ""
) -> ProofRow:
    words = " ".join(filter(None, (note, fact.note and f"Catatan: {fact.note}")))
    label, sources = LABELS[fact.label], _sources(instrument, fact)
    return ProofRow(0, code, title, value, label=label, sources=sources, note=words)


def _conclusion(score: Score) -> Iterator[ProofRow]:
    """Rounding, category and opinion, and whatever keeps them from being final."""
    instrument, publish = score.instrument, score.instrument.publish
    low, high = score.published(score.low), score.published(score.high)
    if low is not None:
        value = score.published(score.value) or f"antara {low} dan {high}"
        how = f"Dibulatkan sekali ke {publish.decimals} desimal, {RULES[publish.rule]}."
        yield _fact_row(instrument, "terbit", "Nilai terbit", value, publish.fact, how)
    for band in score.possible:
        word = "Kategori" if score.band else "Kategori yang mungkin"
        zone = f", zona {band.zone}" if band.zone else ""
        cut = f"{score.published(band.low)} sampai {score.published(band.high)}"
        yield _fact_row(
            instrument, band.code, word, f"{band.label.id}{zone}", band.fact, f"Batas {cut}."
        )
    axis = instrument.axis
    if axis is not None and score.band is not None:
        given = score.axis_value or "belum diberikan"
        texts = [opinion or "tidak diterbitkan" for opinion in score.opinions]
        note = f"{axis.title.id}: {given}."
        opinions = " / ".join(dict.fromkeys(texts))
        yield _fact_row(instrument, axis.code, "Opini", opinions, axis.fact, note)
    if score.missing:
        yield ProofRow(0, "kurang", "Belum lengkap", ", ".join(score.missing))
    if score.estimate:
        why = "Bertumpu pada fakta yang disimpulkan atau diasumsikan, atau bobot yang tidak terbit."
        yield ProofRow(0, "taksiran", "Taksiran", why)
