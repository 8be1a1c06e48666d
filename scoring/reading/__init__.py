"""Reading the files of the law, and saying with file, line and cure what is wrong with them."""

from scoring.reading.instrument import (
    InvalidInstrument,
    find_instrument,
    parse_instrument,
    read_instrument,
    shipped_paths,
)
from scoring.reading.lines import MAX_BYTES
from scoring.reading.schema import SHIPPED

__all__ = [
    "MAX_BYTES",
    "SHIPPED",
    "InvalidInstrument",
    "find_instrument",
    "parse_instrument",
    "read_instrument",
    "shipped_paths",
]
