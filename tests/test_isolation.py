"""Isolation: what belongs to another agency or another government does not exist for you."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hijau.accounts.actions import give_role
from hijau.accounts.models import Membership, User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.actions.verification import Noted
from hijau.assessments.models import (
    Absence,
    Assessment,
    Document,
    Edition,
    Evidence,
    FollowUp,
    KeyRespondent,
    Objection,
    Perception,
    Photo,
    Product,
    Round,
    Target,
    Verdict,
    Verification,
    Visit,
)
from hijau.assessments.models.oversight import ProductKind
from hijau.assessments.models.readiness import Certainty, Function, Reason
from hijau.instruments.actions import add_instrument
from hijau.instruments.models import Version
from hijau.notices.actions import tell
from hijau.organisation.models import Organisation
from hijau.papers.actions import set_letterhead
from hijau.services import actions as promising
from hijau.services.actions.charters import FIRST_WORDS
from hijau.services.models import (
    Attachment,
    AttachmentKind,
    Charter,
    Consultation,
    Group,
    Nature,
    Service,
    Standard,
)
from tests import cycle
from tests.cast import PASSWORD, Cast
from tests.promises import WHOLE
from tests.samples import pdf, photo, upload
from tests.test_doors import doors
from tests.test_instruments_in_platform import OWN

CODE = "1.a.Ak"
SHORT = "input-nilai"


@dataclass
class World:
    """Both governments with everything that the platform keeps, under words to search for."""

    cast: Cast
    agency: dict[str, str]
    """What is Disdukcapil's alone: what it is, and the word that would betray it."""
    abroad: dict[str, str]
    """What is the other government's."""
    home: dict[str, str]
    """What is the city's, of which the other government may see nothing."""
    foreign: dict[str, Any]
    marks: dict[str, str]
    """What verifiers wrote of Disdukcapil; its officer reads no mark, nor a note beside it."""
    marks_abroad: dict[str, str]


def verify(
    cast: Cast, unit: Organisation, officer: User, verifiers: list[User], word: str
) -> tuple[dict[str, str], dict[str, str]]:
    """A whole cycle of a unit: repaired, visited, marked, announced, objected to."""
    version, today = cast.version(cycle.SHORT), timezone.localdate()
    opened = actions.open_round(
        unit.root, version, [unit], name=f"Opini {unit.root.code}", year=today.year,
        opens_on=today, closes_on=today, form=next(iter(version.rule.forms)), by=None,
    )  # fmt: skip

    def fresh() -> Assessment:
        return Assessment.objects.with_names().get(round=opened)

    cast.answer_all(fresh(), officer, Fraction(90))
    actions.submit_assessment(fresh(), by=officer)
    actions.name_verifiers([fresh()], verifiers, by=officer)
    one, two = (cycle.task(fresh(), who) for who in verifiers)
    actions.ask_repair(one, {SHORT: f"Perbaiki {word}"}, by=one.verifier)
    actions.submit_assessment(fresh(), by=officer)
    marks = {q.code: Noted(Fraction(80), False, f"Nilaiku {word}", 0) for q in fresh().required}
    actions.receive_visit(
        cycle.task(fresh(), one.verifier), by=one.verifier, key=uuid.uuid4(),
        made_at=timezone.now(), note=f"Lapangan {word}", marks=marks,
        photos=[(SHORT, upload(f"foto-{word}.jpg", photo()))],
    )  # fmt: skip
    two = cycle.task(fresh(), two.verifier)
    for code, noted in marks.items():
        actions.save_mark(two, code, noted.value, by=two.verifier, note=noted.remark)
    for each in (one, two):
        task = cycle.task(fresh(), each.verifier)
        actions.complete_marks(task, by=task.verifier)
    actions.announce_result(fresh(), by=one.verifier)
    letter = upload(f"sanggah-{word}.pdf", pdf(word))
    actions.object_to(fresh(), SHORT, f"Sanggahan {word} kami", by=officer, letter=letter)
    seen = {
        "repair": f"perbaiki {word}".lower(), "objection": f"sanggahan {word}".lower(),
        "objection letter": f"sanggah-{word}.pdf".lower(),
    }  # fmt: skip
    return seen, {"mark note": f"nilaiku {word}".lower(), "visit": f"lapangan {word}".lower()}


