"""The verbs that need the platform: prepare, init, serve, demo, jobs, audit."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from hijau.cli.refusal import Refusal
from hijau.lib.refused import Refused

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hijau.settings")


def on_platform(verb: Callable[..., None]) -> Callable[..., None]:
    """Start Django before the verb, and turn a refusal into a sentence with exit status 2."""

    @wraps(verb)
    def started(*args: Any, **kwargs: Any) -> None:
        import django

        django.setup()
        try:
            verb(*args, **kwargs)
        except Refused as refusal:
            raise Refusal(refusal.sentence) from refusal

    return started


def prepare_all() -> None:
    """Bring database, instruments, translations and static files up to this version."""
    from django.conf import settings
    from django.core.management import call_command

    from hijau.instruments.actions import load_shipped

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    load_shipped()
    _compile_messages(Path(settings.LOCALE_PATHS[0]))
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    newest = str(_newest(Path(__file__).resolve().parents[1] / "ui" / "static"))
    if not stamp.exists() or stamp.read_text() != newest:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(newest)


def _newest(folder: Path) -> int:
    return max((file.stat().st_mtime_ns for file in folder.rglob("*")), default=0)


def _compile_messages(folder: Path) -> None:
    """Compile the catalogues that changed; Babel does it, so that no system package is needed."""
    from babel.messages import mofile, pofile

    for source in folder.rglob("*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            with source.open("rb") as text:
                catalogue = pofile.read_po(text)
            with target.open("wb") as compiled:
                mofile.write_mo(compiled, catalogue)


@click.command()
@click.option("--demonstration", is_flag=True, help="Muat juga peragaan Kota Sukabumi.")
@on_platform
def prepare(demonstration: bool) -> None:
    """Siapkan basis data dan berkas untuk versi ini (berjalan sendiri sebelum melayani)."""
    prepare_all()
    if not demonstration:
        return
    from hijau.demonstration import loading

    loading.load()
    for login in loading.logins():
        click.echo(f"  {login.label:32} {login.email}")
    click.echo(f"\n  Kata sandi untuk semuanya: {loading.PASSWORD}")


@click.command()
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option(
    "--template", is_flag=True, help="Tulis buku kerja kosong ke WORKBOOK, lalu berhenti."
)
@on_platform
def init(workbook: Path, template: bool) -> None:
    """Mulai pemerintah daerah baru dari WORKBOOK (unit dan orang).

    Dengan --template, buku kerja kosong untuk diisi ditulis ke sana.
    """
    from hijau.accounts.founding import found_from_workbook, write_template

    if template:
        if workbook.exists():
            raise Refusal(f"{workbook} sudah ada. Pilih nama lain.")
        write_template(workbook)
        click.echo(f"Buku kerja kosong ditulis ke {workbook}.")
        return
    prepare_all()
    founded = found_from_workbook(workbook, first_password=lambda: secrets.token_urlsafe(12))
    click.echo(f"{founded.government.name}: {founded.units} unit, {len(founded.people)} orang.")
    click.echo("Kata sandi awal, hanya ditampilkan sekali. Sampaikan secara pribadi:")
    for email, password in founded.people:
        click.echo(f"  {email:40} {password or 'memakai akun yang sudah ada'}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat yang didengarkan.")
@click.option("--port", default=8000, show_default=True, help="Nomor port.")
@click.option("--workers", default=1, show_default=True, help="Banyaknya proses web.")
def serve(host: str, port: int, workers: int) -> None:
    """Jalankan Hijau beserta satu pekerja latar."""
    _prepare_apart()
    click.echo(f"Hijau: http://{host}:{port}/")
    _serve(host, port, workers)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat yang didengarkan.")
@click.option("--port", default=8000, show_default=True, help="Nomor port.")
def demo(host: str, port: int) -> None:
    """Jalankan peragaan Kota Sukabumi, dan tampilkan akun-akunnya."""
    os.environ["HIJAU_DEMONSTRATION"] = "1"
    click.echo(f"\nHijau, peragaan Kota Sukabumi: http://{host}:{port}/\n")
    _prepare_apart("--demonstration")
    click.echo("  Berhenti dengan Ctrl+C.\n")
    _serve(host, port, 1)


def _prepare_apart(*options: str) -> None:
    """Prepare in a process of its own, so that the one that stays holds no platform in memory."""
    done = subprocess.run([sys.executable, "-m", "hijau.cli", "prepare", *options], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _serve(host: str, port: int, workers: int) -> None:
    """Run the web server here and the job worker beside it; both stop together."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"Port {port} di {host} sedang dipakai. Hentikan yang lain, atau pilih --port lain."
            ) from error
    jobs_process = subprocess.Popen([sys.executable, "-m", "hijau.cli", "jobs"])
    try:
        Granian(
            "hijau.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=1,
            log_access=False,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        jobs_process.send_signal(signal.SIGTERM)
        jobs_process.wait(10)


@click.command()
@click.option("--once", is_flag=True, help="Kerjakan antrean sampai habis, lalu berhenti.")
@on_platform
def jobs(once: bool) -> None:
    """Kerjakan antrean pekerjaan latar."""
    from django.core.management import call_command

    from hijau.assessments.actions import remind_daily
    from hijau.lib.jobs import keep_looking, take_back_lost

    if not once:
        keep_looking(take_back_lost, remind_daily)
    take_back_lost()
    arguments = ["db_worker", "--no-reload", "--verbosity=0"]
    call_command(*arguments, *(["--batch"] if once else []))


@click.group()
def audit() -> None:
    """Periksa buku jejak."""


@audit.command()
@on_platform
def verify() -> None:
    """Telusuri tiap buku; tampilkan yang diubah, hilang, atau disisipkan (status 1)."""
    from hijau.audit.book import verify as verify_chain
    from hijau.audit.models import Chain
    from hijau.organisation.models import Organisation

    known = set(Chain.objects.values_list("name", flat=True))
    governments = Organisation.objects.filter(government=None)
    lost = [root.book for root in governments if root.book not in known]
    for name in lost:
        click.echo(f"{name}: bukunya hilang")
    faults = len(lost)
    started = time.monotonic()
    for chain in Chain.objects.order_by("pk"):
        broken = 0
        for fault in verify_chain(chain):
            broken += 1
            click.echo(f"{fault.chain}: catatan {fault.number} {fault.sentence}")
        if not broken:
            click.echo(f"{chain.name}: {chain.length} catatan, utuh, ujung {chain.head}")
        faults += broken
    if faults:
        click.echo(f"{faults} kerusakan ditemukan ({time.monotonic() - started:.1f} detik).")
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--government", "code", required=True, help="Kode pemerintah daerah pemiliknya.")
@on_platform
def instruments_add(file: Path, code: str) -> None:
    """Tambahkan berkas instrumen milik daerah sendiri."""
    from hijau.instruments.actions import add_instrument
    from hijau.organisation.models import Organisation

    government = Organisation.objects.filter(government=None, code=code).first()
    if government is None:
        known = Organisation.objects.filter(government=None).values_list("code", flat=True)
        raise Refusal(f"Pemerintah daerah “{code}” tidak ada. Yang ada: {', '.join(known)}.")
    if not file.is_file():
        raise Refusal(f"Berkas {file} tidak ada.")
    version = add_instrument(file, government, by=None)
    click.echo(f"{version.identifier} ditambahkan untuk {government.name}.")
