"""The engines: each runs a query over a coded file and gives its rows, one by one."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import duckdb

from scoring.bulk.coded import Coded
from scoring.bulk.workshop import Row, quoted
from scoring.sql import Engine
from scoring.tables import BadTable

BATCH = 10_000


def _on_duckdb(
    connection: duckdb.DuckDBPyConnection, coded: Coded, sql: str, dsn: str | None
) -> Iterator[Row]:
    connection.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet({quoted(coded.file)})")
    found = connection.execute(sql)
    while rows := found.fetchmany(BATCH):
        yield from rows


def _on_postgres(
    connection: duckdb.DuckDBPyConnection, coded: Coded, sql: str, dsn: str | None
) -> Iterator[Row]:
    import psycopg  # a driver that a run on another engine need not load

    text = coded.file.with_suffix(".csv")
    connection.execute(
        f"COPY (FROM read_parquet({quoted(coded.file)})) TO {quoted(text)} (HEADER false)"
    )
    columns = ", ".join(f"{name} {_POSTGRES_TYPE.get(kind, kind)}" for name, kind in coded.columns)
    with psycopg.connect(dsn or "") as server, server.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE answers ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY answers FROM STDIN (FORMAT csv)") as copy, text.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute("ANALYZE answers")
        with server.cursor("scores") as found:  # a cursor on the server: rows come in batches
            found.itersize = BATCH
            found.execute(sql.encode())
            yield from found


_POSTGRES_TYPE = {"VARCHAR": "TEXT", "TINYINT": "SMALLINT"}


def _on_spark(
    connection: duckdb.DuckDBPyConnection, coded: Coded, sql: str, dsn: str | None
) -> Iterator[Row]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise BadTable(
            "Spark belum terpasang. Pasang dengan “pip install pyspark” (perlu Java 17), "
            "atau pakai --engine duckdb."
        ) from error
    spark = SparkSession.builder.master(dsn or "local[*]").appName("hijau").getOrCreate()
    spark.read.parquet(str(coded.file)).createOrReplaceTempView("answers")
    for row in spark.sql(sql).toLocalIterator():
        yield tuple(row)


RUNNERS: Mapping[
    Engine,
    Callable[[duckdb.DuckDBPyConnection, Coded, str, str | None], Iterator[Row]],
] = {
    Engine.DUCKDB: _on_duckdb,
    Engine.POSTGRES: _on_postgres,
    Engine.SPARK: _on_spark,
}