def fill(
    cast: Cast, government: Organisation, unit: Organisation, officer: User, word: str, share: int,
    verdict: str, tmp_path: Path, verifiers: list[User],
) -> tuple[dict[str, str], dict[str, Any], dict[str, str]]:  # fmt: skip
    """A round, answers, evidence, a verdict, a target and an instrument around a unit."""
    Organisation.objects.filter(pk=unit.pk).update(
        name=f"Dinas {word}", short_name=word, code=f"kode-{word}".lower()
    )
    User.objects.filter(pk=officer.pk).update(name=f"Petugas {word}", email=f"{word}@contoh.go.id")
    today = timezone.localdate()
    units = [unit, *Organisation.objects.filter(pk=cast.dinsos.pk, government=government)]
    opened = actions.open_round(
        government,
        cast.version("pekppp/pedoman-2022"),
        units,
        name=f"Putaran {government.code}",
        year=today.year,
        opens_on=today,
        closes_on=today + dt.timedelta(days=5),
        form="A",
        by=None,
    )
    assessment = Assessment.objects.select_related("unit__government", "round__version").get(
        round=opened, unit=unit
    )
    for number, question in enumerate(assessment.questions):
        actions.save_answer(
            assessment, question.code, Fraction(1 if number % share else 4), by=officer,
            note=f"Catatan {word}",
        )  # fmt: skip
    file = upload(f"ktp-{word}.pdf", pdf(word))
    evidence = actions.attach_evidence(
        assessment, CODE, file, by=officer, title=f"Dokumen {word}", number=f"Nomor {word}"
    )
    mate = give_role(f"rekan-{word}@contoh.go.id", f"Rekan {word}", Role.OFFICER, unit, by=None)
    actions.assign_indicators(assessment, {CODE: mate.user}, by=officer)
    tell([officer], f"Kabar {word}", f"Isi kabar {word}")
    survey = Perception.objects.get(assessment=assessment)
    of_cycle, of_verifiers = verify(cast, unit, officer, verifiers, word)
    given = actions.record_verdict(
        unit,
        family="ombudsman",
        year=2023,
        label="verified",
        source_name=f"Surat {word}",
        value=Fraction(verdict),
        note=f"Tentang {word}",
        by=None,
    )
    target = actions.set_target(
        unit,
        version=cast.version("pekppp/pedoman-2022"),
        year=today.year,
        floor="C",
        aim="B",
        source_name=f"Pakta {word}",
        by=None,
    )
    respondent = actions.name_respondent(
        unit, Function.HEAD, name=f"Narasumber {word}", since=today, by=officer
    )
    actions.record_absence(respondent, today, today, Reason.LEAVE, by=officer)
    actions.record_visit(unit, today, Certainty.KNOWN, f"Surat {word}", by=None)
    product = actions.record_product(
        unit,
        ProductKind.SUGGESTION,
        number=f"1/{word}",
        title=f"Saran {word}",
        received_on=today,
        letter=upload(f"saran-{word}.pdf", pdf(word)),
        by=officer,
    )
    proof = upload(f"proof-{word}.pdf", pdf(word))
    actions.add_follow_up(product, done=f"Oleh {word}", day=today, proof=proof, by=officer)
    promise(unit, officer, word)
    text = tmp_path / f"{word}.yaml"
    text.write_text(OWN.replace("Instrumen rahasia Sukabumi", f"Instrumen {government.code}"))
    version = add_instrument(text, government, by=None)
    set_letterhead(
        government, lines=(f"Kop {government.code}", "", "", ""), address="", place="X", by=officer
    )
    assert assessment.value is not None
    secrets = {
        "name": word.lower(),
        "score": f"{float(assessment.value):.2f}".replace(".", ","),
        "verdict": verdict.replace(".", ","),
        "file": f"ktp-{word}.pdf".lower(),
        "respondent": f"narasumber {word}".lower(),
        "letter": f"saran-{word}.pdf".lower(),
        "proof": f"proof-{word}.pdf".lower(),
        "document": f"dokumen {word}".lower(),
        "document number": f"nomor {word}".lower(),
        "assignee": f"rekan {word}".lower(),
        "notice": f"isi kabar {word}".lower(),
        "survey": survey.token,
        "service": f"layanan {word}".lower(),
        "draft": f"rancangan {word}".lower(),
        "charter": f"kami di {word} berjanji".lower(),
        "forum": f"forum {word}".lower(),
        "attendance": f"hadir-{word}.pdf".lower(),
    } | of_cycle
    assessment.refresh_from_db()
    unit.refresh_from_db()
    return secrets, {
        "round": opened, "assessment": assessment, "evidence": evidence, "verdict": given,
        "target": target, "version": version, "unit": unit,
    }, of_verifiers  # fmt: skip


