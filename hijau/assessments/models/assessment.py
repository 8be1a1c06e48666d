"""A unit (or one product of it) in a round: its answers, and the score they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hijau.accounts.models import User
from hijau.accounts.permissions import Permission
from hijau.assessments.models.round import Round
from hijau.assessments.models.target import Target
from hijau.lib.exact import ExactField, FractionField
from hijau.organisation.models import Anchored, Organisation, under
from scoring.instrument import LEAF_LEVEL, Instrument, Question
from scoring.interpret import NA, Figures
from scoring.interpret import Answer as Given
from scoring.score import Score, score


class Status(models.TextChoices):
    DRAFT = "draft", _("Sedang diisi")
    SUBMITTED = "submitted", _("Sudah dikirim")
    RETURNED = "returned", _("Dikembalikan untuk diperbaiki")
    VERIFIED = "verified", _("Sudah diverifikasi")
    FINAL = "final", _("Sudah ditetapkan")


WITH_THE_UNIT = (Status.DRAFT, Status.RETURNED)
"""While an assessment is with its unit, the unit may change it."""


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """Those of the places one sees; an outside assessor sees only what was sent."""
        sent = under(user.seen_paths(Permission.SEE_SUBMITTED), "unit__path")
        return self.filter(
            under(user.seen_paths(), "unit__path") | (sent & ~Q(status__in=WITH_THE_UNIT))
        ).with_names()

    def with_names(self) -> AssessmentQuerySet:
        """With what every page says of an assessment, in the same query.

        The frozen proof and the text of the instrument, long and seldom read, stay behind.
        """
        return self.select_related(
            "unit__government", "round__version", "round__government", "target", "perception"
        ).defer("proof", "round__version__text")

    def not_started(self) -> AssessmentQuerySet:
        return self.filter(answered=0, status=Status.DRAFT)


class Assessment(Anchored, models.Model):
    """One unit in one round, or one product of it where the instrument samples products.

    The figures here are the newest that are known: of the answers as last saved, then of the
    verification, then the final ones. `self_…` stay as they were sent, `verified_…` as announced.
    """

    anchor = "unit"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments")
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="assessments")
    product = models.CharField(_("produk layanan"), max_length=120, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="following"
    )
    target = models.ForeignKey(
        Target, on_delete=models.SET_NULL, null=True, related_name="assessments"
    )
    answered = models.PositiveSmallIntegerField(default=0)
    value = ExactField(null=True)
    low = ExactField(null=True)
    high = ExactField(null=True)
    exact = FractionField(null=True)
    exact_low = FractionField(null=True)
    exact_high = FractionField(null=True)
    band = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=20, blank=True)
    estimate = models.BooleanField(default=True)
    parts = models.JSONField(default=dict)
    self_value = ExactField(null=True)
    self_low = ExactField(null=True)
    self_high = ExactField(null=True)
    verified_value = ExactField(null=True)
    verified_low = ExactField(null=True)
    verified_high = ExactField(null=True)
    proof = models.JSONField(null=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["unit__path", "product"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "unit", "product"], name="one_assessment_per_unit_and_product"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(submitted_at__isnull=False),
                name="sent_assessments_have_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.FINAL) | Q(proof__isnull=False),
                name="final_assessments_have_their_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_title} · {self.round}"

    @property
    def title(self) -> str:
        """The unit's name, and the product's where one product is judged."""
        return f"{self.unit.name} · {self.product}" if self.product else self.unit.name

    @property
    def short_title(self) -> str:
        return f"{self.unit.short_name} · {self.product}" if self.product else self.unit.short_name

    @property
    def instrument(self) -> Instrument:
        return self.round.version.rule

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What this round's form asks, in the order of the form."""
        return self.instrument.questions_asked(self.round.form or None)

    @cached_property
    def by_code(self) -> Mapping[str, Question]:
        return {question.code: question for question in self.questions}

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_with_the_unit(self) -> bool:
        return self.status in WITH_THE_UNIT

    @property
    def is_final(self) -> bool:
        return self.status == Status.FINAL

    @property
    def status_in_words(self) -> str:
        """The status as lists say it: not begun yet, and whether its result waits for the unit."""
        if self.is_draft and self.answered == 0:
            return str(_("Belum mulai"))
        shown = self.get_status_display()
        waiting = _("menunggu unit")
        return f"{shown} · {waiting}" if self.awaits_unit else shown

    @property
    def awaits_unit(self) -> bool:
        """The result is known, and the unit may still object to it or accept it."""
        return (
            self.status == Status.VERIFIED
            and self.accepted_at is None
            and timezone.localdate() <= self.round.object_until
        )

    @cached_property
    def heard(self) -> Mapping[str, Fraction]:
        """What users of the service said, as exact means; nothing below the round's minimum."""
        try:
            perception = self.perception
        except ObjectDoesNotExist:
            return {}
        if perception.respondents < self.round.minimum_respondents:
            return {}
        return perception.means

    def figures(self, answers: Iterable[Valued]) -> Figures:
        """The answers as the scoring reads them; what users said comes before what was typed."""
        figures: dict[tuple[str, str], Given] = {}
        for answer in answers:
            if answer.not_applicable:
                figures[LEAF_LEVEL, answer.code] = NA
            elif answer.value is not None:
                figures[LEAF_LEVEL, answer.code] = answer.value
        figures |= {(LEAF_LEVEL, code): mean for code, mean in self.heard.items()}
        return figures

    def score(self, answers: Iterable[Valued], convention: str | None = None) -> Score:
        """The score of these answers, with its proof, as the round counts unless told otherwise."""
        return self.score_of(self.figures(answers), convention)

    def score_of(self, figures: Figures, convention: str | None = None) -> Score:
        """The score of figures, however they came about."""
        return score(
            self.instrument,
            figures,
            form=self.round.form or None,
            convention=convention or self.round.convention or None,
            as_asked=True,
        )

    @cached_property
    def required(self) -> tuple[Question, ...]:
        """What the unit itself must answer before it can send."""
        return tuple(q for q in self.questions if not q.unscored and q.asked_of == "unit")

    @cached_property
    def asked_of_users(self) -> tuple[Question, ...]:
        """What the users of the service are asked (F-03)."""
        return tuple(q for q in self.questions if q.asked_of == "users")

    def unanswered(self, answers: Iterable[Answer]) -> list[Question]:
        """The required questions that have no answer yet, in the order of the form."""
        done = {a.code for a in answers if a.is_given}
        return [q for q in self.required if q.code not in done]


class Valued(models.Model):
    """A value for an indicator: exact, "not applicable", or not there."""

    code = models.CharField(max_length=40)
    value = ExactField(null=True)
    not_applicable = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    @property
    def is_given(self) -> bool:
        return self.not_applicable or self.value is not None

    @property
    def given(self) -> tuple[Fraction | None, bool]:
        """What two givings are compared by."""
        return self.value, self.not_applicable


class Answer(Valued):
    """What a unit says of one indicator: the facts (F-01) and the level it claims.

    `version` counts the saves, so that none is lost.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    facts = models.JSONField(default=dict)
    note = models.TextField(_("catatan"), blank=True)
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "code"], name="one_answer_per_indicator"),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | Q(value=None),
                name="not_applicable_has_no_value",
            ),
        ]


class Assignee(models.Model):
    """Who of the unit answers an indicator."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="assignees")
    code = models.CharField(max_length=40)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "code"], name="one_assignee_per_indicator"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.person_id}"
