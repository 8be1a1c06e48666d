"""The only way the platform says no."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """A sentence for a person: what is refused, why, and what to do.

    `items` names what the sentence counts (the unanswered indicators, say). Raised inside an
    action it undoes everything the action began.
    """

    def __init__(self, sentence: str, items: Sequence[object] = ()) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.items = list(items)