def promise(unit: Organisation, officer: User, word: str) -> None:
    """What the unit only prepares to promise, and a paper of its forum; nothing is published."""
    service = promising.add_service(unit, f"Layanan {word}", Nature.SERVICE, by=officer)
    content = WHOLE | {"produk": f"Rancangan {word}"}
    promising.draft_standard(service, content=content, by=officer)
    promising.write_charter(
        unit, by=officer, **FIRST_WORDS | {"promise": f"Kami di {word} berjanji melayani."}
    )
    forum = promising.call_consultation(
        unit, subject=f"Forum {word}", held_on=timezone.localdate(), where="Aula",
        invited=[Group.USERS], standards=[], by=officer,
    )  # fmt: skip
    promising.attach_to_consultation(
        forum, AttachmentKind.ATTENDANCE, upload(f"hadir-{word}.pdf", pdf(word)), by=officer
    )


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    # Words to search for that stand in no instrument: some cite the web pages of Sukabumi itself.
    for place, word in (
        (cast.city, "Kota Mirah"),
        (cast.foreign_city, "Kota Pirus"),
        (cast.dinsos, "Dinas Delima"),
        (cast.puskesmas, "Puskesmas Mutiara"),
    ):
        Organisation.objects.filter(pk=place.pk).update(name=word, short_name=word)
    agency, _things, marks = fill(
        cast, cast.city, cast.disdukcapil, cast.officer, "Zamrud", 3, "71.37", tmp_path,
        [cast.verifier, cast.second],
    )  # fmt: skip
    foreign_verifiers = [
        give_role(
            f"penguji{n}@lain.go.id",
            f"Penguji Nilam {n}",
            Role.VERIFIER,
            cast.foreign_city,
            by=None,
        ).user
        for n in (1, 2)
    ]
    abroad, foreign, marks_abroad = fill(
        cast, cast.foreign_city, cast.foreign_agency, cast.stranger, "Nilam", 4, "73.19", tmp_path,
        foreign_verifiers,
    )  # fmt: skip
    give_role(
        "pengatur@lain.go.id",
        "Pengatur Nilam",
        Role.ORGANISER,
        cast.foreign_city,
        by=None,
        password=PASSWORD,
    )
    abroad |= {
        "government": "kota pirus",
        "round": "putaran kota-lain",
        "instrument": "instrumen kota-lain",
        "letterhead": "kop kota-lain",
    }
    home = agency | {
        "government": "kota mirah", "round": "putaran kota-sukabumi", "neighbour": "delima",
        "clinic": "mutiara", "instrument": "instrumen kota-sukabumi",
        "letterhead": "kop kota-sukabumi",
    }  # fmt: skip
    return World(cast, agency, abroad, home, foreign, marks, marks_abroad)


def addresses() -> Iterator[str]:
    """Every page that a person could type: each door with each number that may exist."""
    tables = (
        Organisation, Round, Assessment, Evidence, Verdict, Version, Membership, KeyRespondent,
        Absence, Visit, Product, FollowUp, Document, Edition, Verification, Objection, Photo,
        Service, Standard, Charter, Consultation, Attachment,
    )  # fmt: skip
    numbers = sorted(
        {pk for table in tables for pk in table._default_manager.values_list("pk", flat=True)}
    )
    for door in doors():
        if door.name is None or door.name.startswith(("mfa", "account", "set_language")):
            continue
        parameters = set(door.pattern.converters)
        if not parameters:
            yield reverse(door.name)
        elif parameters == {"pk"}:
            yield from (reverse(door.name, args=[pk]) for pk in numbers)


def crawl(client: Client) -> dict[str, str]:
    """What a person can read: from typing every address, and from following every link."""
    waiting, seen = list(addresses()), {}
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        response = client.get(url)
        text = ""
        if response.status_code == 200:
            content = response.getvalue()  # read to its end, a file is closed as well
            text = unescape(content.decode("utf-8", "replace")).lower()
            text += str(response.get("Content-Disposition", "")).lower()
            waiting += re.findall(r'href="(/(?!static/)[^"#]*)', text)
            here = url.split("?")[0]
            waiting += [here + query for query in re.findall(r'href="(\?[^"#]*)', text)]
        seen[url] = text
    return {url: text for url, text in seen.items() if text}


def told(pages: dict[str, str], secrets: dict[str, str]) -> set[tuple[str, str]]:
    """Where a page betrays a secret: what, and at which address."""
    return {
        (what, url) for url, text in pages.items() for what, word in secrets.items() if word in text
    }


