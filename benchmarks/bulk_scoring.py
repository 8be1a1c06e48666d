"""Scoring a nation: the exact query against the ways in which such figures are made by hand.

One run measures everything on the same data and machine, so that the ratios mean something:

    python benchmarks/bulk_scoring.py --units 100000 1000000

Each way runs in a process of its own, whose peak memory is read at its end. Writes
`var/bench-bulk.json` and prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import duckdb  # noqa: E402

from scoring.formula import Indicator, Name, Node, NotApplicable, Part, WeightedSum  # noqa: E402
from scoring.numbers import Rounding  # noqa: E402
from scoring.provenance import Fact, Label  # noqa: E402
from scoring.sql import Layout, Shape, compile_node  # noqa: E402

VAR = HERE.parent / "var"
SIZES = (17, 17, 17, 17, 16, 16)
"""Indicators per aspect: a hundred in six."""
ASPECTS = (24, 25, 18, 11, 10, 12)
"""Weights of the aspects, in percent."""
WORKBOOK_UNITS = 1_000
MEMORY = "800MB"
SURE = Fact(Label.VERIFIED, ("benchmark",))


def weights() -> list[tuple[str, int, int]]:
    """(code, aspect, weight in percent of its aspect) of each indicator."""
    result: list[tuple[str, int, int]] = []
    for aspect, size in enumerate(SIZES):
        base, extra = divmod(100, size)
        for i in range(size):
            result.append((f"i{len(result) + 1:03d}", aspect, base + (i < extra)))
    return result


def formula() -> Node:
    """Six weighted aspects of some seventeen indicators; "not applicable" is redistributed."""
    aspects = []
    for number, share in enumerate(ASPECTS):
        parts = tuple(
            Part(
                Fraction(weight, 100),
                Indicator(Name(code, "indikator", code, SURE), Fraction(), Fraction(5)),
                SURE,
            )
            for code, aspect, weight in weights()
            if aspect == number
        )
        name = Name(f"a{number + 1}", "aspek", f"Aspek {number + 1}", SURE)
        node = WeightedSum(name, parts, Fraction(1), NotApplicable.REDISTRIBUTE)
        aspects.append(Part(Fraction(share, 100), node, SURE))
    root = Name("indeks", "indeks", "Indeks", SURE)
    return WeightedSum(root, tuple(aspects), Fraction(1), NotApplicable.REDISTRIBUTE)


def data(units: int) -> Path:
    """The long table as Parquet, the same bytes of answers on every machine."""
    path = VAR / f"bench-{units}.parquet"
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        h = "hash(u.range * 100 + i.range)"
        duckdb.sql(
            f"""COPY (
                SELECT u.range::INTEGER AS subject,
                       'i' || lpad((i.range + 1)::VARCHAR, 3, '0') AS indicator,
                       CASE WHEN {h} % 10 <> 0 THEN ({h} >> 8) % 6 END::TINYINT AS answer,
                       {h} % 10 = 0 AS na
                FROM range({units}) u, range(100) i ORDER BY u.range, i.range
            ) TO '{path}' (FORMAT parquet)"""
        )
    return path


# ---- The ways, each of them run in its own process -----------------------------------------------


def engine(file: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
    connection.execute(f"CREATE VIEW answers AS FROM read_parquet('{file}')")
    return connection


def exact_query() -> str:
    shape = Shape(Layout.LONG, ordered=False)
    plan = compile_node(formula(), shape, 2, Rounding.HALF_UP)
    root = plan.root.low
    return plan.sql.replace(f" AS {root},", " AS score,", 1)


def float_queries() -> dict[str, str]:
    """Two ways to write it by hand; the faster one of a run counts."""
    per_aspect = """
        SELECT subject, round(sum(share * s), 2) AS score FROM (
            SELECT subject, aspect, any_value(share) AS share,
                   sum(answer * weight) FILTER (NOT na) / sum(weight) FILTER (NOT na) AS s
            FROM answers JOIN weights USING (indicator) GROUP BY subject, aspect)
        GROUP BY subject"""
    sums = ", ".join(
        f"sum(answer * weight) FILTER (aspect = {a}) / "
        f"sum(weight) FILTER (aspect = {a} AND NOT na) AS s{a}"
        for a in range(6)
    )
    total = " + ".join(f"{share / 100} * s{a}" for a, share in enumerate(ASPECTS))
    at_once = f"""
        SELECT subject, round({total}, 2) AS score FROM (
            SELECT subject, {sums} FROM answers JOIN weights USING (indicator) GROUP BY subject)"""
    return {"per_aspect": per_aspect, "at_once": at_once}


def add_weights(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE TABLE weights (indicator VARCHAR, aspect INT, weight DOUBLE, share DOUBLE)"
    )
    rows = [(code, aspect, weight, ASPECTS[aspect] / 100) for code, aspect, weight in weights()]
    connection.executemany("INSERT INTO weights VALUES (?, ?, ?, ?)", rows)


def timed(runs: int, work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def run_data(file: Path, runs: int) -> dict[str, Any]:
    """Only makes the file, in a process that ends before anything is measured."""
    return {"times": [0.0]}


def run_exact(file: Path, runs: int) -> dict[str, Any]:
    connection = engine(file)

    def work() -> None:
        # From the instrument on: building and printing the SQL is part of the time.
        connection.execute(f"CREATE OR REPLACE TEMP TABLE result AS {exact_query()}")

    return {"times": timed(runs, work)}


def run_float(file: Path, runs: int) -> dict[str, Any]:
    connection = engine(file)
    add_weights(connection)
    found = {
        name: timed(
            runs,
            lambda q=query: connection.execute(f"CREATE OR REPLACE TEMP TABLE result AS {q}"),  # type: ignore[misc]
        )
        for name, query in float_queries().items()
    }
    best = min(found, key=lambda name: min(found[name]))
    return {"times": found[best], "written": best, "all": found}


def run_floor(file: Path, runs: int) -> dict[str, Any]:
    connection = engine(file)
    return {"times": timed(runs, lambda: connection.execute("SELECT sum(answer) FROM answers"))}


def run_pandas(file: Path, runs: int) -> dict[str, Any]:
    np, pd = importlib.import_module("numpy"), importlib.import_module("pandas")
    pq = importlib.import_module("pyarrow.parquet")

    weight = {code: w for code, _, w in weights()}
    aspect = {code: a for code, a, _ in weights()}

    def work() -> None:
        frame = pq.read_table(file, read_dictionary=["indicator"]).to_pandas()
        codes = frame["indicator"].cat.codes.to_numpy()
        names = frame["indicator"].cat.categories
        w = np.array([weight[n] for n in names], dtype="float32")[codes]
        part = pd.DataFrame(
            {
                "subject": frame["subject"],
                "aspect": np.array([aspect[n] for n in names], dtype="int8")[codes],
                "num": frame["answer"].fillna(0).to_numpy("float32") * w,
                "den": np.where(frame["na"], np.float32(0), w),
            }
        )
        sums = part.groupby(["subject", "aspect"], sort=False).sum()
        score = (sums["num"] / sums["den"]).unstack() @ (np.array(ASPECTS) / 100)
        score.round(2)

    return {"times": timed(min(runs, 3), work)}


def run_workbook(file: Path, runs: int) -> dict[str, Any]:
    """A workbook of 1,000 units whose formulas LibreOffice computes: start, open, convert."""
    answers = duckdb.execute(
        f"SELECT subject, indicator, answer FROM read_parquet('{file}') "
        f"WHERE subject < {WORKBOOK_UNITS} ORDER BY subject, indicator"
    ).fetchall()
    with tempfile.TemporaryDirectory() as folder:
        book = write_workbook(Path(folder), [answer for _, _, answer in answers])
        command = soffice(Path(folder))
        empty = Path(folder) / "empty.csv"
        empty.write_text("1\n")
        convert = [*command, "--convert-to", "csv", "--outdir", folder]
        subprocess.run([*convert, str(empty)], capture_output=True, check=True)  # makes its profile
        start = timed(runs, lambda: subprocess.run(
            [*command, "--convert-to", "ods", "--outdir", folder, str(empty)],
            capture_output=True, check=True))  # fmt: skip
        times = timed(runs, lambda: subprocess.run(
            [*convert, str(book)], capture_output=True, check=True))  # fmt: skip
        lines = book.with_suffix(".csv").read_text().splitlines()
    return {"times": times, "start": start, "rows": len(lines), "first": lines[0][-6:]}


def soffice(folder: Path) -> list[str]:
    """LibreOffice with a profile of its own that recalculates every file it opens."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items '
        'xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
        '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>'
    )
    return ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]


