"""Loading the demonstration through the same actions that people use."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Assessment, KeyRespondent, Perception, Via
from hijau.assessments.models.oversight import ProductKind
from hijau.assessments.models.readiness import Certainty, Function, Reason
from hijau.assessments.quiz import ombudsman_quiz
from hijau.instruments.actions import load_shipped
from hijau.instruments.models import Version
from hijau.organisation.actions import add_organisation, found_government
from hijau.organisation.models import Kind, Organisation
from hijau.papers.letterhead import Head
from hijau.papers.typesetting import to_pdf
from hijau.services import actions as promise
from hijau.services.actions.charters import FIRST_WORDS
from hijau.services.models import Group, Nature, Service, Standard, Where
from scoring.instrument import Question
from scoring.provenance import Label

PASSWORD = "hijau-contoh-sukabumi"  # noqa: S105 - printed on every start of the demonstration
MIXED = tuple(Fraction(n, 10) for n in (10, 10, 8, 9, 6))
STRONG = tuple(Fraction(n, 10) for n in (10, 9, 10, 9))
"""Shares of the full mark from which the made-up answers are drawn."""
FILE = Path(__file__).with_name("sukabumi.yaml")
SERVICES = Path(__file__).with_name("services_contoh.yaml")
CONSULTED = "disdukcapil"


@dataclass(frozen=True)
class Login:
    """A demonstration account, one per role."""

    label: str
    email: str
    password: str = PASSWORD


def logins() -> list[Login]:
    """The demonstration's accounts, read from its file."""
    data = _data()
    people = [*data["people_contoh"], data["neighbour_contoh"]["person"]]
    return [Login(person["title"], person["email"]) for person in people]


def load() -> bool:
    """Load the demonstration into an empty database; False when it is there already."""
    load_shipped()
    if Organisation.objects.exists():
        return False
    Loader().load()
    return True


def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


