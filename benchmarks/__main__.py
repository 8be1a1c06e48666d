"""Every benchmark in one run: `make bench`. The figures go to docs/performance.md by hand."""

from __future__ import annotations

import subprocess
import sys

PARTS = (
    "benchmarks.interpreter",
    "benchmarks.pages",
    "benchmarks.finding",
    "benchmarks.import_standards",
    "benchmarks.bulk_scoring",
)

for part in PARTS:
    print(f"\n## {part}\n", flush=True)
    subprocess.run([sys.executable, "-m", part], check=True)
