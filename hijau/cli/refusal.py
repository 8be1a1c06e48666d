"""How a command says no: one sentence on standard error, exit status 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import IO, Any

import click


class Refusal(click.ClickException):
    """The command did nothing; the sentence says why and what to do."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


def unknown(what: str, name: str, known: Iterable[str]) -> Refusal:
    """A name that does not exist, with the nearest one and all that do exist."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    hint = f" Mungkin maksudnya “{near[0]}”." if near else ""
    listed = ", ".join(names) or "tidak ada"
    return Refusal(f"{what} “{name}” tidak dikenal.{hint} Yang ada: {listed}.")
