"""One assessment with its full proof, and the bare exact sum: how long a person waits for either.

    python benchmarks/interpreter.py

Writes `var/bench-interpreter.json`.
"""

from __future__ import annotations

import json
import sys
import timeit
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from scoring.formula import Indicator, walk  # noqa: E402
from scoring.instrument import LEAF_LEVEL  # noqa: E402
from scoring.interpret import Answer  # noqa: E402
from scoring.reading import find_instrument  # noqa: E402
from scoring.score import as_json, score  # noqa: E402

INSTRUMENT = "pekppp/pedoman-2022"
REPEAT, NUMBER = 20, 50


def milliseconds(work: Callable[[], object]) -> float:
    """The best of many runs, for whatever else the machine does only adds to it."""
    return min(timeit.repeat(work, repeat=REPEAT, number=NUMBER)) / NUMBER * 1000


def main() -> None:
    one = find_instrument(INSTRUMENT)
    leaves = [node for node in walk(one.formula()) if isinstance(node, Indicator)]
    figures: dict[tuple[str, str], Answer] = {
        (LEAF_LEVEL, leaf.name.code): leaf.low + i % int(leaf.high - leaf.low + 1)
        for i, leaf in enumerate(leaves)
    }
    pairs = [(Fraction(i % 6), Fraction(i % 7 + 1, 400)) for i in range(100)]
    found = {
        "indicators": len(leaves),
        "score_ms": milliseconds(lambda: score(one, figures)),
        "score_and_json_ms": milliseconds(lambda: as_json("x", score(one, figures))),
        "sum_of_100_ms": milliseconds(lambda: sum((a * w for a, w in pairs), Fraction())),
    }
    print(f"{INSTRUMENT}, {found['indicators']} indicators\n")
    print("| what | time |")
    print("|---|---:|")
    print(f"| one assessment with all steps of its proof | {found['score_ms']:.2f} ms |")
    print(f"| the same, and the object that is printed | {found['score_and_json_ms']:.2f} ms |")
    print(f"| bare exact sum of 100 indicators | {found['sum_of_100_ms']:.3f} ms |")
    var = HERE.parent / "var"
    var.mkdir(exist_ok=True)
    (var / "bench-interpreter.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