def write_workbook(folder: Path, answers: list[int | None]) -> Path:
    import xlsxwriter
    from xlsxwriter.utility import xl_range

    path = folder / "units.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, scale = book.add_worksheet(), book.add_worksheet("bobot")
        scale.write_row(0, 0, [weight for _, _, weight in weights()])
        for unit in range(WORKBOOK_UNITS):
            row = answers[unit * 100 : unit * 100 + 100]
            sheet.write_row(unit, 0, ["" if answer is None else answer for answer in row])
            terms, first = [], 0
            for size, share in zip(SIZES, ASPECTS, strict=True):
                cells = xl_range(unit, first, unit, first + size - 1)
                scales = "bobot!" + xl_range(0, first, 0, first + size - 1)
                terms.append(
                    f"{share}/100*SUMPRODUCT({cells},{scales})"
                    f"/SUMPRODUCT(--ISNUMBER({cells}),{scales})"
                )
                first += size
            sheet.write_formula(unit, 100, f"=ROUND({'+'.join(terms)},2)")
    return path


def run_differences(file: Path, runs: int) -> dict[str, Any]:
    """For how many units the figure made with floats is another one than the exact figure."""
    connection = engine(file)
    add_weights(connection)
    connection.execute(f"CREATE TEMP TABLE exact AS SELECT subject, score FROM ({exact_query()})")
    result: dict[str, Any] = {"times": [0.0]}
    for name, query in float_queries().items():
        rows = connection.execute(
            f"SELECT count(*), count(*) FILTER (round(f.score * 100) <> e.score) "
            f"FROM exact e JOIN ({query}) f USING (subject)"
        ).fetchall()
        result[name] = {"units": rows[0][0], "different": rows[0][1]}
    return result


