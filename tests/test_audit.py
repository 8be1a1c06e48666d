"""The audit book: every verb writes in it, nobody is named in it, and tampering shows."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import hijau
from hijau.accounts.models import User
from hijau.assessments import actions
from hijau.assessments.models import Round
from hijau.audit import book
from hijau.audit.book import verify
from hijau.audit.models import GENESIS, Chain, Entry
from hijau.cli import main
from hijau.demonstration import loading
from hijau.lib.refused import Refused
from tests.cast import Cast

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "audit-events.md"

UNRECORDED = {
    "hijau.instruments.actions.load_shipped": "belongs to no government; runs at every start",
    "hijau.notices.actions.tell": "queues a letter inside the action that is recorded",
    "hijau.notices.actions.deliver": "sends what a recorded action queued",
    "hijau.notices.actions.mark_read": "changes only what the person sees of their own notices",
    "hijau.assessments.actions.reminders.remind": "tells people what time has made due",
    "hijau.assessments.actions.reminders.remind_daily": "queues the day's reminders",
}
"""Public functions of an actions module that write no entry, with the reason."""


def verbs() -> dict[str, ast.FunctionDef]:
    """Every public function of every `actions` module, by its full name."""
    found = {}
    for module in pkgutil.walk_packages(hijau.__path__, "hijau."):
        if ".actions" in module.name:
            file = importlib.import_module(module.name).__file__
            assert file is not None
            for node in ast.parse(Path(file).read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    found[f"{module.name}.{node.name}"] = node
    return found


def recorded_by(verb: ast.FunctionDef) -> list[str]:
    """The events that a function records."""
    return [
        node.args[0].value
        for node in ast.walk(verb)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("book.recorded", "audit.recorded", "recorded")
        and isinstance(node.args[0], ast.Constant)
    ]


def test_every_verb_records_what_it_does() -> None:
    silent = {name for name, verb in verbs().items() if not recorded_by(verb)}
    assert silent == set(UNRECORDED), f"without an audit entry: {silent ^ set(UNRECORDED)}"


def test_every_event_is_declared_and_recorded_by_a_verb() -> None:
    used = {event for verb in verbs().values() for event in recorded_by(verb)}
    assert used == set(book.EVENTS)


def test_every_event_has_its_line_in_the_documentation() -> None:
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| ([^|]+) \|", DOCS.read_text("utf-8"), re.M))
    assert {event: sentence.strip() for event, sentence in rows.items()} == book.EVENTS


@pytest.fixture
def chain(cast: Cast) -> Chain:
    """A book of the city with a dozen entries."""
    assessment = cast.assessment(cast.open_round(), cast.disdukcapil)
    actions.save_answer(assessment, "1.a.Ak", assessment.questions[0].high, by=cast.officer)
    return Chain.objects.get(name=cast.city.book)


@pytest.fixture
def unguarded(chain: Chain) -> Chain:
    """The book as somebody has it who may change the database itself: the triggers are gone."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("audit_entry", "audit_chain"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return chain
    # The test's transaction is undone, and the triggers with it are as before.


def faults(chain: Chain) -> list[tuple[int, str]]:
    chain.refresh_from_db()
    return [(fault.number, fault.sentence) for fault in verify(chain)]


def test_an_untouched_book_holds(chain: Chain) -> None:
    assert chain.length > 8
    assert faults(chain) == []


