"""How ready a unit is for the Ombudsman's interviews: who is named, who is away, what they know."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hijau.accounts.models import Membership, User
from hijau.accounts.permissions import Role
from hijau.assessments.models import Absence, Assessment, KeyRespondent, Sitting, Visit
from hijau.assessments.models.readiness import Function
from hijau.assessments.quiz import Topic, ombudsman_quiz
from hijau.organisation.models import Kind, Organisation, under


@dataclass(frozen=True)
class Alarm:
    """What may go wrong with an interview. It names functions, never a person."""

    unit: Organisation
    sentence: str


@dataclass(frozen=True, slots=True)
class Result:
    """Right answers of those asked; nothing asked is unknown, not nought."""

    right: int = 0
    asked: int = 0

    def __add__(self, other: Result) -> Result:
        return Result(self.right + other.right, self.asked + other.asked)

    @property
    def is_known(self) -> bool:
        return self.asked > 0

    @property
    def is_weak(self) -> bool:
        """Whether any of its questions was answered wrongly."""
        return self.right < self.asked


@dataclass
class Post:
    """One of the four functions of a unit: who holds it, who comes after, how the quiz went."""

    function: Function
    holders: list[KeyRespondent] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    latest: Sitting | None = None

    @property
    def holder(self) -> KeyRespondent | None:
        """Whoever holds the function today, or else whoever will."""
        return self.holders[0] if self.holders else None

    @property
    def results(self) -> dict[str, Result]:
        """The latest sitting by topic; only topics that were asked."""
        found: dict[str, Result] = defaultdict(Result)
        for answer in self.latest.answers if self.latest else ():
            found[answer["topic"]] += Result(int(answer["right"]), 1)
        return found

    @property
    def weak(self) -> list[Topic]:
        """The topics in which the latest sitting had a wrong answer."""
        results = self.results
        topics = ombudsman_quiz().topics
        return [topic for topic in topics if topic.code in results and results[topic.code].is_weak]


@dataclass
class Readiness:
    """A unit with its four functions, the visits that concern it, and what may go wrong."""

    unit: Organisation
    posts: list[Post]
    visits: list[Visit]
    alarms: list[Alarm]

    @property
    def named(self) -> int:
        return sum(post.holder is not None for post in self.posts)

    @property
    def practised(self) -> int:
        """How many of those named took the quiz at least once."""
        return sum(post.latest is not None for post in self.posts)

    @property
    def results(self) -> dict[str, Result]:
        """The latest sittings of all functions together, by topic."""
        found: dict[str, Result] = defaultdict(Result)
        for post in self.posts:
            for topic, result in post.results.items():
                found[topic] += result
        return found

    @property
    def result(self) -> Result:
        return sum(self.results.values(), Result())


def concerned(places: Iterable[str]) -> list[Organisation]:
    """The agencies and units that the Ombudsman may call on, as far as one can tell.

    Those that named somebody, those of this year's rounds by an instrument of the Ombudsman, and
    those to which a visit is announced.
    """
    judged = Assessment.objects.filter(
        round__version__family="ombudsman", round__year=timezone.localdate().year
    )
    called_on = (
        Q(pk__in=KeyRespondent.objects.from_today().values("unit"))
        | Q(pk__in=judged.values("unit"))
        | Q(pk__in=Visit.objects.coming().values("organisation"))
    )
    found = Organisation.objects.filter(under(places)).assessable().filter(called_on)
    return list(found.select_related("government"))


def readiness_of(units: Sequence[Organisation]) -> list[Readiness]:
    """How ready each of these units is, with the same number of queries for one as for many."""
    posts = {unit.pk: {function: Post(function) for function in Function} for unit in units}
    respondents = list(
        KeyRespondent.objects.filter(unit__in=units).from_today().select_related("user", "unit")
    )
    by_number = {}
    for person in respondents:
        post = posts[person.unit_id][Function(person.function)]
        post.holders.append(person)
        by_number[person.pk] = post
    for absence in Absence.objects.filter(respondent__in=respondents).standing():
        by_number[absence.respondent_id].absences.append(absence)
    for sitting in Sitting.objects.filter(respondent__in=respondents):
        post = by_number[sitting.respondent_id]
        if post.holder is not None and post.holder.pk == sitting.respondent_id:
            post.latest = sitting  # they come in the order of time
    roots = {unit.root.place for unit in units}
    visits = list(
        Visit.objects.coming()
        .filter(under(roots, "organisation__path"))
        .select_related("organisation")
    )
    lost = _without_a_role(respondents)
    result = []
    for unit in units:
        own_visits = [visit for visit in visits if visit.organisation.holds(unit)]
        own_posts = list(posts[unit.pk].values())
        alarms = list(_alarms(unit, own_posts, own_visits, lost))
        result.append(Readiness(unit, own_posts, own_visits, alarms))
    return result


def _without_a_role(respondents: Iterable[KeyRespondent]) -> set[int]:
    """The respondents whose account holds no role at their unit or at the agency above it."""
    linked = [person for person in respondents if person.user_id is not None]
    places: dict[int, list[str]] = defaultdict(list)
    held = (
        Membership.objects.current()
        .filter(user__in={person.user_id for person in linked}, user__is_active=True)
        .exclude(organisation__kind=Kind.GOVERNMENT)
        .values_list("user_id", "organisation__path")
    )
    for user, path in held:
        places[user].append(path)
    return {
        person.pk
        for person in linked
        if person.user_id and not any(person.place.startswith(p) for p in places[person.user_id])
    }


def _alarms(
    unit: Organisation, posts: Sequence[Post], visits: Sequence[Visit], lost: set[int]
) -> Iterator[Alarm]:
    for day, functions in _missing(posts, visits).items():
        yield Alarm(
            unit,
            _("belum ada narasumber untuk kunjungan %(day)s: %(functions)s.")
            % {"day": _written(day), "functions": ", ".join(functions)},
        )
    for post in posts:
        for sentence in _sentences(post, visits, lost):
            yield Alarm(unit, f"{post.function.label}: {sentence}")


def _missing(posts: Iterable[Post], visits: Sequence[Visit]) -> dict[dt.date, list[str]]:
    """The functions that nobody will hold on the day of a visit, each at the first such day."""
    found: dict[dt.date, list[str]] = {}
    for post in posts:
        for visit in visits:
            if not any(person.holds_on(visit.day) for person in post.holders):
                found.setdefault(visit.day, []).append(str(post.function.label))
                break
    return found


def _sentences(post: Post, visits: Sequence[Visit], lost: set[int]) -> Iterator[str]:
    for visit in visits:
        day = _written(visit.day)
        for person in post.holders:
            if person.until and visit.called_from <= person.until <= visit.day:
                yield _("tugas narasumber berakhir %(end)s, dekat kunjungan %(day)s.") % {
                    "end": _written(person.until),
                    "day": day,
                }
        for absence in post.absences:
            if absence.touches(visit.called_from, visit.day):
                yield _(
                    "narasumber berhalangan %(first)s sampai %(last)s, dekat kunjungan %(day)s."
                ) % {
                    "first": _written(absence.since),
                    "last": _written(absence.until),
                    "day": day,
                }
    if any(person.pk in lost for person in post.holders):
        yield _("akun narasumber tidak lagi memegang peran di unit ini.")


def _written(day: dt.date) -> str:
    return date_format(day, "j F Y")


def officers_of(unit: Organisation) -> list[User]:
    """The officers of a unit and of the agency above it, who are told what concerns it."""
    return _holding(Role.OFFICER, desks_of(unit))


def desks_of(unit: Organisation) -> list[str]:
    """The places whose people sit in a unit: the unit's, and the agency's above it."""
    step = unit.steplen
    return [unit.place[:length] for length in range(2 * step, len(unit.place) + 1, step)]


def organisers_of(government: Organisation) -> list[User]:
    return _holding(Role.ORGANISER, [government.place])


def _holding(role: Role, places: Sequence[str]) -> list[User]:
    current = Membership.objects.current().filter(
        role=role, organisation__path__in=places, user__is_active=True
    )
    return list(User.objects.filter(memberships__in=current).distinct())
