"""Reading an instrument file, and saying with file, line and cure what is wrong with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import yaml

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
from scoring.numbers import LONGEST, Rounding, parse_weight
from scoring.provenance import Fact, Label

SHIPPED = Path(__file__).resolve().parent.parent / "instruments"
"""The instruments that come with Hijau."""

MAX_BYTES = 2_000_000
SEE = "Lihat docs/instruments.md."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, on which line, and what to do about it."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class InvalidInstrument(ValueError):
    """The file cannot be used; `problems` says why, line by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


# ---- YAML with line numbers and exact numbers -------------------------------------------------

Path_ = tuple[str | int, ...]


def _parse(text: str, file: str) -> tuple[Any, dict[Path_, int]]:
    """Plain data with numbers kept as text where they are decimals, and the line of each path."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        sentence = f"YAML tidak terbaca: {error.problem}. Periksa spasi dan tanda baca."
        raise InvalidInstrument([Problem(file, line, sentence)]) from error
    except yaml.YAMLError as error:
        raise InvalidInstrument([Problem(file, 1, f"Bukan berkas teks YAML: {error}")]) from error
    except RecursionError as error:
        sentence = "Kurungnya bersarang terlalu dalam; ini bukan instrumen."
        raise InvalidInstrument([Problem(file, 1, sentence)]) from error
    lines: dict[Path_, int] = {}
    problems: list[Problem] = []

    def build(node: yaml.Node | None, path: Path_) -> Any:
        if node is None:
            return None
        line = node.start_mark.line + 1
        lines[path] = line
        if isinstance(node, yaml.MappingNode):
            result: dict[str, Any] = {}
            for key, value in node.value:
                word = str(key.value)
                if word in result:
                    sentence = f"“{word}” tertulis dua kali. Hapus salah satu."
                    problems.append(Problem(file, key.start_mark.line + 1, sentence))
                result[word] = build(value, (*path, word))
            return result
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*path, number)) for number, item in enumerate(node.value)]
        return _scalar(node)

    if text.count("&") and any(isinstance(t, yaml.AliasToken) for t in yaml.scan(text)):
        raise InvalidInstrument([Problem(file, 1, "Alias YAML (*) tidak dipakai di sini.")])
    data = build(root, ())
    if problems:
        raise InvalidInstrument(problems)
    return data, lines


def _scalar(node: yaml.Node) -> Any:
    tag = node.tag.rsplit(":", 1)[-1]
    match tag:
        case "null":
            return None
        case "bool":
            return node.value.lower() in ("true", "yes", "on")
        case "int" if node.value.lstrip("+-").isdigit() and len(node.value) <= LONGEST:
            return int(node.value)
        case _:
            return node.value


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of an instrument file, the same that editors use."""
    result: dict[str, Any] = json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8"))
    return result


# ---- From data to nouns ------------------------------------------------------------------------


