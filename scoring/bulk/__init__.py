"""Scoring a file of millions of rows in an engine: checked, coded as integers, one query.

DuckDB reads every file. What is checked is each *distinct* cell, by the same function that reads
a cell for the interpreter, so both paths refuse the same tables in the same words. The checked
cells become integers in one Parquet file, and the query of :mod:`scoring.sql` runs over that, in
DuckDB itself, in PostgreSQL or on Spark.

In the order of a run: `raw` reads the file, `cells` checks it, `long_table` and `wide_table` write
it again as integers (`coded`), `engines` run the query, `results` makes of a row what is printed.
"""

from scoring.bulk.results import Reader
from scoring.bulk.run import score_file

__all__ = ["Reader", "score_file"]
