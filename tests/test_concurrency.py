"""Two people at the same moment: one wins, the other hears it in a sentence, nothing is lost."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from fractions import Fraction

import pytest
from django.db import connections

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import (
    Assessment,
    Mark,
    Perception,
    Repair,
    Response,
    Round,
    Status,
    Via,
)
from hijau.audit.book import verify
from hijau.audit.models import Chain
from hijau.lib.refused import Refused
from tests import cycle
from tests.cast import Cast, gather

CODE, OTHER = "input-nilai", "proses-nilai"
FACTS = "2.a.P"
SAVED = "saved"

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*things: Callable[[], object]) -> list[str]:
    """What each heard: `saved`, or the sentence of the refusal. Anything else is a fault."""
    together = threading.Barrier(len(things))
    heard: dict[int, str] = {}
    faults: list[BaseException] = []

    def one(number: int, thing: Callable[[], object]) -> None:
        try:
            together.wait(10)
            thing()
            heard[number] = SAVED
        except Refused as refusal:
            heard[number] = refusal.sentence
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=one, args=(number, thing)) for number, thing in enumerate(things)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults, faults
    assert [list(verify(chain)) for chain in Chain.objects.all()] == [[]] * Chain.objects.count()
    return [heard[number] for number in range(len(things))]


def colleague(cast: Cast) -> User:
    return give_role("rekan@contoh.go.id", "Rekan", Role.OFFICER, cast.disdukcapil, by=None).user


def kept_figures_hold(cast: Cast, assessment: Assessment) -> None:
    now = cycle.fresh(cast, assessment)
    score = now.score(now.answers.all())
    assert (now.low, now.high) == (score.low, score.high)


def test_an_officer_saves_while_a_verifier_sends_it_back() -> None:
    """Whatever comes first: only what is to be repaired may change."""
    cast = gather()
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    found = {code: cycle.fresh(cast, assessment) for code in (CODE, OTHER)}
    repair, allowed, forbidden = at_once(
        lambda: actions.ask_repair(one, {CODE: "Lampirkan."}, by=cast.verifier),
        lambda: actions.save_answer(found[CODE], CODE, Fraction(70), by=cast.officer),
        lambda: actions.save_answer(found[OTHER], OTHER, Fraction(70), by=cast.officer),
    )
    assert repair == SAVED
    assert allowed == SAVED or "sudah dikirim" in allowed
    assert "sudah dikirim" in forbidden or "tidak termasuk" in forbidden
    values = dict(assessment.answers.values_list("code", "value"))
    assert values[CODE] == (70 if allowed == SAVED else 90)
    assert values[OTHER] == 90
    assert cycle.fresh(cast, assessment).status == Status.RETURNED
    assert Repair.objects.get().done_at is None
    kept_figures_hold(cast, assessment)


def test_what_was_found_as_sent_and_came_back_is_changed_only_where_asked() -> None:
    """The same moment, in the order that the clock seldom gives."""
    cast = gather()
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    found = cycle.fresh(cast, assessment)
    actions.ask_repair(one, {CODE: "Lampirkan."}, by=cast.verifier)
    with pytest.raises(Refused, match="proses-nilai tidak termasuk"):
        actions.save_answer(found, OTHER, Fraction(10), by=cast.officer)
    actions.save_answer(found, CODE, Fraction(70), by=cast.officer)
    values = dict(assessment.answers.values_list("code", "value"))
    assert (values[CODE], values[OTHER]) == (70, 90)


def test_a_verifier_marks_while_the_other_sends_it_back() -> None:
    cast = gather()
    assessment = cycle.submitted(cast)
    one, two = cycle.tasks(cast, assessment)
    repair, mark = at_once(
        lambda: actions.ask_repair(one, {CODE: "Lampirkan."}, by=cast.verifier),
        lambda: actions.save_mark(two, CODE, Fraction(60), by=cast.second),
    )
    assert repair == SAVED
    assert mark == SAVED or "Unit sedang memperbaiki" in mark
    assert Mark.objects.count() == (mark == SAVED)


def test_two_officers_on_the_same_facts_one_wins_and_the_other_is_told() -> None:
    cast = gather()
    assessment = cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")
    given = ({"2-unsur": ["ahli"]}, {"2-unsur": ["media"]})
    found = [cycle.fresh(cast, assessment) for _ in given]
    heard = at_once(
        lambda: actions.save_facts(found[0], FACTS, given[0], by=cast.officer, seen=0),
        lambda: actions.save_facts(found[1], FACTS, given[1], by=colleague(cast), seen=0),
    )
    assert sorted(said == SAVED for said in heard) == [False, True]
    winner = heard.index(SAVED)
    assert "sudah diisi di tempat lain. Muat ulang" in heard[1 - winner]
    kept = assessment.answers.get()
    assert (kept.facts, kept.version) == (given[winner], 1)


def test_the_same_form_of_a_respondent_from_two_lines_counts_once() -> None:
    cast = gather()
    assessment = cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")
    key, other = uuid.uuid4(), uuid.uuid4()

    def give(which: uuid.UUID) -> None:
        survey = Perception.objects.select_related("assessment__round__version").get(
            assessment=assessment.pk
        )
        actions.give_perception(survey, {"f03a-1": 4}, key=which, via=Via.LINK)

    heard = at_once(lambda: give(key), lambda: give(key), lambda: give(other))
    assert heard == [SAVED] * 3, "who sends twice is thanked twice"
    survey = Perception.objects.get(assessment=assessment)
    assert Response.objects.count() == survey.respondents == 2
    assert survey.sums == {"f03a-1": [8, 2]}


def test_the_same_file_from_two_windows_counts_once() -> None:
    cast = gather()
    assessment = cycle.drafted(cast, "PEKPPP", "pekppp/pedoman-2022")
    rows = [{"f03a-1": 5}, {"f03a-1": 3}]

    def bring() -> None:
        survey = Perception.objects.select_related("assessment__round__version").get(
            assessment=assessment.pk
        )
        actions.import_perceptions(survey, rows, by=cast.officer, source="ab" * 32)

    heard = at_once(bring, bring)
    assert sorted(said == SAVED for said in heard) == [False, True]
    assert any("sudah pernah diimpor" in said for said in heard)
    assert Perception.objects.get(assessment=assessment).sums == {"f03a-1": [8, 2]}


def test_two_verifiers_announce_at_once_and_a_mark_comes_between() -> None:
    cast = gather()
    assessment = cycle.marked(cast)
    one = cycle.task(assessment, cast.verifier)
    found = [cycle.fresh(cast, assessment) for _ in range(2)]
    first, second, mark = at_once(
        lambda: actions.announce_result(found[0], by=cast.verifier),
        lambda: actions.announce_result(found[1], by=cast.second),
        lambda: actions.save_mark(one, CODE, Fraction(10), by=cast.verifier),
    )
    assert sorted(said == SAVED for said in (first, second)) == [False, True]
    assert "tidak sedang diverifikasi" in first + second
    assert "sudah selesai, jadi tidak dapat diubah" in mark
    now = cycle.fresh(cast, assessment)
    assert (now.status, now.value) == (Status.VERIFIED, 80)
    assert now.decisions.count() == len(now.required), "each is decided once"


def test_a_verifier_finishes_while_still_marking_elsewhere() -> None:
    cast = gather()
    assessment = cycle.submitted(cast)
    one, _two = cycle.tasks(cast, assessment)
    cycle.mark_all(one, 80)
    tabs = [cycle.task(assessment, cast.verifier) for _ in range(2)]
    finished, mark = at_once(
        lambda: actions.complete_marks(tabs[0], by=cast.verifier),
        lambda: actions.save_mark(tabs[1], CODE, Fraction(60), by=cast.verifier),
    )
    assert finished == SAVED
    assert mark == SAVED or "sudah selesai" in mark
    task = cycle.task(assessment, cast.verifier)
    marks = dict(task.marks.values_list("code", "value"))
    assert marks[CODE] == (60 if mark == SAVED else 80)
    assert task.completed_at is not None


def test_a_round_is_closed_while_an_answer_is_saved() -> None:
    cast = gather()
    assessment = cycle.drafted(cast)
    opened = Round.objects.select_related("government").get()
    found = cycle.fresh(cast, assessment)
    closed, answer = at_once(
        lambda: actions.close_round(opened, by=cast.organiser),
        lambda: actions.save_answer(found, CODE, Fraction(70), by=cast.officer),
    )
    assert closed == SAVED
    assert answer == SAVED or "tidak sedang dibuka" in answer
    assert assessment.answers.count() == (answer == SAVED)
