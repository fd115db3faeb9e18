"""A figure, what it is measured against in the same run, and their ratio."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Figure:
    """`value` and `limit` in `unit`; `limit` is None where there is nothing to hold it against in the run."""

    name: str
    value: float
    unit: str = "ms"
    limit: float | None = None
    limit_name: str = ""

    def line(self) -> str:
        """As the command prints it."""
        shown = f"{self.name:<48} {self.value:>12,.2f} {self.unit}"
        if self.limit is None:
            return shown
        ratio = self.value / self.limit if self.limit else float("nan")
        return f"{shown}   limit {self.limit:,.2f} {self.unit} ({self.limit_name})   ratio {ratio:.2f}"


@dataclass
class Clock:
    """Measures what happens inside a `with` block; `seconds` afterwards."""

    seconds: float = field(default=0.0)


@contextmanager
def clock() -> Iterator[Clock]:
    """Wall time of a block."""
    measured = Clock()
    started = time.perf_counter()
    yield measured
    measured.seconds = time.perf_counter() - started


def milliseconds(work: Callable[[], object], runs: int = 5) -> float:
    """The median of several runs after one that is not counted."""
    work()
    times = []
    for _ in range(runs):
        with clock() as run:
            work()
        times.append(run.seconds * 1000)
    return statistics.median(times)


def percentile(times: list[float], share: float) -> float:
    """The time that `share` of the runs did not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def machine() -> str:
    """Where and when the figures were taken."""
    cores = os.cpu_count()
    return f"{datetime.now(UTC):%Y-%m-%d} · {platform.machine()} · {cores} cores · Python {platform.python_version()}"