class _Reader:
    """Builds one instrument and gathers every problem on the way."""

    def __init__(self, data: dict[str, Any], lines: dict[Path_, int], file: str) -> None:
        self.data, self.lines, self.file = data, lines, file
        self.problems: list[Problem] = []
        self.questions: dict[str, nouns.Question] = {}
        self.used: set[str] = set()

    def problem(self, path: Path_, sentence: str) -> None:
        while path and path not in self.lines:
            path = path[:-1]
        self.problems.append(Problem(self.file, self.lines.get(path, 1), sentence))

    def fact(self, data: Mapping[str, Any], path: Path_, inherited: Fact | None = None) -> Fact:
        if "label" not in data:
            if inherited is not None:
                return inherited
            self.problem(path, "Label sumber belum ada. Tambahkan “label” dan “source”.")
            return Fact(Label.ASSUMED)
        label = Label(data["label"])
        named = data.get("source", [])
        names = tuple([named] if isinstance(named, str) else named)
        for name in names:
            if name not in self.data["sources"]:
                self.problem(path, f"Sumber “{name}” tidak ada di “sources”. Tambahkan alamatnya.")
        note = data.get("note", "")
        if label in (Label.VERIFIED, Label.UNOFFICIAL) and not names:
            self.problem(path, f"Fakta berlabel “{label}” perlu “source”.")
        if label.is_estimate and not note and not names:
            self.problem(path, f"Fakta berlabel “{label}” perlu “note” yang memuat alasannya.")
        return Fact(label, names, note)

    def number(self, value: Any, path: Path_) -> Fraction:
        try:
            return parse_weight(str(value))
        except ValueError as error:
            self.problem(path, f"{error}.")
            return Fraction()

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
        return nouns.Question(
            code=data["code"],
            title=text(data["title"]),
            question=text(data.get("question", data["title"])),
            low=low,
            high=high,
            decimals=scale.get("decimals", 0),
            options=options,
            fact=self.fact(data, path),
            guidance=text(data.get("guidance", "")),
            evidence=tuple(text(item) for item in data.get("evidence", [])),
            facts=tuple(
                nouns.AskedFact(
                    fact["code"],
                    fact["kind"],
                    text(fact["text"]),
                    tuple(text(option) for option in fact.get("options", [])),
                )
                for fact in data.get("facts", [])
            ),
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
        for i, item in enumerate(data["indicators"]):
            question = self.question(item, ("indicators", i))
            if question.code in self.questions:
                self.problem(("indicators", i, "code"), f"Kode “{question.code}” dipakai dua kali.")
            self.questions[question.code] = question
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


def text(value: str | dict[str, str]) -> nouns.Text:
    return nouns.Text(value) if isinstance(value, str) else nouns.Text(**value)


def parse_instrument(source: str, file: str = "berkas") -> nouns.Instrument:
    """Read an instrument from text. Raises InvalidInstrument, whose problems name line and cure."""
    data, lines = _parse(source, file)
    checker = jsonschema.Draft202012Validator(schema())
    reader = _Reader(data if isinstance(data, dict) else {}, lines, file)
    for error in sorted(checker.iter_errors(data), key=lambda e: list(map(str, e.absolute_path))):
        deepest = _deepest(error)
        reader.problem(tuple(deepest.absolute_path), _in_words(deepest))
    if not reader.problems:
        try:
            result = reader.instrument(source)
        except RecursionError:
            reader.problem((), "Rumusnya bersarang terlalu dalam; sederhanakan.")
    if reader.problems:
        raise InvalidInstrument(sorted(set(reader.problems), key=lambda p: p.line))
    return result


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """The fault farthest down: in a formula, the node at fault and not the whole formula."""
    found = error
    while found.context and found.validator in ("anyOf", "oneOf"):
        typed = [e for e in found.context if e.validator != "type"] or list(found.context)
        deeper = max(typed, key=lambda e: len(e.absolute_path))
        if len(deeper.absolute_path) <= len(found.absolute_path) and deeper.validator == "required":
            return found
        found = deeper
    return found


def _in_words(error: jsonschema.ValidationError) -> str:
    where = "/".join(map(str, error.absolute_path)) or "berkas"
    rule: Any = error.validator_value
    shape: Any = error.schema
    given: Any = error.instance
    match error.validator:
        case "required":
            wanted = [key for key in rule if key not in given]
            return f"Di {where}, “{', '.join(wanted)}” belum ada. Tambahkan."
        case "additionalProperties":
            extra = sorted(set(given) - set(shape.get("properties", {})))
            return f"Di {where}, “{', '.join(extra)}” tidak dikenal. Hapus atau periksa ejaannya."
        case "enum":
            options = ", ".join(map(str, rule))
            return f"Di {where}, “{given}” tidak dikenal. Pilih: {options}."
        case "pattern":
            return f"Di {where}, “{str(given)[:40]}” tidak sesuai bentuknya. {SEE}"
        case "type":
            return f"Di {where}, jenis isinya keliru. {SEE}"
        case "minItems" | "minLength" | "minProperties":
            return f"Di {where}, isinya masih kurang. Lengkapi."
        case _:
            return f"Di {where}, isinya tidak lengkap atau tidak dikenal. {SEE}"


@lru_cache(maxsize=256)
def _cached(path: Path, stamp: int, size: int) -> nouns.Instrument:
    return parse_instrument(path.read_text(encoding="utf-8"), str(path))


def read_instrument(path: Path) -> nouns.Instrument:
    """Read an instrument file. Raises InvalidInstrument, also for a binary or oversized file."""
    status = path.stat()
    if status.st_size > MAX_BYTES:
        sentence = "Berkas melebihi 2 MB; ini bukan instrumen."
        raise InvalidInstrument([Problem(str(path), 1, sentence)])
    try:
        return _cached(path, status.st_mtime_ns, status.st_size)
    except UnicodeDecodeError as error:
        raise InvalidInstrument([Problem(str(path), 1, "Bukan berkas teks UTF-8.")]) from error


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
