"""Lines without anything special take a short way, on which every row and every cell is what it would have been."""

import csv
import io
from itertools import pairwise
from types import SimpleNamespace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imports.engine.plan import Staged
from imports.engine.reading import Batch, PlainBatch, Problem, Rows
from imports.engine.staging import _Encoder
from user360.property_types.reading import ONE_LINE

cell = st.text("ab1 é\u00a0\u2003\t\\\0\x01\x0b\x7f\x85\x9f\udc85", max_size=3)
place = st.integers(0, 40)


@settings(max_examples=600, deadline=None)
@given(text=st.text('ab,,\n\n\r"é ', max_size=40), cuts=st.lists(place, max_size=4))
def test_rows_and_their_lines_are_those_of_the_csv_module(text: str, cuts: list[int]):
    expected: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            expected.append((line, row))
            line = reader.line_num + 1
    except csv.Error:
        assume(False)
    edges = [0, *sorted({cut for cut in cuts if cut < len(text)}), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges) if end > start]

    batches = list(Rows(pieces, ","))

    assert [pair for batch in batches for pair in zip(batch.lines, batch.rows, strict=True)] == expected
    assert all(isinstance(batch, PlainBatch) for batch in batches) or '"' in text or "\r" in text


@settings(max_examples=1_500, deadline=None)
@given(
    rows=st.lists(st.lists(cell, min_size=1, max_size=3), min_size=1, max_size=3),
    delimiter=st.sampled_from(",;\t"),
    mapped=st.sampled_from([(0, 1, 2), (0, 2), (1,)]),
)
def test_cells_are_staged_as_if_each_had_been_looked_at(
    rows: list[list[str]], delimiter: str, mapped: tuple[int, ...]
):
    cells = [[cell.replace(delimiter, "") for cell in row] for row in rows]
    text = "".join(delimiter.join(row) + "\n" for row in cells)
    plan = SimpleNamespace(width=3, staged=[Staged(place, "", "") for place in mapped])
    encoder = _Encoder(plan, [])  # type: ignore[arg-type]  # all that it reads of a plan
    plain = PlainBatch(text, delimiter, range(7, 7 + len(rows)))

    one_by_one = encoder.encode(Batch(plain.rows, plain.lines, {99: Problem("", "")})).splitlines()
    for batch in (plain, Batch(plain.rows, plain.lines)):
        at_once = encoder.encode(batch).splitlines()
        for quick, careful, row in zip(at_once, one_by_one, plain.rows, strict=True):
            line, problem, printable, *staged = quick.split(b"\t")
            assert [line, problem, *staged] == [value for at, value in enumerate(careful.split(b"\t")) if at != 2]
            assert printable == b"f" or not any(ONE_LINE.holds(row[place].strip()) for place in mapped)
