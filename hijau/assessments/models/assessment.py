"""A unit's self-assessment in a round: its answers, and the score they make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
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
from hijau.organisation.models import Organisation, under
from scoring.instrument import LEAF_LEVEL, Instrument, Question
from scoring.interpret import NA, Figures
from scoring.interpret import Answer as Given
from scoring.score import Score, score


class Status(models.TextChoices):
    DRAFT = "draft", _("Sedang diisi")
    SUBMITTED = "submitted", _("Sudah dikirim")


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """Those of the places one sees; an outside assessor sees only what was submitted."""
        submitted = under(user.seen_paths(Permission.SEE_SUBMITTED), "unit__path")
        return self.filter(
            under(user.seen_paths(), "unit__path") | (submitted & Q(status=Status.SUBMITTED))
        ).select_related("unit__government", "round__version", "round__government", "target")

    def not_started(self) -> AssessmentQuerySet:
        return self.filter(answered=0, status=Status.DRAFT)


class Assessment(models.Model):
    """One unit in one round. The figures here are those of the answers as last saved."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments")
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="assessments")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
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

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["unit__path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "unit"], name="one_assessment_per_unit"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(submitted_at__isnull=False),
                name="submitted_assessments_have_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name} · {self.round}"

    @property
    def place(self) -> str:
        return self.unit.place

    @property
    def book(self) -> str:
        return self.unit.book

    @property
    def instrument(self) -> Instrument:
        return self.round.version.rule

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What this round's form asks, in the order of the form."""
        return self.instrument.questions_of(self.round.form or None)

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    def figures(self, answers: Iterable[Answer]) -> Figures:
        """The answers as the scoring reads them."""
        figures: dict[tuple[str, str], Given] = {}
        for answer in answers:
            if answer.not_applicable:
                figures[LEAF_LEVEL, answer.code] = NA
            elif answer.value is not None:
                figures[LEAF_LEVEL, answer.code] = answer.value
        return figures

    def score(self, answers: Iterable[Answer], convention: str | None = None) -> Score:
        """The score of these answers, with its proof."""
        return score(
            self.instrument,
            self.figures(answers),
            form=self.round.form or None,
            convention=convention,
        )

    @cached_property
    def required(self) -> tuple[Question, ...]:
        """What the unit itself must answer before it can submit."""
        return tuple(q for q in self.questions if not q.unscored and q.asked_of == "unit")

    def unanswered(self, answers: Iterable[Answer]) -> list[Question]:
        """The required questions that have no answer yet, in the order of the form."""
        done = {a.code for a in answers if a.is_given}
        return [q for q in self.required if q.code not in done]


class Answer(models.Model):
    """What a unit says of one indicator. `version` counts the saves, so that none is lost."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    code = models.CharField(max_length=40)
    value = ExactField(null=True)
    not_applicable = models.BooleanField(default=False)
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

    def __str__(self) -> str:
        return self.code

    @property
    def is_given(self) -> bool:
        return self.not_applicable or self.value is not None
