"""Pages without a login: the health of the server, the survey of users (F-03), the quiz."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hijau.assessments import actions
from hijau.assessments.forms.ombudsman import QuizForm
from hijau.assessments.forms.perception import PerceptionForm
from hijau.assessments.links import fingerprint, respondent_of
from hijau.assessments.models import Perception, Sitting, Via
from hijau.assessments.quiz import ombudsman_quiz
from hijau.lib.refused import Refused
from hijau.portal.doors import open_door
from hijau.ui.on_form import refusals_on

MOST_PER_HOUR = 200
"""Forms that one survey takes in an hour: more than a busy hall, fewer than a script sends."""


@open_door("a watchman without an account asks whether the server answers")
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`ok` when the server and its database answer; nothing else is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def _survey(token: str) -> Perception:
    """The survey behind a link; none when its figure is final or its round closed."""
    found = (
        Perception.objects.select_related(
            "assessment__unit__government",
            "assessment__round__version",
            "assessment__round__government",
            "assessment__target",
        )
        .filter(token=token)
        .first()
    )
    if found is None or found.assessment.is_final or not found.assessment.round.is_running:
        raise Http404
    found.assessment.perception = found
    return found


@open_door("users of a service have no account; they tell how it was, without a name")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def perception_form(request: HttpRequest, token: str) -> HttpResponse:
    """The questions that users of a service are asked (F-03), on one page."""
    perception = _survey(token)
    refusal = None
    form = PerceptionForm(request.POST or None, assessment=perception.assessment)
    if request.method == "POST":
        try:
            key, answers = form.given()
            _not_too_many(token)
            actions.give_perception(perception, answers, key=key, via=Via.LINK)
        except Refused as refused:
            refusal = refused
        else:
            return redirect("perception_thanks", token=token)
    context = {"perception": perception, "form": form, "refusal": refusal}
    return render(request, "portal/perception_form.html", context, status=409 if refusal else 200)


def _not_too_many(token: str) -> None:
    """Stop a flood; people in a hall are fewer than this."""
    key = f"survey-{token}-{timezone.now():%Y%m%d%H}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, timeout=2 * 60 * 60)
    if count > MOST_PER_HOUR:
        raise Refused(_("Terlalu banyak jawaban dalam satu jam. Cobalah sebentar lagi."))


@open_door("whoever answered is thanked")
@require_safe
def perception_thanks(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "portal/perception_thanks.html", {"perception": _survey(token)})


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
        with refusals_on(form):
            actions.take_quiz(respondent, token, sheet, form.cleaned_data, by=None)
            return redirect("quiz", token=token)
    context = {"form": form, "unit": respondent.unit, "function": respondent.get_function_display()}
    status = 422 if form.errors else 200
    return render(request, "portal/quiz.html", context, status=status)