class Loader:
    """Builds the city, its people, its history and its rounds, in that order."""

    def __init__(self) -> None:
        self.data = _data()
        self.places: dict[str, Organisation] = {}
        self.people: dict[str, User] = {}

    def source(self, row: dict[str, Any]) -> str:
        return str(self.data["sources"].get(row.get("source"), ""))

    def load(self) -> None:
        self.city()
        self.cast()
        self.history()
        for row in self.data["rounds_contoh"]:
            self.round(row)
        self.ombudsman()
        self.promises()
        self.neighbour()

    def city(self) -> None:
        row = self.data["government"]
        root = found_government(
            row["name"], row["short_name"], row["code"], source=self.source(row)
        )
        self.places[row["code"]] = root
        for unit in self.data["units"]:
            self.places[unit["code"]] = add_organisation(
                self.places[unit.get("parent", row["code"])],
                Kind(unit["kind"]),
                unit["name"],
                unit["short_name"],
                unit["code"],
                by=None,
                source=self.source(unit),
            )

    @cached_property
    def root(self) -> Organisation:
        return self.places[self.data["government"]["code"]]

    def cast(self) -> None:
        for person in self.data["people_contoh"]:
            membership = give_role(
                person["email"],
                person["name"],
                Role(person["role"]),
                self.places[person["at"]],
                by=None,
                password=PASSWORD,
                title=person["title"],
            )
            usual = person["role"] if person["role"] != "officer" else person["at"]
            self.people[person.get("as", usual)] = membership.user

    def history(self) -> None:
        for row in self.data["verdicts"]:
            actions.record_verdict(
                self.root,
                family=row["family"],
                year=row["year"],
                label=Label(row["label"]),
                source_name=row["name"],
                source_url=self.source(row),
                value=Fraction(row["value"]) if "value" in row else None,
                category=row.get("category", ""),
                zone=row.get("zone", ""),
                note=row.get("note", ""),
                by=None,
            )
        for key in ("targets", "targets_contoh"):
            for row in self.data[key]:
                actions.set_target(
                    self.root,
                    version=self.version(row["instrument"]),
                    year=row["year"],
                    floor=row["floor"],
                    aim=row["aim"],
                    by=None,
                    source_name=row["name"],
                    source_url=self.source(row),
                    is_example=key == "targets_contoh",
                )

    def version(self, identifier: str) -> Version:
        return Version.objects.filter(identifier=identifier, government=None).latest("pk")

    def round(self, row: dict[str, Any]) -> None:
        today = timezone.localdate()
        opened = actions.open_round(
            self.root,
            self.version(row["instrument"]),
            [self.places[code] for code in row["units"]],
            name=row["name"],
            year=row["year"],
            opens_on=today + dt.timedelta(days=row["opens"]),
            closes_on=today + dt.timedelta(days=row["closes"]),
            form=row.get("form", ""),
            by=self.people["organiser"],
            is_example=True,
        )
        assessments = {a.unit.code: a for a in opened.assessments.with_names()}
        for code, share in row["answered"].items():
            shares = STRONG if code in row.get("strong", []) else MIXED
            self.answer(assessments[code], 1 if share == "submitted" else share, shares)
            for document in row.get("documents", ()):
                if document["unit"] == code:
                    self.document(assessments[code], document)
            if share == "submitted":
                actions.submit_assessment(assessments[code], by=self.officer(code))
            for number in range(row.get("respondents", {}).get(code, 0)):
                self.respondent(assessments[code], number)
        for code in (*row.get("verified", ()), *row.get("named", ())):
            self.verify(assessments[code], finished=code in row.get("verified", ()))

    def answer(self, assessment: Assessment, share: float, shares: Sequence[Fraction]) -> None:
        """Answer the first part of the form with figures that are the same on every machine."""
        questions = assessment.required if share < 1 else assessment.questions
        for question in questions[: max(1, round(len(questions) * share))]:
            actions.save_answer(
                assessment,
                question.code,
                _example_value(assessment.unit.code, question, shares),
                by=self.officer(assessment.unit.code),
            )

    def document(self, assessment: Assessment, row: dict[str, Any]) -> None:
        """A made-up document as evidence, as a real PDF that says what it is."""
        today = timezone.localdate()
        text = f"Dokumen contoh untuk peragaan. {assessment.unit.name}. Nomor {row['number']}."
        paper = to_pdf(
            f"= {row['title']}\n{text}",
            {"judul": row["title"]},
            letterhead=Head((assessment.unit.name,)),
            date=today,
        )
        actions.attach_evidence(
            assessment,
            row["code"],
            SimpleUploadedFile(f"{row['kind']}.pdf", paper),
            by=self.officer(assessment.unit.code),
            kind=row["kind"],
            title=row["title"],
            number=row["number"],
            issued_on=today + dt.timedelta(days=row["issued"]),
            valid_until=today + dt.timedelta(days=row["valid"]),
        )

    def respondent(self, assessment: Assessment, number: int) -> None:
        """One made-up form of a user of the service (F-03)."""
        answers = {
            question.code: int(_example_value(f"{assessment.unit.code}/{number}", question, STRONG))
            for question in assessment.asked_of_users
        }
        actions.give_perception(
            Perception.objects.get(assessment=assessment),
            answers,
            key=uuid.uuid5(uuid.NAMESPACE_OID, f"{assessment.pk}/{number}"),
            via=Via.PAPER,
            by=self.officer(assessment.unit.code),
        )

    def verify(self, assessment: Assessment, *, finished: bool) -> None:
        """Two verifiers mark what the unit claims, the second a step lower here and there."""
        pair = [self.people["verifier"], self.people["second"]]
        actions.name_verifiers([assessment], pair, by=self.people["organiser"])
        claims = dict(assessment.answers.values_list("code", "value"))
        for task in assessment.verifications.select_related("verifier"):
            questions = assessment.required if finished else assessment.required[:6]
            for number, question in enumerate(questions):
                value = claims[question.code] or question.low
                if task.verifier == pair[1] and number % 8 == 3 and value > question.low:
                    value -= 1
                actions.save_mark(task, question.code, value, by=task.verifier)
            if finished:
                actions.complete_marks(task, by=task.verifier)

    def officer(self, unit: str) -> User:
        """The unit's own officer in the cast; where the cast has none, Bagian Organisasi."""
        return self.people.get(unit, self.people["organiser"])

    def ombudsman(self) -> None:
        """Who would be called on, when, what they know, and what the Ombudsman asked for."""
        today, organiser = timezone.localdate(), self.people["organiser"]
        for row in self.data["respondents_contoh"]:
            respondent = actions.name_respondent(
                self.places[row["unit"]],
                Function(row["function"]),
                name=row["name"],
                decree=row.get("decree", ""),
                user=self.people.get(row.get("account", "")),
                since=today,
                by=organiser,
                is_example=True,
            )
            if "right" in row:
                self.quiz(respondent, row["right"])
            if away := row.get("away"):
                actions.record_absence(
                    respondent,
                    today + dt.timedelta(days=away["from"]),
                    today + dt.timedelta(days=away["to"]),
                    Reason(away["reason"]),
                    by=organiser,
                    is_example=True,
                )
        for row in self.data["visits_contoh"]:
            actions.record_visit(
                self.places[row["at"]],
                today + dt.timedelta(days=row["day"]),
                Certainty(row["certainty"]),
                row["source"],
                by=organiser,
                is_example=True,
            )
        for row in self.data["products_contoh"]:
            actions.record_product(
                self.places[row["owner"]],
                ProductKind(row["kind"]),
                number=row["number"],
                title=row["title"],
                about=row["about"],
                received_on=today + dt.timedelta(days=row["received"]),
                by=organiser,
                is_example=True,
            )

    def quiz(self, respondent: KeyRespondent, right: int) -> None:
        """A quiz with so many right answers; the questions are the same on every machine."""
        token = f"contoh/{respondent.unit.code}/{respondent.function}"
        sheet = ombudsman_quiz().sheet(token)
        chosen = {q.code: int(n >= right) for n, (q, _order) in enumerate(sheet.questions)}
        actions.take_quiz(respondent, token, sheet, chosen, by=None, is_example=True)

    def promises(self) -> None:
        """What each unit promises: its services with their standards, its charter, its office."""
        told: dict[str, Any] = yaml.safe_load(SERVICES.read_text(encoding="utf-8"))
        today = timezone.localdate()
        for row in told["places"]:
            unit = self.places[row["unit"]]
            names = ("address", "hours", "phone", "map_url")
            given = {name: row.get(name.removesuffix("_url"), "") for name in names}
            promise.describe_office(unit, by=None, **given)
            charter = promise.write_charter(unit, by=None, is_example=True, **FIRST_WORDS)
            number = f"{unit.code.upper()}/MP/{today.year} (contoh)"
            promise.decree_charter(charter, number=number, decreed_on=today, decree=None, by=None)
            promise.publish_charter(charter, by=None)
        drafts = [self.standard(row, place) for place, row in enumerate(told["services"], start=1)]
        self.consultation([one for one in drafts if one.service.unit.code == CONSULTED])
        for place, drafted in enumerate(drafts, start=1):
            if drafted.service.code in told.get("drafts", ()):
                continue
            promise.decree_standard(
                drafted,
                number=f"{place:03d}/SP/{today.year} (contoh)",
                decreed_on=today - dt.timedelta(days=30),
                valid_from=today - dt.timedelta(days=30),
                valid_until=None,
                decree=None,
                by=None,
            )
            promise.publish_standard(drafted, by=None)
        self.postings(drafts[0].service)
        promise.freeze_snapshot(self.root, by=None)

    def standard(self, row: dict[str, Any], place: int) -> Standard:
        service = promise.add_service(
            self.places[row["unit"]],
            row["name"],
            Nature(row["nature"]),
            by=None,
            code=row["code"],
            about=row["about"],
            everyday="\n".join(row["everyday"]),
            is_example=True,
        )
        return promise.draft_standard(service, content=row["standard"], by=None)

    def consultation(self, drafts: Sequence[Standard]) -> None:
        """A public consultation that was held and that changed something."""
        unit = drafts[0].service.unit
        held = promise.call_consultation(
            unit,
            subject="Standar pelayanan adminduk",
            held_on=timezone.localdate() - dt.timedelta(days=45),
            where="Aula kecamatan (contoh)",
            invited=list(Group),
            standards=drafts,
            by=None,
            is_example=True,
        )
        promise.report_consultation(
            held,
            attended=dict(zip(Group, (14, 3, 5, 4, 2), strict=True)),
            minutes="Peserta membahas persyaratan, waktu penyelesaian, dan saluran pengaduan.",
            changes="Fotokopi dokumen yang sudah ada dalam basis data tidak diminta lagi.",
            by=None,
        )
        promise.close_consultation(held, by=None)

    def postings(self, service: Service) -> None:
        """One place that shows the same, and one that still shows an older promise."""
        today = timezone.localdate()
        promise.record_posting(
            service, Where.POSTER, address="Ruang tunggu (contoh)", seen_on=today, by=None
        )
        old = {"jangka-waktu": ["14 hari kerja, sejak berkas lengkap"], "biaya": ["Gratis"]}
        promise.record_posting(service, Where.SIPPN, address="", seen_on=today, seen=old, by=None)

    def neighbour(self) -> None:
        """Another government on the same server, of which nobody here may see anything."""
        row = self.data["neighbour_contoh"]
        root = found_government(**row["government"], is_example=True)
        agency = add_organisation(root, Kind.AGENCY, **row["agency"], by=None, is_example=True)
        person = row["person"]
        membership = give_role(
            person["email"],
            person["name"],
            Role(person["role"]),
            agency,
            by=None,
            password=PASSWORD,
            title=person["title"],
        )
        today = timezone.localdate()
        actions.open_round(
            root,
            self.version("pekppp/pedoman-2022"),
            [agency],
            name="PEKPPP Mandiri",
            year=today.year,
            opens_on=today,
            closes_on=today + dt.timedelta(days=30),
            form="A",
            by=membership.user,
            is_example=True,
        )


def _example_value(unit: str, question: Question, shares: Sequence[Fraction]) -> Fraction:
    """A plausible made-up answer, the same on every machine: each unit has its own weak spots."""
    draw = int(hashlib.sha256(f"{unit}/{question.code}".encode()).hexdigest()[:8], 16)
    value = question.low + (question.high - question.low) * shares[draw % len(shares)]
    step = Fraction(1, 10 ** min(question.decimals, 1))
    return Fraction(round(value / step)) * step
