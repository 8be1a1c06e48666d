"""A text in the two languages of the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Indonesian, which is the legal wording, and perhaps in English."""

    id: str
    en: str = ""

    def __str__(self) -> str:
        return self.id

    def in_language(self, language: str) -> str:
        return (self.en or self.id) if language.startswith("en") else self.id

    @property
    def english(self) -> str:
        return self.en or self.id

    @property
    def lower(self) -> Text:
        """The same words inside a sentence: only a capital that begins a common word falls."""
        return Text(_lowered(self.id), _lowered(self.english))

    @property
    def sentence(self) -> Text:
        """With a capital in front and a full stop behind."""
        return Text(_sentence(self.id), _sentence(self.english))


def _lowered(words: str) -> str:
    """`Media sosial` falls to `media sosial`; `SIPPN`, `TV`, `PIN atau logo` and `5S` stay."""
    first = words.split(" ", 1)[0]
    return words[:1].lower() + words[1:] if first[1:] == first[1:].lower() else words


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '?')) else '.'}"


def listed(texts: Sequence[Text], *, last: Text | None = None) -> Text:
    """Texts side by side, with commas; `last` stands before the last one: dan, atau."""
    return Text(
        _joined([text.id for text in texts], last.id if last else ""),
        _joined([text.english for text in texts], last.english if last else ""),
    )


def _joined(words: list[str], last: str) -> str:
    """With semicolons where a text has commas of its own."""
    comma = ";" if any("," in word for word in words) else ","
    if not last or len(words) < 2:
        return f"{comma} ".join(words)
    before = comma if len(words) > 2 or comma == ";" else ""
    return f"{f'{comma} '.join(words[:-1])}{before} {last} {words[-1]}"


EMPTY = Text("")
AND = Text("dan", "and")
OR = Text("atau", "or")
