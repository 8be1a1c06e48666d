"""What the law asks: the instruments, with label and source for each number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hijau.accounts.access import get_or_404, person
from hijau.instruments.models import Version
from scoring.formula import Node, WeightedSum, children
from scoring.numbers import format_exact
from scoring.provenance import Fact


@dataclass(frozen=True)
class Line:
    """A node of the formula as a line of a table."""

    depth: int
    code: str
    title: str
    weight: str
    fact: Fact


def lines(node: Node, depth: int = 0, weight: str = "", fact: Fact | None = None) -> Iterator[Line]:
    """The formula, top down, with each weight in percent of the node above it."""
    yield Line(depth, node.name.code, node.name.title, weight, fact or node.name.fact)
    if isinstance(node, WeightedSum):
        for part in node.parts:
            text = "?" if part.weight is None else f"{format_exact(part.weight * 100)} %"
            yield from lines(part.node, depth + 1, text.replace(".", ","), part.fact)
        return
    for below in children(node):
        yield from lines(below, depth + 1)


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    versions = Version.objects.visible_to(person(request))
    return render(request, "instruments/instrument_list.html", {"versions": versions})


@require_safe
def instrument_page(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_or_404(person(request), Version, pk=pk)
    rule = version.rule
    forms = [(form, list(lines(root))) for form, root in rule.forms.items()]
    return render(
        request,
        "instruments/instrument_page.html",
        {"version": version, "rule": rule, "forms": forms},
    )
