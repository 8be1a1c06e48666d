"""What a government has published, kept in memory so that a search costs next to nothing.

One catalogue per government and process. It is built anew when the government's audit book tells
of anything that could have changed it: every action writes there in one transaction with what it
did, so the book is the one stamp that also notices a changed name or everyday word, which leave no
date of their own. The book is read from the entry that was last seen, by its number (an index), so
that what other work wrote since costs one look; and that entry must still have the same hash, so
that a database put back from a copy is noticed, too.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, zip_longest

from hijau.audit.models import GENESIS, Entry
from hijau.organisation.models import Organisation
from hijau.services.components import Components, Fees, Span
from hijau.services.finding import Entry as Searched
from hijau.services.finding import Index
from hijau.services.models import Standard

WATCHED = frozenset({"service", "standard", "standards", "organisation"})
"""First words of the events after which a catalogue is built anew."""
HARMLESS = frozenset(
    {
        "service.added", "standard.drafted", "standard.written", "standard.dropped",
        "standard.consulted", "standard.decreed", "standard.reviewed",
    }
)  # fmt: skip
"""Those of them that change nothing in what is published; drafts are written often."""
MOST_NEWS = 1000
"""Entries that are looked through; after more of them the catalogue is built anew anyway."""
MOST_HITS, MOST_EXAMPLES = 20, 6


@dataclass(frozen=True, slots=True)
class Place:
    """A unit that has published something."""

    pk: int
    code: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A published service as lists show it."""

    pk: int
    code: str
    name: str
    about: str
    words: tuple[str, ...]
    product: str
    requirements: tuple[str, ...]
    place: Place
    time: Span | None
    fees: Fees
    is_example: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A unit with its services."""

    place: Place
    services: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found; `corrected` is the question as it was understood, when it was mended."""

    hits: tuple[Listed, ...]
    corrected: str
    near: tuple[str, ...]


class Catalogue:
    """Everything that a government has published, as it was when it was read."""

    def __init__(self, services: Sequence[Listed]) -> None:
        self.services = tuple(services)
        self._by_key = {service.pk: service for service in self.services}

    @cached_property
    def shelves(self) -> tuple[Shelf, ...]:
        """The units with their services, by name."""
        ordered = sorted(self.services, key=lambda one: (one.place.name, one.place.pk, one.name))
        return tuple(
            Shelf(place, tuple(group)) for place, group in groupby(ordered, lambda one: one.place)
        )

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Words of citizens to try the search with, first those of the largest units."""
        largest = sorted(self.shelves, key=lambda shelf: -len(shelf.services))
        told = [
            [word for one in shelf.services for word in one.words[:1] if " " in word]
            for shelf in largest
        ]
        turns = [word for row in zip_longest(*told) for word in row if word]
        return tuple(dict.fromkeys(turns))[:MOST_EXAMPLES]

    def shelf(self, unit: Organisation) -> tuple[Listed, ...]:
        """The services of one unit, by name."""
        return next((one.services for one in self.shelves if one.place.pk == unit.pk), ())

    @cached_property
    def _index(self) -> Index:
        return Index(
            Searched(
                key=service.pk,
                name=service.name,
                everyday=service.words,
                product=service.product,
                about=service.about,
                unit=f"{service.place.name} {service.place.short_name}",
                requirements=service.requirements,
            )
            for service in self.services
        )

    def find(self, question: str) -> Answer:
        """The services that fit a question, the best first."""
        found = self._index.find(question, MOST_HITS)
        return Answer(
            tuple(self._by_key[hit.key] for hit in found.hits), found.corrected, found.near
        )


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    hash: str
    catalogue: Catalogue


_KEPT: dict[int, _Kept] = {}
_LOCK = threading.Lock()


def catalogue_of(government: Organisation) -> Catalogue:
    """What the government has published now. One query, unless something has changed."""
    kept = _KEPT.get(government.pk)
    last = _news(government, kept)
    if kept is not None and last is None:
        return kept.catalogue
    number, seal = last or (0, GENESIS)
    with _LOCK:
        again = _KEPT.get(government.pk)
        if again is not None and (again.number, again.hash) == (number, seal):
            return again.catalogue  # another thread was faster
        # The book was read before the services: what is written between the two is read twice,
        # and nothing is missed.
        catalogue = Catalogue(_published(government))
        _KEPT[government.pk] = _Kept(number, seal, catalogue)
        return catalogue


def _news(government: Organisation, kept: _Kept | None) -> tuple[int, str] | None:
    """Where the book ends, when something was written that could matter; else None."""
    book = Entry.objects.filter(chain__name=government.book)
    if kept is None:
        return book.order_by("-number").values_list("number", "hash").first() or (0, GENESIS)
    news = list(
        book.filter(number__gte=kept.number)
        .order_by("number")
        .values_list("number", "hash", "event")[: MOST_NEWS + 1]
    )
    same = not news if kept.number == 0 else news[:1] and news[0][:2] == (kept.number, kept.hash)
    told = any(_matters(event) for _number, _hash, event in news[1:])
    if same and not told and len(news) <= MOST_NEWS:
        if len(news) > 1:
            _KEPT[government.pk] = _Kept(news[-1][0], news[-1][1], kept.catalogue)
        return None
    return book.order_by("-number").values_list("number", "hash").first() or (0, GENESIS)


def _matters(event: str) -> bool:
    return event.partition(".")[0] in WATCHED and event not in HARMLESS


def _published(government: Organisation) -> list[Listed]:
    places: dict[int, Place] = {}
    found = (
        Standard.objects.published()
        .filter(service__government=government)
        .select_related("service__unit")
        .only(
            "content", "service__code", "service__name", "service__about", "service__everyday",
            "service__is_example", "service__unit__code", "service__unit__name",
            "service__unit__short_name",
        )
        .order_by("service__name", "service_id")
    )  # fmt: skip
    return [_listed(standard, places) for standard in found]


def _listed(standard: Standard, places: dict[int, Place]) -> Listed:
    service, unit = standard.service, standard.service.unit
    told: Components = standard.components
    place = places.setdefault(unit.pk, Place(unit.pk, unit.code, unit.name, unit.short_name))
    return Listed(
        pk=service.pk,
        code=service.code,
        name=service.name,
        about=service.about,
        words=service.words,
        product=told.product,
        requirements=told.lists.get("persyaratan", ()),
        place=place,
        time=told.time,
        fees=told.fees,
        is_example=service.is_example,
    )
