"""The press: one job in a process of its own, so that no template can hang or fill the server.

A template comes from outside. Whatever it does (an endless loop, a table of a million rows), it
ends with the child process: by the clock, by its memory, by the size of what it writes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from django.utils.translation import gettext as _

from hijau.lib.apart import limit, run_apart
from hijau.lib.refused import Refused

SECONDS = 30
MEMORY = 3 * 2**30
"""Bytes of address space; the largest paper of ours takes a fifth."""
SIZE = 60 * 2**20
"""Bytes that one file of a job may have."""

TELLS, LIMITED = 3, 4


class Fault(Exception):
    """What is wrong with a template, as the machine says it, and in which line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def pressed(job: Callable[[Path], None], files: Mapping[str, bytes]) -> bytes:
    """What the job makes of the files: it finds them in a folder, and leaves `result` there.

    `job` is a function at the top of a module. Refused with the line when it raises a Fault, or
    when it takes more time, memory or space than a paper needs.
    """
    with tempfile.TemporaryDirectory(prefix="hijau-") as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(content)
        try:
            done = run_apart(
                __name__, [job.__module__, job.__qualname__, name], home=name, seconds=SECONDS
            )
        except subprocess.TimeoutExpired as expired:
            raise Refused(
                _(
                    "Templat ini belum selesai dicetak setelah %d detik. "
                    "Periksa perulangan di dalamnya."
                )
                % SECONDS
            ) from expired
        if done.returncode == TELLS:
            raise _refusal(**json.loads((folder / "fault").read_bytes()))
        if done.returncode:
            raise Refused(
                _("Templat ini memerlukan terlalu banyak memori atau menghasilkan berkas raksasa.")
                if done.returncode == LIMITED or done.returncode < 0
                else _("Templat ini tidak dapat dicetak.")
            )
        return (folder / "result").read_bytes()


def _refusal(message: str, line: int | None) -> Refused:
    """The fault as a sentence; where on our disk it happened is nobody's business."""
    told = re.sub(r"\(searched at [^)]*\)|(/[\w.-]+){2,}/", "", message)
    told = re.sub(r"\s+", " ", told).strip()[:300]
    if line is None:
        return Refused(_("Templat ini tidak dapat dicetak: %s") % told)
    return Refused(
        _("Templat ini tidak dapat dicetak. Baris %(line)d: %(told)s")
        % {"line": line, "told": told}
    )


def work() -> None:
    """In the child: set its limits, do the job, leave the result or the fault behind."""
    module, name, folder = sys.argv[1:]
    limit(seconds=SECONDS, memory=MEMORY, size=SIZE)
    try:
        getattr(import_module(module), name)(Path(folder))
    except Fault as fault:
        told = json.dumps({"message": fault.message, "line": fault.line})
        (Path(folder) / "fault").write_text(told, encoding="utf-8")
        sys.exit(TELLS)
    except (MemoryError, OSError):
        sys.exit(LIMITED)