def test_an_officer_of_another_agency_reads_nothing_of_disdukcapil(world: World) -> None:
    pages = crawl(world.cast.client(world.cast.neighbour))
    assert len(pages) > 10
    assert told(pages, world.agency | world.abroad | world.marks | world.marks_abroad) == set()


def test_another_government_reads_nothing_of_the_city(world: World) -> None:
    pages = crawl(world.cast.client(world.cast.stranger))
    assert len(pages) > 10
    assert told(pages, world.home | world.marks) == set()


def test_the_organiser_of_another_government_reads_nothing_of_the_city(world: World) -> None:
    pages = crawl(world.cast.client(User.objects.get(email="pengatur@lain.go.id")))
    assert told(pages, world.home | world.marks) == set()
    personal = {"notice"}  # a notice is its reader's alone
    assert {what for what, _url in told(pages, world.abroad)} == set(world.abroad) - personal


@pytest.mark.parametrize("who", ["organiser", "administrator", "leader", "verifier", "assessor"])
def test_nobody_of_the_city_reads_anything_of_the_other_government(world: World, who: str) -> None:
    pages = crawl(world.cast.client(getattr(world.cast, who)))
    assert told(pages, world.abroad | world.marks_abroad) == set()


def test_who_has_no_role_and_who_has_no_login_read_nothing_at_all(world: World) -> None:
    for person in (world.cast.nobody, None):
        pages = crawl(world.cast.client(person))
        assert told(pages, world.home | world.abroad | world.marks) == set()


def test_the_officer_reads_all_of_it_so_the_search_can_find_it(world: World) -> None:
    pages = crawl(world.cast.client(world.cast.officer))
    assert {what for what, _url in told(pages, world.agency)} == set(world.agency)
    assert told(pages, world.abroad) == set()


def test_a_verifier_finds_what_verifiers_wrote_so_the_search_can_find_it(world: World) -> None:
    pages = crawl(world.cast.client(world.cast.verifier))
    assert {what for what, _url in told(pages, world.marks)} == set(world.marks)


def test_no_page_shows_a_verifiers_marks_before_all_have_finished(cast: Cast) -> None:
    """Whatever page the other verifier, the organiser or the unit opens, one has finished."""
    assessment = cycle.submitted(cast)
    one, two = cycle.tasks(cast, assessment)
    marks = {
        q.code: Noted(Fraction("63.37"), False, "Ucapan Kecubung", 0) for q in assessment.required
    }
    actions.receive_visit(
        one, by=cast.verifier, key=uuid.uuid4(), made_at=timezone.now(), note="Jejak Kecubung",
        marks=marks, photos=[("", upload("foto-kecubung.jpg", photo()))],
    )  # fmt: skip
    actions.complete_marks(one, by=cast.verifier)
    secret = {"figure": "63,37", "exact": "63.37", "word": "kecubung"}
    for who in (cast.second, cast.organiser, cast.officer):
        assert told(crawl(cast.client(who)), secret) == set(), who.name
    assert {what for what, _url in told(crawl(cast.client(cast.verifier)), secret)} >= {
        "figure", "word",
    }  # fmt: skip

    cycle.mark_all(two, 80)
    actions.complete_marks(two, by=cast.second)
    agenda = cast.client(cast.second).get(reverse("agenda_page", args=[assessment.pk]))
    assert "63,37" in agenda.content.decode(), "and then they settle it together"


# ---- Foreign numbers in forms --------------------------------------------------------------------


def counts() -> list[int]:
    tables: list[type[Model]] = [
        Round, Assessment, Verdict, Target, Membership, User, Organisation,
    ]  # fmt: skip
    return [table._default_manager.count() for table in tables]


