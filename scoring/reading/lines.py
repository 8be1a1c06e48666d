"""A YAML file as data, with the line of everything in it and numbers kept exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from scoring.numbers import LONGEST, parse_weight
from scoring.provenance import Fact, Label
from scoring.text import Text

MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, on which line, and what to do about it."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class InvalidFile(ValueError):
    """The file cannot be used; `problems` says why, line by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


Path_ = tuple[str | int, ...]


def parse(text: str, file: str) -> tuple[Any, dict[Path_, int]]:
    """Plain data with numbers kept as text where they are decimals, and the line of each path."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        sentence = f"YAML tidak terbaca: {error.problem}. Periksa spasi dan tanda baca."
        raise InvalidFile([Problem(file, line, sentence)]) from error
    except yaml.YAMLError as error:
        raise InvalidFile([Problem(file, 1, f"Bukan berkas teks YAML: {error}")]) from error
    except RecursionError as error:
        sentence = "Kurungnya bersarang terlalu dalam; ini bukan instrumen."
        raise InvalidFile([Problem(file, 1, sentence)]) from error
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
        raise InvalidFile([Problem(file, 1, "Alias YAML (*) tidak dipakai di sini.")])
    data = build(root, ())
    if problems:
        raise InvalidFile(problems)
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


class Reader:
    """Builds the nouns of one file and gathers every problem on the way."""

    def __init__(self, data: Any, lines: dict[Path_, int], file: str) -> None:
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.lines, self.file = lines, file
        self.problems: list[Problem] = []

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


def text(value: str | dict[str, str]) -> Text:
    return Text(value) if isinstance(value, str) else Text(**value)


def text_of(path: Path) -> str:
    """What a file says. Raises InvalidFile when it is too large or no text at all."""
    if path.stat().st_size > MAX_BYTES:
        sentence = "Berkas melebihi 2 MB; ini bukan instrumen."
        raise InvalidFile([Problem(str(path), 1, sentence)])
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidFile([Problem(str(path), 1, "Bukan berkas teks UTF-8.")]) from error
