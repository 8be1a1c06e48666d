"""Pages without a login: the health of the server, and a quiz behind a personal link."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hijau.assessments import actions
from hijau.assessments.forms_ombudsman import QuizForm
from hijau.assessments.links import fingerprint, respondent_of
from hijau.assessments.models import Sitting
from hijau.assessments.quiz import ombudsman_quiz
from hijau.lib.refused import Refused
from hijau.portal.doors import open_door


@open_door("a watchman without an account asks whether the server answers")
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`ok` when the server and its database answer; nothing else is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@open_door("a respondent without an account practises by a signed link that ends after a week")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, token: str) -> HttpResponse:
    """One quiz behind one link: its questions, then what was right. It tells no name."""
    respondent = respondent_of(token)
    if respondent is None:
        return render(request, "portal/quiz_gone.html", status=404)
    questions = ombudsman_quiz()
    if sitting := Sitting.objects.filter(link=fingerprint(token)).first():
        rows = [
            (questions.by_code[answer["question"]], answer)
            for answer in sitting.answers
            if answer["question"] in questions.by_code
        ]
        shown = [
            (question, question.choices[answer["chosen"]], answer["right"],
             questions.addresses(question.fact))
            for question, answer in rows
        ]  # fmt: skip
        context = {"sitting": sitting, "rows": shown, "quiz": questions}
        return render(request, "portal/quiz_result.html", context)
    sheet = questions.sheet(fingerprint(token))
    form = QuizForm(request.POST or None, sheet=sheet)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_quiz(respondent, token, sheet, form.cleaned_data, by=None)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("quiz", token=token)
    context = {"form": form, "unit": respondent.unit, "function": respondent.get_function_display()}
    status = 422 if form.errors else 200
    return render(request, "portal/quiz.html", context, status=status)
