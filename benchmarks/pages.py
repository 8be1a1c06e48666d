"""Pages: queries at 10 and at 200 units, time in the server, and the memory of the demonstration.

Run by `make bench`, or alone: `python -m benchmarks.pages`. Every figure is measured in one run on
a fresh database in a temporary folder, in the same process that a web worker would be.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

TRANSACTION = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)")


def started(folder: Path) -> None:
    """Django on a fresh file database."""
    os.environ["HIJAU_DATA"] = str(folder)
    os.environ["HIJAU_HOSTS"] = "testserver"
    os.environ["DJANGO_SETTINGS_MODULE"] = "hijau.settings"
    import django

    django.setup()
    from hijau.cli.platform import prepare_all

    prepare_all()


def city(units: int) -> dict[str, Any]:
    """A government with so many agencies in one round, all half answered, and two of its people."""
    from django.utils import timezone

    from hijau.accounts.actions import give_role
    from hijau.accounts.permissions import Role
    from hijau.assessments import actions
    from hijau.assessments.models import Assessment
    from hijau.instruments.models import Version
    from hijau.organisation.actions import add_organisation, found_government
    from hijau.organisation.models import Kind

    name = f"kota-{units}"
    root = found_government(name, name, name)
    places = [
        add_organisation(root, Kind.AGENCY, f"Dinas {n}", f"Dinas {n}", f"d{n}", by=None)
        for n in range(units)
    ]
    organiser = give_role(f"org@{name}.id", "Rina", Role.ORGANISER, root, by=None).user
    officer = give_role(f"officer@{name}.id", "Dewi", Role.OFFICER, places[0], by=None).user
    today = timezone.localdate()
    opened = actions.open_round(
        root, Version.objects.get(identifier="pekppp/pedoman-2022"), places, name="PEKPPP",
        year=today.year, opens_on=today, closes_on=today + dt.timedelta(days=30), form="A",
        by=organiser,
    )  # fmt: skip
    assessments = list(Assessment.objects.filter(round=opened).select_related("round__version"))
    for assessment in assessments:
        for question in assessment.required[:3]:
            actions.save_answer(assessment, question.code, question.high, by=officer)
    own = next(a for a in assessments if a.unit_id == places[0].pk)
    return {"organiser": organiser, "officer": officer, "round": opened, "own": own}


def measured(call: Callable[[], Any], runs: int = 15) -> tuple[int, float]:
    """Statements (without those that only bound a transaction) and the median time in ms."""
    from django.conf import settings
    from django.db import connection, reset_queries

    call()
    settings.DEBUG = True
    reset_queries()
    response = call()
    assert response.status_code == 200, response.status_code
    queries = sum(not TRANSACTION.match(q["sql"]) for q in connection.queries)
    settings.DEBUG = False
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return queries, statistics.median(times)


def pages(world: dict[str, Any]) -> dict[str, tuple[int, float]]:
    from django.test import Client

    organiser, officer = Client(), Client()
    organiser.force_login(world["organiser"])
    officer.force_login(world["officer"])
    own, opened = world["own"].pk, world["round"].pk
    save = f"/penilaian/{own}/jawab/1.a.Ak/"
    return {
        "dashboard": measured(lambda: organiser.get("/")),
        "round": measured(lambda: organiser.get(f"/putaran/{opened}/")),
        "league table": measured(lambda: organiser.get(f"/peringkat/?putaran={opened}")),
        "unit": measured(lambda: organiser.get(f"/unit/{world['own'].unit_id}/")),
        "open an assessment": measured(lambda: officer.get(f"/penilaian/{own}/")),
        "proof": measured(lambda: officer.get(f"/penilaian/{own}/hitungan/")),
        "save one answer": measured(
            lambda: officer.post(save, {"value": "3"}, headers={"HX-Request": "true"}), 60
        ),
    }


def memory(folder: Path) -> float:
    """Resident megabytes of the demonstration's processes together, after some pages were read."""
    environment = {**os.environ, "HIJAU_DATA": str(folder), "HIJAU_HOSTS": "127.0.0.1"}
    port = 8791
    server = subprocess.Popen(
        [sys.executable, "-m", "hijau.cli", "demo", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sehat/", timeout=2).read()
                break
            except OSError:
                time.sleep(0.2)
        for _ in range(50):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/akun/masuk/", timeout=5).read()
        listed = subprocess.run(
            ["ps", "-o", "rss=", "--ppid", str(server.pid), "-p", str(server.pid)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return sum(int(line) for line in listed.stdout.split()) / 1024
    finally:
        server.terminate()
        server.wait(15)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        started(Path(name) / "pages")
        small, large = pages(city(10)), pages(city(200))
        print("| page | queries, 10 units | queries, 200 units | ms, 10 units | ms, 200 units |")
        print("|---|---|---|---|---|")
        for page, (queries, ms) in small.items():
            more, longer = large[page]
            print(f"| {page} | {queries} | {more} | {ms:.1f} | {longer:.1f} |")
        megabytes = memory(Path(name) / "demo")
        print(f"\nThe demonstration's processes together: {megabytes:.0f} MB resident.")
        Path("var").mkdir(exist_ok=True)
        Path("var/bench-pages.json").write_text(
            json.dumps({"small": small, "large": large, "memory_mb": megabytes}, indent=1)
        )


if __name__ == "__main__":
    main()
