"""The cast: the same people in every test, each with a role at a place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from django.test import Client
from django.utils import timezone

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments import actions
from hijau.assessments.models import Assessment, Round
from hijau.instruments.actions import load_shipped
from hijau.instruments.models import Version
from hijau.organisation.actions import add_organisation, found_government
from hijau.organisation.models import Kind, Organisation

PASSWORD = "sandi-untuk-uji-coba"


@dataclass
class Cast:
    """Two governments on one server; the first has two agencies and a unit."""

    city: Organisation
    disdukcapil: Organisation
    dinsos: Organisation
    puskesmas: Organisation
    foreign_city: Organisation
    foreign_agency: Organisation
    officer: User
    neighbour: User
    organiser: User
    verifier: User
    leader: User
    assessor: User
    administrator: User
    stranger: User
    nobody: User
    second: User
    """The other verifier; everybody's work is verified by two."""
    clients: dict[int, Client] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, User | None]:
        """Everybody by name; the citizen has no account."""
        names = (
            "officer",
            "neighbour",
            "organiser",
            "verifier",
            "leader",
            "assessor",
            "administrator",
            "stranger",
            "nobody",
        )
        return {"citizen": None, **{name: getattr(self, name) for name in names}}

    def client(self, user: User | None) -> Client:
        """A browser in which the person is logged in; a citizen is not."""
        key = user.pk if user else 0
        if key not in self.clients:
            self.clients[key] = Client()
            if user:
                self.clients[key].force_login(user)
        return self.clients[key]

    def version(self, identifier: str) -> Version:
        return Version.objects.get(identifier=identifier, government=None)

    def open_round(
        self,
        identifier: str = "pekppp/pedoman-2022",
        units: list[Organisation] | None = None,
        name: str = "PEKPPP Mandiri",
    ) -> Round:
        today = timezone.localdate()
        version = self.version(identifier)
        return actions.open_round(
            self.city,
            version,
            units or [self.disdukcapil, self.dinsos],
            name=name,
            year=today.year,
            opens_on=today,
            closes_on=today + dt.timedelta(days=30),
            form=next(iter(version.rule.forms)),
            by=self.organiser,
        )

    def assessment(self, opened: Round, unit: Organisation) -> Assessment:
        return Assessment.objects.visible_to(self.organiser).get(round=opened, unit=unit)

    def answer_all(self, assessment: Assessment, by: User, value: Fraction | None = None) -> None:
        """Answer everything the unit must answer, with the best option unless told otherwise."""
        for question in assessment.required:
            actions.save_answer(
                assessment, question.code, question.high if value is None else value, by=by
            )


def gather() -> Cast:
    """Make the two governments and their people through the platform's own actions."""
    load_shipped()
    city = found_government("Pemerintah Kota Sukabumi", "Kota Sukabumi", "kota-sukabumi")
    foreign = found_government("Pemerintah Kota Lain", "Kota Lain", "kota-lain")

    def place(parent: Organisation, kind: Kind, name: str, code: str) -> Organisation:
        return add_organisation(parent, kind, name, name, code, by=None)

    disdukcapil = place(city, Kind.AGENCY, "Disdukcapil", "disdukcapil")
    dinsos = place(city, Kind.AGENCY, "Dinsos", "dinsos")
    dinkes = place(city, Kind.AGENCY, "Dinkes", "dinkes")
    puskesmas = place(dinkes, Kind.UNIT, "Puskesmas Selabatu", "selabatu")
    foreign_agency = place(foreign, Kind.AGENCY, "Disdukcapil Lain", "disdukcapil")

    def person(name: str, role: Role, where: Organisation) -> User:
        given = give_role(
            f"{name}@contoh.go.id", name.title(), role, where, by=None, password=PASSWORD
        )
        return given.user

    return Cast(
        city=Organisation.objects.get(pk=city.pk),
        disdukcapil=Organisation.objects.select_related("government").get(pk=disdukcapil.pk),
        dinsos=Organisation.objects.select_related("government").get(pk=dinsos.pk),
        puskesmas=Organisation.objects.select_related("government").get(pk=puskesmas.pk),
        foreign_city=Organisation.objects.get(pk=foreign.pk),
        foreign_agency=foreign_agency,
        officer=person("officer", Role.OFFICER, disdukcapil),
        neighbour=person("neighbour", Role.OFFICER, dinsos),
        organiser=person("organiser", Role.ORGANISER, city),
        verifier=person("verifier", Role.VERIFIER, city),
        leader=person("leader", Role.LEADER, city),
        assessor=person("assessor", Role.ASSESSOR, city),
        administrator=person("administrator", Role.ADMINISTRATOR, city),
        stranger=person("stranger", Role.OFFICER, foreign_agency),
        second=person("second", Role.VERIFIER, city),
        nobody=User.objects.create_user("nobody@contoh.go.id", PASSWORD, name="Nobody"),
    )
