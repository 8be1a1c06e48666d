"""The answer page: answered indicator by indicator, each answer saved at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hijau.accounts.access import get_or_404, person
from hijau.accounts.permissions import Permission
from hijau.assessments import actions
from hijau.assessments.forms import AnswerForm, EvidenceForm
from hijau.assessments.models import Answer, Assessment, Evidence
from hijau.assessments.standings import of_score
from hijau.files.models import StoredFile
from hijau.ui.shapes import Standing
from scoring.formula import Indicator, Node, WeightedSum, children, walk
from scoring.instrument import Question
from scoring.proof import proof_rows
from scoring.score import Score


@dataclass
class Item:
    """An indicator on the page: its question, the answer so far, its evidence."""

    number: int
    question: Question
    answer: Answer
    evidence: list[Evidence] = field(default_factory=list)
    not_applicable_allowed: bool = False


@dataclass
class Section:
    """The indicators under one node of the formula (an aspect, a dimension)."""

    code: str
    title: str
    items: list[Item]

    @property
    def of_users(self) -> bool:
        """Whether the users of the service answer this, not the unit."""
        return all(item.question.asked_of == "users" for item in self.items)

    @property
    def answered(self) -> int:
        return sum(item.answer.is_given for item in self.items)


def _leaves(root: Node) -> list[Indicator]:
    return [node for node in walk(root) if isinstance(node, Indicator)]


def _groups(root: Node) -> Iterator[tuple[Node, list[Indicator]]]:
    """The lowest nodes that hold more than one indicator, with what they hold."""
    below = children(root)
    if all(isinstance(node, Indicator) or len(_leaves(node)) == 1 for node in below):
        yield root, _leaves(root)
        return
    for node in below:
        yield from _groups(node)


def sections(
    assessment: Assessment, answers: Iterable[Answer], evidence: Iterable[Evidence] = ()
) -> list[Section]:
    """The page's sections, in the order of the form; what is unscored comes last."""
    given = {answer.code: answer for answer in answers}
    files: dict[str, list[Evidence]] = {}
    for piece in evidence:
        files.setdefault(piece.code, []).append(piece)
    root = assessment.instrument.formula(assessment.round.form or None)
    allowed = {
        part.node.name.code
        for node in walk(root)
        if isinstance(node, WeightedSum) and node.not_applicable != "forbidden"
        for part in node.parts
    }
    number = 0

    def item(question: Question) -> Item:
        nonlocal number
        number += 1
        answer = given.get(question.code) or Answer(code=question.code, version=0)
        return Item(
            number, question, answer, files.get(question.code, []), question.code in allowed
        )

    by_code = assessment.instrument.by_code
    result = [
        Section(node.name.code, node.name.title, [item(by_code[leaf.name.code]) for leaf in leaves])
        for node, leaves in _groups(root)
    ]
    if unscored := [question for question in assessment.questions if question.unscored]:
        rest = [item(question) for question in unscored]
        result.append(Section("tambahan", _("Pertanyaan tambahan (tidak dinilai)"), rest))
    return result


def standing(assessment: Assessment, score: Score) -> Standing:
    return of_score(score, assessment.unit.short_name, assessment.target)


def _progress(assessment: Assessment, answers: Iterable[Answer]) -> dict[str, object]:
    """How far the unit is with what it must answer."""
    unanswered = assessment.unanswered(answers)
    total = len(assessment.required)
    return {
        "unanswered": unanswered,
        "total": total,
        "done": total - len(unanswered),
        "progress_label": _("terjawab"),
    }


@require_safe
def answer_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    assessment = get_or_404(user, Assessment, pk=pk)
    answers = list(assessment.answers.select_related("by"))
    evidence = list(
        assessment.evidence.filter(withdrawn_at=None).select_related("file").order_by("pk")
    )
    score = assessment.score(answers)
    editable = (
        assessment.is_draft and assessment.round.is_open and user.may(Permission.ANSWER, assessment)
    )
    return render(
        request,
        "assessments/answer_page.html",
        {
            "assessment": assessment,
            "sections": sections(assessment, answers, evidence),
            "standing": standing(assessment, score),
            "score": score,
            **_progress(assessment, answers),
            "editable": editable,
            "language": get_language(),
        },
    )


@require_POST
def save_answer(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Save one answer; an htmx request gets the new score back, a plain form its page."""
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    form = AnswerForm(request.POST)
    given = form.answer()
    score, answers = actions.save_answer(assessment, code, by=user, **given)
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Jawaban %s tersimpan.") % code)
        return redirect(reverse("answer_page", args=[pk]) + f"#{code}")
    saved = next(answer for answer in answers if answer.code == code)
    return render(
        request,
        "assessments/saved.html",
        {
            "assessment": assessment,
            "answer": saved,
            "standing": standing(assessment, score),
            "score": score,
            **_progress(assessment, answers),
            "editable": True,
        },
    )


@require_POST
def attach_evidence(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    form = EvidenceForm(request.POST, request.FILES)
    evidence = actions.attach_evidence(assessment, code, form.upload(), by=user)
    messages.success(request, _("Berkas “%s” terlampir.") % evidence.file.name)
    return redirect(reverse("answer_page", args=[pk]) + f"#{code}")


@require_POST
def withdraw_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    evidence = get_or_404(user, Evidence, to=Permission.ANSWER, pk=pk)
    actions.withdraw_evidence(evidence, by=user)
    messages.success(request, _("Berkas “%s” ditarik.") % evidence.file.name)
    return redirect(reverse("answer_page", args=[evidence.assessment_id]) + f"#{evidence.code}")


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, always as a download: nothing in an upload ever runs in the page."""
    current = Evidence.objects.filter(withdrawn_at=None)
    evidence = get_or_404(person(request), current, pk=pk)
    stored: StoredFile = evidence.file
    response = FileResponse(
        stored.content.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    assessment = get_or_404(user, Assessment, to=Permission.ANSWER, pk=pk)
    actions.submit_assessment(assessment, by=user)
    messages.success(request, _("Penilaian mandiri sudah dikirim. Terima kasih."))
    return redirect("proof_page", pk=pk)


@require_safe
def proof_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The printable proof of a score: every indicator, weight, product, sum, rounding, source."""
    assessment = get_or_404(person(request), Assessment, pk=pk)
    answers = list(assessment.answers.all())
    convention = request.GET.get("konvensi") or None
    names = {rule.name for rule in assessment.instrument.conventions}
    score = assessment.score(answers, convention if convention in names else None)
    return render(
        request,
        "assessments/proof_page.html",
        {
            "assessment": assessment,
            "score": score,
            "rows": proof_rows(score),
            "standing": standing(assessment, score),
            "convention": assessment.instrument.convention(
                convention if convention in names else None
            ),
        },
    )
