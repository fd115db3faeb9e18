"""How a delimited text is written: the delimiter, and whether its first row is a header."""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from imports.engine.limits import MAX_COLUMNS
from imports.engine.refusal import FileRefused

DELIMITERS: dict[str, str] = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
_SAMPLE_ROWS = 50
# What a header hardly ever is: a number, a day, an e-mail address, a phone number, a web address.
_VALUE = re.compile(
    r"[+-]?\d+([.,]\d+)?|\d{4}-\d\d-\d\d([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|[^@\s]+@[^@\s]+\.[^@\s]+"
    r"|\+[\d ()-]{6,}|https?://.+",
    re.IGNORECASE,
)
NO_HEADER = (
    "The first row looks like data, not like the names of columns (“{value}”); put a row with the names above it."
)


def detect_delimiter(sample: str, file_name: str = "") -> str:
    """The delimiter that cuts the rows of the sample most evenly; a comma where there is one column."""
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        widths = _widths(sample, delimiter)
        if widths and (commonest := Counter(widths).most_common(1)[0])[0] > 1:
            first_agrees = widths[0] == commonest[0]
            scores[delimiter] = (commonest[1] / len(widths) + first_agrees, commonest[0])
    if not scores:
        return "\t" if file_name.lower().removesuffix(".gz").endswith(".tsv") else ","
    return max(scores, key=lambda delimiter: scores[delimiter])


def _widths(sample: str, delimiter: str) -> list[int]:
    reader = csv.reader(sample.splitlines(keepends=True), delimiter=delimiter)
    widths: list[int] = []
    try:
        for row in reader:
            if row:
                widths.append(len(row))
            if len(widths) == _SAMPLE_ROWS:
                break
    except csv.Error:
        return widths
    return widths


def value_in_header(first_row: Sequence[str]) -> str | None:
    """A cell that shows the first row to be data; None when it can be a header."""
    cells = [cell.strip() for cell in first_row if cell.strip()]
    values = [cell for cell in cells if _VALUE.fullmatch(cell)]
    return values[0] if values and len(values) * 10 >= len(cells) else None


def column_names(first_row: Sequence[str], *, header: bool) -> list[str]:
    """The names of the columns. Raises FileRefused when a name is there twice or there are too many."""
    if len(first_row) > MAX_COLUMNS:
        raise FileRefused(f"The file has {len(first_row):,} columns; {MAX_COLUMNS:,} is the most.")
    if not header:
        return [f"Column {place}" for place in range(1, len(first_row) + 1)]
    names = [" ".join(cell.split()) or f"Column {place}" for place, cell in enumerate(first_row, start=1)]
    for name, count in Counter(names).items():
        if count > 1:
            places = [str(place) for place, other in enumerate(names, start=1) if other == name]
            raise FileRefused(
                f"The column “{name}” is there {count} times (columns {', '.join(places)}); give each its own name."
            )
    return names
