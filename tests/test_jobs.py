"""Background jobs: a killed worker loses none, and none is done twice."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from hijau.lib.jobs import LEASE, take_back_lost
from hijau.notices.actions import deliver


def hijau(data: Path, *verb: str, **settings: str) -> subprocess.Popen[str]:
    """Start the real command on a server of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "hijau.cli", *verb],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={k: v for k, v in os.environ.items() if k != "HIJAU_DATABASE"}
        | {"HIJAU_DATA": str(data)} | {f"HIJAU_{k}": v for k, v in settings.items()},
    )  # fmt: skip


def script(data: Path, text: str) -> str:
    """Run a few lines on that server's database."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import django; django.setup()\n{text}"],
        capture_output=True, text=True, check=True,
        env={k: v for k, v in os.environ.items() if k != "HIJAU_DATABASE"}
        | {"HIJAU_DATA": str(data), "DJANGO_SETTINGS_MODULE": "hijau.settings"},
    )  # fmt: skip
    return done.stdout.strip()


def work_off(data: Path) -> None:
    worker = hijau(data, "jobs", "--once")
    said, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0, said


ENQUEUE = """
from hijau.accounts.models import User
from hijau.notices.actions import tell
from django.core.management import call_command
call_command("migrate", verbosity=0)
tell([User.objects.create_user("a@contoh.go.id", None, name="A")], "Judul surat", "Isi")
"""
STATUS = "from django_tasks_db.models import DBTaskResult as D; print(D.objects.get().status)"
LONG_AGO = """
import datetime as dt
from django.utils import timezone
from django_tasks_db.models import DBTaskResult as D
D.objects.update(started_at=timezone.now() - dt.timedelta(minutes=11))
"""


def test_a_job_whose_worker_was_killed_is_done_once_after_the_lease(tmp_path: Path) -> None:
    script(tmp_path, ENQUEUE)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # A mail server that takes the call and says nothing: the worker hangs in its job.
        silent.settimeout(20)
        worker = hijau(
            tmp_path, "jobs", EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(silent.getsockname()[1])
        )
        call, _address = silent.accept()
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        call.close()
    assert script(tmp_path, STATUS) == TaskResultStatus.RUNNING

    letters = tmp_path / "mail"
    work_off(tmp_path)
    assert not letters.exists(), "within the lease its worker may still be at it"

    script(tmp_path, LONG_AGO)
    work_off(tmp_path)
    (letter,) = letters.iterdir()
    assert "Subject: Judul surat" in letter.read_text()
    assert script(tmp_path, STATUS) == TaskResultStatus.SUCCESSFUL

    script(tmp_path, LONG_AGO)
    work_off(tmp_path)
    assert list(letters.iterdir()) == [letter]


@pytest.mark.parametrize(
    ("status", "age", "taken"),
    [
        (TaskResultStatus.RUNNING, LEASE + dt.timedelta(seconds=5), True),
        (TaskResultStatus.RUNNING, LEASE - dt.timedelta(seconds=30), False),
        (TaskResultStatus.SUCCESSFUL, LEASE * 2, False),
        (TaskResultStatus.FAILED, LEASE * 2, False),
    ],
)
def test_only_what_has_run_for_longer_than_the_lease_is_taken_back(
    db: None, status: str, age: dt.timedelta, taken: bool
) -> None:
    result = deliver.enqueue([], "x", "y")
    DBTaskResult.objects.filter(pk=result.id).update(status=status, started_at=timezone.now() - age)
    assert take_back_lost() == int(taken)
    after = DBTaskResult.objects.get(pk=result.id)
    assert after.status == (TaskResultStatus.READY if taken else status)
    assert (after.started_at is None) is taken


def test_a_letter_goes_to_each_person_apart(db: None, mailoutbox: list) -> None:
    from hijau.accounts.models import User

    people = [User.objects.create_user(f"{n}@contoh.go.id", None, name=n) for n in "abc"]
    User.objects.filter(pk=people[2].pk).update(is_active=False)
    assert deliver.call([person.pk for person in people], "Judul", "Isi") == 2
    assert [letter.to for letter in mailoutbox] == [["a@contoh.go.id"], ["b@contoh.go.id"]]
