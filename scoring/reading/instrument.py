"""Reading an instrument file, and saying with file, line and cure what is wrong with it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from scoring import instrument as nouns
from scoring.formula import (
    Indicator,
    Mean,
    Name,
    Node,
    NotApplicable,
    Part,
    Rounded,
    Scale,
    UnknownWeights,
    WeightedSum,
    bounds,
    walk,
)
from scoring.numbers import Rounding
from scoring.provenance import Fact, Label
from scoring.reading.facts import examples, facts, rules
from scoring.reading.lines import (
    InvalidFile,
    Path_,
    Reader,
    parse,
    text,
    text_of,
)
from scoring.reading.schema import SHIPPED, faults


class InvalidInstrument(InvalidFile):
    """The file is no instrument that can be used; `problems` says why, line by line."""


class _Reader(Reader):
    """Builds one instrument and gathers every problem on the way."""

    def __init__(self, data: Any, lines: dict[Path_, int], file: str) -> None:
        super().__init__(data, lines, file)
        self.questions: dict[str, nouns.Question] = {}
        self.used: set[str] = set()

    def question(self, data: dict[str, Any], path: Path_) -> nouns.Question:
        scale = data["scale"]
        low = self.number(scale["low"], (*path, "scale", "low"))
        high = self.number(scale["high"], (*path, "scale", "high"))
        if low >= high:
            self.problem((*path, "scale"), "“low” harus lebih kecil daripada “high”.")
        options = tuple(
            nouns.Option(
                self.number(option["value"], (*path, "options", i, "value")), text(option["text"])
            )
            for i, option in enumerate(data.get("options", []))
        )
        values = [option.value for option in options]
        if values != sorted(set(values)):
            self.problem((*path, "options"), "Nilai pilihan harus naik dan tidak boleh berulang.")
        if values and (values[0], values[-1]) != (low, high):
            self.problem((*path, "options"), "Pilihan harus mulai dari “low” dan sampai “high”.")
        fact = self.fact(data, path)
        asked = facts(self, data, path, fact)
        return nouns.Question(
            code=data["code"],
            title=text(data["title"]),
            question=text(data.get("question", data["title"])),
            low=low,
            high=high,
            decimals=scale.get("decimals", 0),
            options=options,
            fact=fact,
            guidance=text(data.get("guidance", "")),
            evidence=tuple(text(item) for item in data.get("evidence", [])),
            facts=asked,
            rules=rules(self, data, path, asked, values),
            examples=examples(self, data, path),
            unscored=data.get("unscored", ""),
            asked_of=data.get("asked_of", "unit"),
        )

    def node(self, data: str | dict[str, Any], path: Path_, inherited: Fact | None = None) -> Node:
        if isinstance(data, str):
            return self.leaf(data, path)
        fact = self.fact(data, path, inherited)
        name = Name(data["code"], data["level"], data["title"], fact)
        if "weighted_sum" in data:
            return self.weighted_sum(data, path, name)
        if "mean" in data:
            below = data["mean"]
            share = Fraction(1, len(below))
            parts = tuple(
                Part(share, self.node(item, (*path, "mean", i), fact), fact)
                for i, item in enumerate(below)
            )
            rule = NotApplicable(data.get("not_applicable", "forbidden"))
            return WeightedSum(name, parts, not_applicable=rule)
        below_node = self.node(data["of"], (*path, "of"), fact)
        if "mean_over" in data:
            return Mean(name, data["mean_over"], below_node)
        if "scale" in data:
            return Scale(name, self.number(data["scale"], (*path, "scale")), below_node)
        rounded = data["rounded"]
        return Rounded(name, rounded["decimals"], Rounding(rounded["rule"]), below_node)

    def leaf(self, code: str, path: Path_) -> Node:
        question = self.questions.get(code)
        if question is None:
            self.problem(path, f"Indikator “{code}” tidak ada di “indicators”. Periksa kodenya.")
            unknown = Name(code, nouns.LEAF_LEVEL, code, Fact(Label.ASSUMED))
            return Indicator(unknown, Fraction(), Fraction(1))
        self.used.add(code)
        name = Name(code, nouns.LEAF_LEVEL, question.title.id, question.fact)
        return Indicator(name, question.low, question.high, question.decimals)

    def weighted_sum(self, data: dict[str, Any], path: Path_, name: Name) -> WeightedSum:
        per = Fraction(1, 100) if data.get("weights_in") == "percent" else Fraction(1)
        weights_fact = self.fact(data["weights"], (*path, "weights")) if "weights" in data else None
        parts = []
        for i, item in enumerate(data["weighted_sum"]):
            here = (*path, "weighted_sum", i)
            fact = self.fact(item, here, weights_fact or name.fact)
            weight = item["weight"]
            exact = None if weight == "unknown" else self.number(weight, (*here, "weight")) * per
            parts.append(Part(exact, self.node(item["of"], (*here, "of"), name.fact), fact))
        total = sum((p.weight for p in parts if p.weight is not None), Fraction())
        unknown = any(part.weight is None for part in parts)
        if (unknown and total >= 1) or (not unknown and total != 1):
            self.problem(
                (*path, "weighted_sum"),
                f"Bobot di “{name.code}” berjumlah {total}, seharusnya "
                f"{'kurang dari ' if unknown else ''}1 (100 persen). Periksa tiap bobot.",
            )
        rule = NotApplicable(data.get("not_applicable", "forbidden"))
        if unknown and rule is not NotApplicable.FORBIDDEN:
            self.problem(
                path, "Bobot yang tidak diketahui hanya boleh dengan not_applicable: forbidden."
            )
        refuse = UnknownWeights(data.get("unknown_weights", "range"))
        return WeightedSum(name, tuple(parts), Fraction(1), rule, refuse)

    def bands(self, publish: nouns.Publishing) -> tuple[nouns.Band, ...]:
        bands = []
        for i, row in enumerate(self.data.get("bands", [])):
            path: Path_ = ("bands", i)
            bands.append(
                nouns.Band(
                    self.number(row["from"], (*path, "from")),
                    self.number(row["to"], (*path, "to")),
                    row["code"],
                    text(row["label_text"]),
                    row.get("zone"),
                    self.fact(row, path),
                )
            )
            if bands[-1].low > bands[-1].high:
                self.problem(path, "“from” harus lebih kecil daripada “to”.")
            if bands[-1].code in {band.code for band in bands[:-1]}:
                self.problem(path, f"Kode “{bands[-1].code}” dipakai dua kategori.")
        bands.sort(key=lambda band: band.low, reverse=True)
        step = Fraction(1, 10**publish.decimals)
        for better, worse in pairwise(bands):
            if better.low - worse.high != step:
                self.problem(
                    ("bands",),
                    f"Antara “{worse.code}” (sampai {worse.high}) dan “{better.code}” (mulai "
                    f"{better.low}) ada celah atau tumpang tindih. Selisihnya harus {step}.",
                )
        return tuple(bands)

    def conventions(self, roots: list[Node]) -> tuple[nouns.Convention, ...]:
        sums = {
            node.name.code: node
            for root in roots
            for node in walk(root)
            if isinstance(node, WeightedSum)
        }
        result = []
        for i, data in enumerate(self.data.get("conventions", [])):
            path: Path_ = ("conventions", i)
            weights: dict[str, Fraction | Mapping[str, Fraction] | None] = {}
            for code, rule in data["weights"].items():
                here = (*path, "weights", code)
                if code not in sums:
                    self.problem(here, f"Tidak ada jumlah tertimbang berkode “{code}”.")
                elif rule == "equal":
                    weights[code] = None
                elif isinstance(rule, dict):
                    weights[code] = {key: self.number(v, (*here, key)) for key, v in rule.items()}
                    if set(rule) != {p.node.name.code for p in sums[code].parts}:
                        self.problem(here, f"Sebutkan bobot untuk tiap bagian dari “{code}”.")
                else:
                    weights[code] = self.number(rule, here)
                total = _total(weights.get(code), len(sums[code].parts)) if code in sums else None
                if total is not None and not 0 < total <= 1:
                    self.problem(here, f"Bobotnya berjumlah {total}; seharusnya sampai 1.")
            result.append(
                nouns.Convention(
                    data["name"],
                    text(data["title"]),
                    weights,
                    self.fact(data, path),
                    data.get("default", False),
                )
            )
        if sum(convention.default for convention in result) > 1:
            self.problem(("conventions",), "Hanya satu konvensi boleh “default”.")
        return tuple(result)

    def axis(self, bands: tuple[nouns.Band, ...]) -> nouns.SecondAxis | None:
        data = self.data.get("second_axis")
        if data is None:
            return None
        path: Path_ = ("second_axis",)
        values = tuple(data["values"])
        matrix: dict[str, dict[str, str | None]] = {}
        for band in bands:
            row = data["matrix"].get(band.code)
            if row is None or set(row) != set(values):
                self.problem(
                    (*path, "matrix"), f"Lengkapi baris “{band.code}”: {', '.join(values)}."
                )
                continue
            matrix[band.code] = {k: None if v == "unknown" else str(v) for k, v in row.items()}
        return nouns.SecondAxis(
            data["code"], text(data["title"]), values, matrix, self.fact(data, path)
        )

    def instrument(self, source: str) -> nouns.Instrument:
        data = self.data
        asked: set[str] = set()
        for i, item in enumerate(data["indicators"]):
            question = self.question(item, ("indicators", i))
            if question.code in self.questions:
                self.problem(("indicators", i, "code"), f"Kode “{question.code}” dipakai dua kali.")
            self.questions[question.code] = question
            for fact in question.facts:
                if fact.code in asked:
                    sentence = f"Fakta “{fact.code}” ditanyakan dua kali. Ganti kodenya."
                    self.problem(("indicators", i, "facts"), sentence)
                asked.add(fact.code)
        if "forms" in data:
            codes = [form["code"] for form in data["forms"]]
            if len(codes) != len(set(codes)):
                self.problem(("forms",), "Dua formulir memakai kode yang sama.")
            forms = {
                form["code"]: self.node(form["formula"], ("forms", i, "formula"))
                for i, form in enumerate(data["forms"])
            }
        else:
            forms = {"": self.node(data["formula"], ("formula",))}
        for code, question in self.questions.items():
            if code not in self.used and not question.unscored:
                self.problem(
                    ("indicators",),
                    f"Indikator “{code}” tidak dipakai di rumus. Pakai, atau beri “unscored”.",
                )
        for form, root in forms.items():
            seen: set[tuple[str, str]] = set()
            for node in walk(root):
                key = (node.name.level, node.name.code)
                if key in seen:
                    self.problem(("formula",), f"Simpul {key} muncul dua kali di rumus {form}.")
                seen.add(key)
        first = next(iter(forms.values()))
        ends = bounds(first)
        publish_data = data["publish"]
        publish = nouns.Publishing(
            publish_data["decimals"],
            Rounding(publish_data["rounding"]),
            ends.low,
            ends.high,
            self.fact(publish_data, ("publish",)),
        )
        institution = None
        if "institution" in data:
            own = data["institution"]
            name = Name(own["code"], own["level"], own["title"], self.fact(own, ("institution",)))
            institution = Mean(name, own["mean_over"], first)
        valid = data["valid"]
        if valid.get("to") is not None and str(valid["to"]) < str(valid["from"]):
            self.problem(("valid", "to"), "“to” harus sesudah “from”.")
        bands = self.bands(publish)
        return nouns.Instrument(
            id=data["id"],
            title=text(data["title"]),
            family=data["family"],
            body=data["body"],
            row=data["row"],
            valid=nouns.Validity(
                self.day(valid["from"], ("valid", "from")),
                None if valid.get("to") is None else self.day(valid["to"], ("valid", "to")),
                self.fact(valid, ("valid",)),
            ),
            basis=tuple(
                nouns.Basis(b["regulation"], b["about"], self.fact(b, ("basis", i)))
                for i, b in enumerate(data["basis"])
            ),
            sources=data["sources"],
            publish=publish,
            questions=tuple(self.questions.values()),
            forms=forms,
            institution=institution,
            conventions=self.conventions(list(forms.values())),
            bands=bands,
            axis=self.axis(bands),
            cases=tuple(nouns.Case(case["name"], case) for case in data["cases"]),
            sha256=hashlib.sha256(source.encode()).hexdigest(),
            notes=tuple(data.get("notes", [])),
            text=source,
        )

    def day(self, value: str, path: Path_) -> dt.date:
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.problem(path, f"“{value}” bukan tanggal. Tulis seperti 2022-05-31.")
            return dt.date.min


def _total(rule: Fraction | Mapping[str, Fraction] | None, parts: int) -> Fraction | None:
    """What a convention's weights sum to; None where it shares what is unpublished."""
    if rule is None:
        return None
    return rule * parts if isinstance(rule, Fraction) else sum(rule.values(), Fraction())


