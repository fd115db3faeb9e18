"""The chart of who entered and left, drawn as SVG by the server; the table beside it holds the same figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from segments.selectors import DayOfHistory

WIDTH, HALF, GAP = 600, 44, 3


@dataclass(frozen=True)
class Bar:
    """One day: what entered stands on the axis, what left hangs below it. Lengths are in units of the drawing."""

    x: float
    width: float
    entered_y: float
    entered_height: float
    left_height: float
    words: str


@dataclass(frozen=True)
class Chart:
    """A drawing WIDTH wide and 2 HALF high, with its axis in the middle."""

    width: int
    height: int
    axis: int
    bars: list[Bar]


def history_chart(history: Sequence[DayOfHistory]) -> Chart | None:
    """Bars for each day; None when nobody moved."""
    largest = max((max(day.entered, day.left) for day in history), default=0)
    if not largest:
        return None
    step = WIDTH / len(history)
    bars = []
    for index, day in enumerate(history):
        entered, left = (round(_length(count, largest), 1) for count in (day.entered, day.left))
        words = f"{day.day.day} {day.day:%b}: {day.entered:,} entered, {day.left:,} left"
        bars.append(Bar(round(index * step, 1), round(step - GAP, 1), round(HALF - entered, 1), entered, left, words))
    return Chart(WIDTH, 2 * HALF, HALF, bars)


def _length(count: int, largest: int) -> float:
    # One user among thousands is still to be seen.
    return max(count / largest * (HALF - 2), 2) if count else 0
