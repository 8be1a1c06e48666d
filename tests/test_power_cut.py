"""A server that dies between the answer and its page: what was thanked for is there, and proven."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.test_jobs import hijau, script

CODE = "1.a.Ak"
MAKE = """
import json
from tests.cast import PASSWORD, gather
cast = gather()
one = cast.assessment(cast.open_round(), cast.disdukcapil)
print(json.dumps([one.pk, cast.officer.email, PASSWORD]))
"""
SAVED = f"""
import json
from hijau.assessments.models import Answer, Assessment
from hijau.audit.models import Entry
answer = Answer.objects.filter(code={CODE!r}).first()
one = Assessment.objects.filter(answered__gt=0).first()
print(json.dumps([answer and str(answer.value), one and str(one.low),
    Entry.objects.filter(event="answer.saved").count()]))
"""


@contextmanager
def served(data: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The real server on a free port, in a process group of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "hijau.cli", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        env={k: v for k, v in os.environ.items() if k != "HIJAU_DATABASE"}
        | {"HIJAU_DATA": str(data)},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            assert server.poll() is None, "the server ended by itself"
            try:
                urllib.request.urlopen(f"{base}/sehat/", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise AssertionError("the server did not answer within 30 seconds")
        yield base, server
    finally:
        die(server)


def die(server: subprocess.Popen[str]) -> None:
    """As when the power goes: the server, its workers and its jobs, at once and unasked."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)


class Officer:
    """A browser that logs in and posts forms."""

    def __init__(self, base: str) -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar, _Stay())

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=10) as response:
            return str(response.read().decode())

    def post(self, page: str, path: str, **form: str) -> int:
        """The status of the answer; its page is not read."""
        (token, *_rest) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))
        data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        try:
            with self.opener.open(self.base + path, data, timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: the page after the answer is never asked for."""

    def redirect_request(self, *_args: object) -> None:
        return None


def test_an_answer_that_was_thanked_for_survives_the_death_of_the_server(tmp_path: Path) -> None:
    prepared = hijau(tmp_path, "prepare")
    said, _ = prepared.communicate(timeout=60)
    assert prepared.returncode == 0, said
    pk, email, password = json.loads(script(tmp_path, MAKE))
    sheet = f"/penilaian/{pk}/"

    with served(tmp_path) as (base, server):
        officer = Officer(base)
        login = officer.post("/akun/masuk/", "/akun/masuk/", login=email, password=password)
        assert login == 302
        assert officer.post(sheet, f"{sheet}jawab/{CODE}/", value="5", seen="0") == 302
        die(server)

    value, low, entries = json.loads(script(tmp_path, SAVED))
    assert (value, entries) == ("5", 1)
    assert low not in (None, "0"), "and the figure that it made"
    check = hijau(tmp_path, "audit", "verify")
    said, _ = check.communicate(timeout=60)
    assert check.returncode == 0, said

    with served(tmp_path) as (base, _server):
        officer = Officer(base)
        officer.post("/akun/masuk/", "/akun/masuk/", login=email, password=password)
        page = officer.get(sheet)
        assert re.search(r'name="value" value="5"[^>]*checked', page)
        assert officer.post(sheet, f"{sheet}jawab/{CODE}/", value="4", seen="1") == 302
    assert json.loads(script(tmp_path, SAVED))[0] == "4"