def parse_instrument(source: str, file: str = "berkas") -> nouns.Instrument:
    """Read an instrument from text. Raises InvalidInstrument, whose problems name line and cure."""
    try:
        data, lines = parse(source, file)
    except InvalidFile as error:
        raise InvalidInstrument(error.problems) from error
    reader = _Reader(data, lines, file)
    for path, sentence in faults(data, "schema.json"):
        reader.problem(path, sentence)
    if not reader.problems:
        try:
            result = reader.instrument(source)
        except RecursionError:
            reader.problem((), "Rumusnya bersarang terlalu dalam; sederhanakan.")
    if reader.problems:
        raise InvalidInstrument(sorted(set(reader.problems), key=lambda p: p.line))
    return result


@lru_cache(maxsize=256)
def _cached(path: Path, stamp: int, size: int) -> nouns.Instrument:
    return parse_instrument(text_of(path), str(path))


def read_instrument(path: Path) -> nouns.Instrument:
    """Read an instrument file. Raises InvalidInstrument, also for a binary or oversized file."""
    status = path.stat()
    try:
        return _cached(path, status.st_mtime_ns, status.st_size)
    except InvalidInstrument:
        raise
    except InvalidFile as error:
        raise InvalidInstrument(error.problems) from error


def shipped_paths() -> Iterator[Path]:
    """The files of the shipped instruments, sorted."""
    yield from (p for p in sorted(SHIPPED.glob("*/*.yaml")) if p.parent.name != "quizzes")


def find_instrument(id_or_path: str) -> nouns.Instrument:
    """A shipped instrument by its id, or any instrument by its file's path.

    Raises KeyError when there is neither.
    """
    path = SHIPPED / f"{id_or_path}.yaml"
    if path.resolve().is_relative_to(SHIPPED) and path.is_file():
        return read_instrument(path)
    if id_or_path.endswith((".yaml", ".yml")) and Path(id_or_path).is_file():
        return read_instrument(Path(id_or_path))
    raise KeyError(id_or_path)