WAYS = {
    "data": run_data,
    "exact": run_exact,
    "float": run_float,
    "pandas": run_pandas,
    "floor": run_floor,
    "workbook": run_workbook,
    "differences": run_differences,
}
TITLES = {
    "exact": "our compiled query: exact, with six aspects, ranges and what is missing",
    "float": "hand-written GROUP BY in floating point, one figure",
    "pandas": "pandas groupby, one figure",
    "floor": "plain SUM of the column (the floor)",
    "workbook": f"LibreOffice, a workbook of {WORKBOOK_UNITS:,} units",
}


# ---- The run ----------------------------------------------------------------------------------


def measured(way: str, units: int, runs: int) -> dict[str, Any] | None:
    """What the process of one way printed; None where its programme is not installed."""
    if way == "workbook" and shutil.which("soffice") is None:
        return None
    command = [sys.executable, __file__, "--way", way, "--units", str(units), "--runs", str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return None
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def alone(way: str, units: int, runs: int) -> None:
    result = WAYS[way](data(units), runs)
    result["peak_mb"] = peak_memory(children=way == "workbook")
    print(json.dumps(result))


def peak_memory(*, children: bool) -> int:
    """Peak resident memory in MB. Linux hands ru_maxrss on from the parent, VmHWM it does not."""
    status = Path("/proc/self/status")
    if children or not status.exists():
        who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
        return resource.getrusage(who).ru_maxrss // 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def median(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def table(units: int, found: dict[str, dict[str, Any]]) -> None:
    base = min(found["float"]["times"])
    print(f"\n{units:,} units × 100 indicators = {units * 100:,} rows\n")
    print("| way | best | median | to the float query | peak memory |")
    print("|---|---:|---:|---:|---:|")
    for way, title in TITLES.items():
        if way in found:
            one = found[way]
            best, middle = min(one["times"]), median(one["times"])
            ratio = "" if way == "workbook" else f"{best / base:.2f} ×"
            print(f"| {title} | {best:.2f} s | {middle:.2f} s | {ratio} | {one['peak_mb']} MB |")
    for name in ("per_aspect", "at_once"):
        if name in found.get("differences", {}):
            one = found["differences"][name]
            print(f"\nFloat query “{name}”: {one['different']:,} of {one['units']:,} units differ.")
    if "workbook" in found:
        start = min(found["workbook"]["start"])
        print(f"\nOf the workbook's time, {start:.2f} s are LibreOffice's own start.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--way", choices=WAYS)
    arguments = parser.parse_args()
    if arguments.way:
        alone(arguments.way, arguments.units[0], arguments.runs)
        return
    everything: dict[str, Any] = {"machine": platform.platform(), "python": sys.version.split()[0]}
    everything |= {"duckdb": duckdb.__version__, "units": {}}
    for units in arguments.units:
        found = {}
        for way in WAYS:
            if way == "workbook" and units != arguments.units[0]:
                continue
            result = measured(way, units, arguments.runs)
            if result is not None:
                found[way] = result
        everything["units"][units] = found
        table(units, found)
    (VAR / "bench-bulk.json").write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
