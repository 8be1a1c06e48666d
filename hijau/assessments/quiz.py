"""The quiz before the Ombudsman's interviews: questions as data, each with its source."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import yaml

from scoring.provenance import Fact, Label
from scoring.reading import SHIPPED
from scoring.text import Text

FILE = SHIPPED / "quizzes" / "ombudsman.yaml"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about; weakness is told by topic."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One question, its choices, and why; the first choice is the right one."""

    code: str
    topic: str
    ask: Text
    choices: tuple[Text, ...]
    why: Text
    fact: Fact

    RIGHT = 0


@dataclass(frozen=True)
class Sheet:
    """The questions of one sitting, in order, each with the order in which its choices stand."""

    questions: tuple[tuple[Question, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Quiz:
    """All questions, the topics, and how many of them a sitting asks."""

    title: Text
    length: int
    fact: Fact
    sources: Mapping[str, str]
    topics: tuple[Topic, ...]
    questions: tuple[Question, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Question]:
        return {question.code: question for question in self.questions}

    def sheet(self, seed: str) -> Sheet:
        """The same questions for the same seed, as many of each topic as the length allows.

        The topics take turns, so that none has two questions more than another.
        """
        draw = random.Random(seed)  # noqa: S311 - practice, not secrecy
        by_topic: list[list[Question]] = []
        for topic in self.topics:
            of_topic = [question for question in self.questions if question.topic == topic.code]
            draw.shuffle(of_topic)
            by_topic.append(of_topic)
        draw.shuffle(by_topic)
        turns = chain.from_iterable(zip_longest(*by_topic))
        chosen = [question for question in turns if question is not None][: self.length]
        draw.shuffle(chosen)
        return Sheet(
            tuple(
                (question, tuple(draw.sample(range(len(question.choices)), len(question.choices))))
                for question in chosen
            )
        )

    def addresses(self, fact: Fact) -> Sequence[str]:
        """Where the sources of a fact are to be read."""
        return [self.sources[name] for name in fact.sources]


@cache
def ombudsman_quiz() -> Quiz:
    """The shipped quiz, read once per process."""
    return read_quiz(FILE)


def read_quiz(file: Path) -> Quiz:
    """Read a quiz. Raises KeyError or ValueError where something is missing or does not fit."""
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    quiz = Quiz(
        title=_text(data["title"]),
        length=int(data["length"]),
        fact=_fact(data["basis"]),
        sources=data["sources"],
        topics=tuple(Topic(row["code"], _text(row["title"])) for row in data["topics"]),
        questions=tuple(_question(row) for row in data["questions"]),
    )
    if len(quiz.by_code) != len(quiz.questions):
        raise ValueError(f"{file.name}: a code stands twice")
    topics = {topic.code for topic in quiz.topics}
    for question in quiz.questions:
        if question.topic not in topics:
            raise ValueError(f"{file.name}: {question.code} has an unknown topic")
        quiz.addresses(question.fact)
    return quiz


def _question(row: Mapping[str, Any]) -> Question:
    choices = (_text(row["right"]), *map(_text, row["wrong"]))
    return Question(
        row["code"], row["topic"], _text(row["ask"]), choices, _text(row["why"]), _fact(row)
    )


def _text(row: Mapping[str, str]) -> Text:
    return Text(row["id"], row["en"])


def _fact(row: Mapping[str, Any]) -> Fact:
    return Fact(Label(row["label"]), tuple(row["source"]), row.get("note", ""))
