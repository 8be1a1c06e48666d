"""A module of ours as a process of its own: what comes from outside harms that process alone.

The caller runs it with a clock and without the server's environment; the child sets its own limits.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there: what asks for something from the net hears no at once."""


def run_apart(
    module: str, arguments: Sequence[str], *, home: str, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run the `work()` of a module to its end in the folder `home`; it sees no secret of ours.

    The module is imported, not run with `-m`: then it would be there twice, once as `__main__`,
    whose exceptions are not those that others raise. Raises `subprocess.TimeoutExpired` after so
    many seconds; the child is gone then.
    """
    return subprocess.run(  # noqa: S603 - a module of our own
        [sys.executable, "-c", f"from {module} import work; work()", *arguments],
        cwd=home,
        env={"PYTHONPATH": str(CODE), "HOME": home, "ALL_PROXY": NOWHERE},
        capture_output=True,
        timeout=seconds,
        check=False,
    )


def limit(*, seconds: int, memory: int, size: int) -> None:
    """In the child: no more seconds of work, bytes of memory, and bytes in one file than these."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
