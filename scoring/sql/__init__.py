"""The second reader of a formula: one exact SQL query for millions of rows, on three engines.

Every number is an integer: answers come scaled by a power of ten, weights are brought to a common
denominator, and a node is a pair of numerators (lowest and highest) over one denominator. The one
division is the rounding. No engine divides or rounds by itself: DuckDB's DECIMAL / DECIMAL is a
DOUBLE, and so is Spark's BIGINT / BIGINT.

The long layout is folded by few sums. Each sum is a *word* of bit fields: a field for every
numerator, for every weight that counted, and one bit per answer that is there. One row adds
`answer * a + b`, where `a` and `b` are constants of its indicator, so a hundred indicators in six
aspects cost two sums, not eighteen. What is missing is read off the bits afterwards.

`plan` says what is asked for and how to read the rows of the result. `compiler` walks down the
tree and gathers a `draft`: what the first stage (`long_rows`, `wide_rows` or `tallies`) makes of
the rows of a subject, and what the stages above it compute from that.
"""

from scoring.sql.compiler import compile_node, compile_plan
from scoring.sql.plan import Engine, Layout, Leaf, Plan, Seen, Shape, TooWide, leaves_of
from scoring.sql.tallies import compile_tallies

__all__ = [
    "Engine",
    "Layout",
    "Leaf",
    "Plan",
    "Seen",
    "Shape",
    "TooWide",
    "compile_node",
    "compile_plan",
    "compile_tallies",
    "leaves_of",
]
