"""The steps of the import wizard: their order, their words, and which of them may be opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from imports.models import UserImport

# Step → its words and the name of its address.
STEPS: dict[str, str] = {"map": "Map", "conflicts": "Conflicts", "tags": "Tags", "review": "Review"}


@dataclass(frozen=True)
class Step:
    """One step as the steps component draws it: `state` is done, now or todo."""

    label: str
    url: str
    state: str


def steps(user_import: UserImport | None, now: str, slug: str) -> list[Step]:
    """Upload and the steps behind it. Those before the current one lead back; nothing is lost by it."""
    made = [Step("Upload", "", "done" if user_import else "now")]
    order = list(STEPS)
    for position, (key, label) in enumerate(STEPS.items()):
        state = "todo" if user_import is None else _state(position, order.index(now))
        url = reverse(f"imports:{key}", args=[slug, user_import.pk]) if user_import and state == "done" else ""
        made.append(Step(label, url, state))
    return made


def _state(position: int, now: int) -> str:
    return "now" if position == now else "done" if position < now else "todo"


def next_step(user_import: UserImport, slug: str) -> str:
    """Where somebody who comes back goes on."""
    if user_import.job_id:
        return reverse("imports:log", args=[slug, user_import.job_id])
    step = "review" if user_import.dry_run else "conflicts" if user_import.mapping else "map"
    return reverse(f"imports:{step}", args=[slug, user_import.pk])


def totals(counts: dict[str, int], policy: str) -> Sequence[dict[str, object]]:
    """The figures of the review, which add up to the rows of the file."""
    shown: list[tuple[str, str, str]] = [
        ("new", "New", "ok"),
        ("updated", "Updated", ""),
        ("unchanged", "Unchanged", "muted"),
        ("merged", "Joined to one user", ""),
        ("failed", "Failed", "bad"),
        ("empty", "Empty", "muted"),
    ]
    if policy == UserImport.OnConflict.SKIP:
        shown.insert(3, ("skipped", "Skipped", "muted"))
    return [
        {"label": label, "value": counts.get(key, 0), "level": level if counts.get(key, 0) else "muted"}
        for key, label, level in shown
    ]
