"""The command `hijau`. Scoring verbs need no Django; platform verbs are imported when asked for."""

from __future__ import annotations

import click

from hijau.cli.lazy import LazyGroup
from hijau.cli.scoring import classify, instruments, score
from hijau.cli.workbook import workbook

PLATFORM_VERBS: dict[str, tuple[str, str]] = {
    "audit": ("hijau.cli.platform:audit", "Periksa buku jejak (audit verify)."),
    "demo": ("hijau.cli.platform:demo", "Jalankan peragaan Kota Sukabumi."),
    "init": ("hijau.cli.platform:init", "Mulai pemerintah daerah baru dari buku kerja."),
    "jobs": ("hijau.cli.platform:jobs", "Kerjakan antrean pekerjaan latar."),
    "prepare": ("hijau.cli.platform:prepare", "Siapkan basis data dan berkas untuk versi ini."),
    "serve": ("hijau.cli.platform:serve", "Jalankan Hijau beserta pekerja latarnya."),
}
"""Verb -> (module:attribute, one line of help), so that --help needs no Django."""


@click.group(cls=LazyGroup, lazy=PLATFORM_VERBS, context_settings={"max_content_width": 100})
def main() -> None:
    """Hijau: mutu pelayanan publik, dari standar sampai nilai."""


main.add_command(instruments)
main.add_command(classify)
main.add_command(score)
main.add_command(workbook)