def forged(world: World) -> dict[str, tuple[User, str, dict[str, Any]]]:
    """Forms in which a person writes a number that belongs to the other government."""
    cast, foreign = world.cast, world.foreign
    today = timezone.localdate().isoformat()
    round_form = {
        "instrument": f"{cast.version('pekppp/pedoman-2022').pk}:A", "name": "X", "year": 2026,
        "opens_on": today, "closes_on": today, "units": [cast.dinsos.pk],
        "verify_days": 10, "object_days": 5, "conclude_days": 5, "minimum_respondents": 10,
    }  # fmt: skip
    verdict = {
        "family": "ombudsman", "year": 2023, "value": "90", "label": "verified", "source_name": "X",
    }  # fmt: skip
    role = {"peran-name": "X", "peran-email": "x@contoh.go.id", "peran-role": "officer"}
    role["peran-password"] = "sandi-awal-yang-panjang"
    place = {
        "unit-kind": "unit", "unit-name": "X", "unit-short_name": "X", "unit-code": "x-baru",
    }  # fmt: skip
    target = {"year": 2026}
    unit, version = foreign["unit"].pk, foreign["version"].pk
    return {
        "a round for a foreign unit":
            (cast.organiser, reverse("open_round"), round_form | {"units": [unit]}),
        "a round for a foreign unit beside an own one":
            (cast.organiser, reverse("open_round"), round_form | {"units": [cast.dinsos.pk, unit]}),
        "a round with a foreign instrument":
            (cast.organiser, reverse("open_round"), round_form | {"instrument": f"{version}:"}),
        "a verdict for a foreign agency":
            (cast.organiser, reverse("record_verdict"), verdict | {"organisation": unit}),
        "a verdict for a foreign government":
            (cast.organiser, reverse("record_verdict"), verdict | {"organisation": cast.foreign_city.pk}),
        "a role at a foreign agency":
            (cast.administrator, reverse("give_role"), role | {"peran-organisation": unit}),
        "a unit under a foreign agency":
            (cast.organiser, reverse("add_unit"), place | {"unit-parent": unit}),
        "a target with a foreign instrument":
            (cast.organiser, reverse("targets"), target | {"floor": f"{version}:B", "aim": f"{version}:A"}),
    }  # fmt: skip


FORGED = [
    "a round for a foreign unit", "a round for a foreign unit beside an own one",
    "a round with a foreign instrument", "a verdict for a foreign agency",
    "a verdict for a foreign government", "a role at a foreign agency",
    "a unit under a foreign agency", "a target with a foreign instrument",
]  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_foreign_number_in_a_form_is_refused(world: World, what: str) -> None:
    forms = forged(world)
    assert list(forms) == FORGED
    person, url, data = forms[what]
    before = counts()
    response = world.cast.client(person).post(url, data)
    assert response.status_code == 422
    assert counts() == before
    text = unescape(response.content.decode()).lower()
    assert [word for word in world.abroad.values() if word in text] == []


def test_the_same_forms_without_the_foreign_number_are_accepted(world: World) -> None:
    own = {"organisation": world.cast.dinsos.pk, "units": [world.cast.dinsos.pk]}
    pekppp = world.cast.version("pekppp/pedoman-2022").pk
    own |= {"instrument": f"{pekppp}:A", "floor": f"{pekppp}:B", "aim": f"{pekppp}:A"}
    own |= {"peran-organisation": world.cast.dinsos.pk, "unit-parent": world.cast.dinsos.pk}
    for person, url, data in forged(world).values():
        changed = {key: own.get(key, value) for key, value in data.items()}
        changed["name"] = changed["source_name"] = f"X {counts()}"
        assert world.cast.client(person).post(url, changed).status_code == 302


@pytest.mark.parametrize("who", ["officer", "organiser", "administrator"])
def test_nothing_of_the_other_government_can_be_changed(world: World, who: str) -> None:
    foreign, client = world.foreign, world.cast.client(getattr(world.cast, who))
    membership = world.cast.stranger.memberships.get()
    code = {"pk": foreign["assessment"].pk, "code": CODE}
    for name, where in {
        "close_round": {"pk": foreign["round"].pk},
        "save_answer": code,
        "attach_evidence": code,
        "submit": {"pk": foreign["assessment"].pk},
        "withdraw_evidence": {"pk": foreign["evidence"].pk},
        "withdraw_verdict": {"pk": foreign["verdict"].pk},
        "end_role": {"pk": membership.pk},
    }.items():
        response = client.post(reverse(name, kwargs=where), {"value": "0"})
        assert response.status_code == 404, name
    for thing in foreign.values():
        before = {f.attname: getattr(thing, f.attname) for f in thing._meta.concrete_fields}
        thing.refresh_from_db()
        now = {f.attname: getattr(thing, f.attname) for f in thing._meta.concrete_fields}
        assert now == before
    assert Membership.objects.filter(pk=membership.pk, until=None).exists()


def test_a_target_set_in_the_city_does_not_reach_the_other_government(world: World) -> None:
    actions.set_target(
        world.cast.city,
        version=world.cast.version("pekppp/pedoman-2022"),
        floor="A-",
        aim="A",
        year=timezone.localdate().year,
        by=world.cast.organiser,
    )
    assessment = Assessment.objects.get(pk=world.foreign["assessment"].pk)
    assert assessment.target == world.foreign["target"]
