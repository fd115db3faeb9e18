"""What the log page says of a job: its kind, counts, time taken, time left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import number_format

from user360.models import Job
from user360.services.jobs import JOB_KINDS

State = Job.State

# The colour of the badge; states not named are neutral.
BADGES: dict[str, str] = {
    State.RUNNING: "badge-accent",
    State.COMPLETED: "badge-ok",
    State.COMPLETED_WITH_ERRORS: "badge-warn",
    State.FAILED: "badge-bad",
}


@dataclass(frozen=True)
class CountWord:
    """How a count is called: after a number, and as the caption of a tile with its colour."""

    word: str
    caption: str
    level: str = ""


# In the order in which they are said. A count that is not here is called by its key.
COUNT_WORDS: dict[str, CountWord] = {
    "total": CountWord("rows", "Total"),
    "users": CountWord("users", "Users"),
    "new": CountWord("new", "New", "ok"),
    "updated": CountWord("updated", "Updated"),
    "unchanged": CountWord("unchanged", "Unchanged", "muted"),
    "merged": CountWord("merged", "Merged"),
    "skipped": CountWord("skipped", "Skipped", "muted"),
    "empty": CountWord("empty", "Empty", "muted"),
    "entered": CountWord("entered", "Entered", "ok"),
    "left": CountWord("left", "Left"),
    "size": CountWord("members", "Members"),
    "failed": CountWord("failed", "Failed", "bad"),
}

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_UNITS_SAID = 2


@dataclass(frozen=True)
class Tile:
    """One count as `components/tiles.html` draws it."""

    label: str
    value: int
    level: str = ""


def kind_label(kind: str) -> str:
    """What people call this kind of work; a kind that no longer exists is called by its key."""
    known = JOB_KINDS.get(kind)
    return known.label if known else kind.replace("_", " ").capitalize()


def tiles(job: Job) -> list[Tile]:
    """Every count of the job; a zero is never alarming."""
    words = [(key, COUNT_WORDS.get(key, _unknown(key)), job.counts[key]) for key in _in_order(job)]
    return [Tile(word.caption, value, word.level if value else "muted") for _, word, value in words]


def counts(job: Job) -> str:
    """`1,000 rows: 990 new, 10 failed`; zeros are left out, a job without counts has no words."""
    parts = {
        key: f"{_figure(job.counts[key])} {COUNT_WORDS.get(key, _unknown(key)).word}"
        for key in _in_order(job)
        if job.counts[key] or key in ("total", "users")
    }
    total = parts.pop("total", None)
    said = ", ".join(parts.values())
    return f"{total}: {said}" if total and said else total or said


def duration(job: Job) -> str:
    """How long it took, or has taken so far; nothing before it started."""
    if job.started_at is None:
        return ""
    return span((job.finished_at or timezone.now()) - job.started_at)


def span(length: dt.timedelta) -> str:
    """`340 ms`, `12 s`, `2 min 5 s`, `1 h 3 min`."""
    if length < dt.timedelta(seconds=1):
        return f"{max(length // dt.timedelta(milliseconds=1), 1)} ms"
    rest, said = int(length.total_seconds()), []
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        said.append(f"{count} {unit}" if count else "")
    first = next(place for place, text in enumerate(said) if text)
    return " ".join(text for text in said[first : first + _UNITS_SAID] if text)


def progress(job: Job) -> str:
    """How far, how fast, how long still: `40,000 of 100,000 · 8,000 a second · 8 s left`."""
    if job.state == State.QUEUED:
        return "Waiting for a worker"
    said = [_figure(job.processed) + (f" of {_figure(job.total)}" if job.total else "")]
    seconds = (timezone.now() - job.started_at).total_seconds() if job.started_at else 0
    rate = job.processed / seconds if seconds > 0 else 0
    if rate >= 1:
        said.append(f"{_figure(int(rate))} a second")
    if rate > 0 and job.total and job.total > job.processed:
        said.append(f"{span(dt.timedelta(seconds=(job.total - job.processed) / rate))} left")
    return " · ".join(said)


def _in_order(job: Job) -> list[str]:
    whole = [key for key, value in job.counts.items() if isinstance(value, int)]
    order = {key: place for place, key in enumerate(COUNT_WORDS)}
    return sorted(whole, key=lambda key: order.get(key, len(order)))


def _unknown(key: str) -> CountWord:
    word = key.replace("_", " ")
    return CountWord(word, word.capitalize())


def _figure(value: int) -> str:
    return number_format(value, force_grouping=True)