@pytest.mark.parametrize(
    "change",
    [
        {"actor": 999}, {"event": "round.closed"}, {"subject": "x:1"}, {"details": {"value": "0"}},
        {"at": "2020-01-01T00:00:00+00:00"}, {"hash": "f" * 64}, {"previous": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_an_altered_entry_is_found(unguarded: Chain, change: dict[str, Any]) -> None:
    Entry.objects.filter(chain=unguarded, number=4).update(**change)
    assert faults(unguarded)[0][0] == 4


def test_an_entry_removed_from_the_middle_is_found(unguarded: Chain) -> None:
    Entry.objects.filter(chain=unguarded, number__in=[4, 5]).delete()
    assert faults(unguarded) == [(4, "sampai 5 hilang")]


def test_the_first_entry_removed_is_found(unguarded: Chain) -> None:
    Entry.objects.filter(chain=unguarded, number=1).delete()
    assert faults(unguarded) == [(1, "sampai 1 hilang")]


def test_a_removed_last_entry_is_found(unguarded: Chain) -> None:
    length = unguarded.length
    Entry.objects.filter(chain=unguarded, number=length).delete()
    assert faults(unguarded) == [
        (length, f"ujung buku seharusnya catatan {length}, yang ada {length - 1}")
    ]


def test_a_book_that_was_emptied_is_found(unguarded: Chain) -> None:
    Entry.objects.filter(chain=unguarded).delete()
    assert len(faults(unguarded)) == 1


def forged(chain: Chain, number: int, previous: str) -> Entry:
    entry = Entry.objects.get(chain=chain, number=2)
    entry.pk, entry.number, entry.previous = None, number, previous
    entry.hash = entry.sealed()
    return entry


def test_an_inserted_entry_is_found(unguarded: Chain) -> None:
    rows = Entry.objects.filter(chain=unguarded)
    for entry in rows.filter(number__gte=4).order_by("-number"):
        rows.filter(pk=entry.pk).update(number=entry.number + 1)
    forged(unguarded, 4, rows.get(number=3).hash).save()
    numbers = [number for number, _sentence in faults(unguarded)]
    assert 5 in numbers


def test_an_entry_added_at_the_end_is_found(unguarded: Chain) -> None:
    forged(unguarded, unguarded.length + 1, unguarded.head).save()
    assert len(faults(unguarded)) == 1


def test_swapped_entries_are_found(unguarded: Chain) -> None:
    rows = Entry.objects.filter(chain=unguarded)
    rows.filter(number=3).update(number=1000)
    rows.filter(number=4).update(number=3)
    rows.filter(number=1000).update(number=4)
    assert {number for number, _sentence in faults(unguarded)} >= {3, 4}


def test_an_entry_moved_to_another_book_is_found(unguarded: Chain, cast: Cast) -> None:
    other = Chain.objects.get(name=cast.foreign_city.book)
    length = other.length
    Entry.objects.filter(chain=unguarded, number=unguarded.length).update(
        chain=other, number=length + 1
    )
    assert faults(unguarded)
    assert faults(other)


def refused_by_the_database(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        return "audit entr" in str(error) or "audit chain" in str(error)
    return False


def test_the_database_itself_refuses_to_change_the_past(chain: Chain) -> None:
    assert refused_by_the_database("UPDATE audit_entry SET actor = 1 WHERE number = 2")
    assert refused_by_the_database("DELETE FROM audit_entry WHERE number = %s", chain.length)
    assert refused_by_the_database("UPDATE audit_chain SET length = 3 WHERE id = %s", chain.pk)
    assert refused_by_the_database(
        "UPDATE audit_chain SET head = %s WHERE id = %s", GENESIS, chain.pk
    )
    assert faults(chain) == []


@pytest.mark.parametrize(
    ("step", "previous"), [(0, "head"), (2, "head"), (1, GENESIS), (-3, "head")]
)
def test_the_database_itself_refuses_an_entry_out_of_order(
    chain: Chain, step: int, previous: str
) -> None:
    entry = forged(chain, chain.length + step, chain.head if previous == "head" else previous)
    with pytest.raises(DatabaseError, match="must follow the last one"), transaction.atomic():
        entry.save()
    assert faults(chain) == []


def test_a_refusal_leaves_no_entry(cast: Cast, chain: Chain) -> None:
    before = chain.length, chain.head, Entry.objects.count()
    assessment = cast.assessment(Round.objects.get(), cast.disdukcapil)
    for attempt in (
        lambda: actions.submit_assessment(assessment, by=cast.officer),
        lambda: actions.save_answer(
            assessment, "1.a.Ak", assessment.questions[0].high + 1, by=cast.officer
        ),
        lambda: cast.open_round(),
    ):
        with pytest.raises(Refused):
            attempt()
    chain.refresh_from_db()
    assert (chain.length, chain.head, Entry.objects.count()) == before


def test_a_fault_leaves_neither_the_change_nor_the_entry(cast: Cast, chain: Chain) -> None:
    before = chain.length
    with (
        pytest.raises(ZeroDivisionError),
        book.recorded("round.closed", cast.city, by=cast.organiser),
    ):
        cast.open_round(name="Tidak jadi")
        raise ZeroDivisionError
    chain.refresh_from_db()
    assert chain.length == before
    assert not Round.objects.filter(name="Tidak jadi").exists()


def test_an_event_that_nobody_declared_is_an_error(cast: Cast) -> None:
    with (
        pytest.raises(LookupError, match="not declared"),
        book.recorded("round.eaten", cast.city, by=None),
    ):
        pass


def test_each_government_has_its_own_book(cast: Cast, chain: Chain) -> None:
    before = Chain.objects.get(name=cast.foreign_city.book).length
    cast.open_round(name="Lagi")
    assert Chain.objects.get(name=cast.foreign_city.book).length == before
    page = cast.client(cast.administrator).get(reverse("audit_book"))
    shown = {entry.chain_id for entry, _sentence, _name in page.context["rows"]}
    assert shown == {chain.pk}


def test_no_person_is_named_in_any_entry(db: None) -> None:
    """After a whole demonstration: no e-mail, no name, no name of a file."""
    loading.load()
    people = [v for pair in User.objects.values_list("email", "name") for v in pair]
    assert len(people) >= 16
    whole = [f"{entry.event} {entry.subject} {entry.details}" for entry in Entry.objects.all()]
    assert len(whole) > 300
    for text in whole:
        assert "@" not in text
        assert not [name for name in people if name in text]
    assert all(list(verify(chain)) == [] for chain in Chain.objects.all())


def test_the_command_says_that_the_books_hold(chain: Chain) -> None:
    done = CliRunner().invoke(main, ["audit", "verify"])
    assert done.exit_code == 0
    assert f"{chain.name}: {chain.length} catatan, utuh, ujung {chain.head}" in done.output


def test_the_command_names_the_broken_entry_and_fails(unguarded: Chain) -> None:
    Entry.objects.filter(chain=unguarded, number=4).update(actor=999)
    done = CliRunner().invoke(main, ["audit", "verify"])
    assert done.exit_code == 1
    assert f"{unguarded.name}: catatan 4 isinya telah diubah" in done.output
    assert "1 kerusakan ditemukan" in done.output


def test_the_search_for_verbs_finds_functions() -> None:
    """The tests above read source text: what they read is what runs."""
    for name in verbs():
        module, _, function = name.rpartition(".")
        thing = getattr(importlib.import_module(module), function)
        assert isinstance(thing, FunctionType) or hasattr(thing, "enqueue")
