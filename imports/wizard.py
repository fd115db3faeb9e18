"""The steps of the import wizard: their order, their words, which of them may be opened, and what all of them show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from imports.columns import left_out
from imports.engine.mapping import MappedColumn
from imports.models import UserImport
from user360.gate import WorkspaceRequest

# Step → its words; the keys are the names of their addresses.
STEPS: dict[str, str] = {"map": "Map", "conflicts": "Conflicts", "tags": "Tags", "review": "Review"}
PERMISSION = "data.import"

type StepView = Callable[[WorkspaceRequest, UserImport], HttpResponse]


@dataclass(frozen=True)
class Step:
    """One step as the steps component draws it: `state` is done, now or todo."""

    label: str
    url: str
    state: str


@dataclass(frozen=True)
class Earlier:
    """An earlier upload of the very same file; `url` leads to its log or to where it stopped."""

    draft: UserImport
    url: str

    @property
    def imported(self) -> bool:
        """Whether its import was started."""
        return self.draft.job_id is not None


def wizard_step(step: str) -> Callable[[StepView], Callable[[WorkspaceRequest, int], HttpResponse]]:
    """Hands the view the import, and leads elsewhere who comes too early or after the import was started."""

    def decorate(view: StepView) -> Callable[[WorkspaceRequest, int], HttpResponse]:
        @wraps(view)
        def stepped(request: WorkspaceRequest, import_id: int) -> HttpResponse:
            found = UserImport.objects.select_related("check_job", "source", "created_by")
            draft: UserImport = get_object_or_404(found, pk=import_id)
            slug = request.workspace.slug
            if draft.job_id:
                if request.method == "POST":
                    messages.info(request, "This import has been started already.")
                return redirect("imports:log", slug, draft.job_id)
            if step != "map" and not draft.mapping:
                return redirect("imports:map", slug, draft.pk)
            return view(request, draft)

        return stepped

    return decorate


def steps(user_import: UserImport | None, now: str, slug: str) -> list[Step]:
    """Upload and the steps behind it. Those that were done lead to their page; nothing is lost by it."""
    made = [Step("Upload", "", "done" if user_import else "now")]
    reached = _reached(user_import) if user_import else -1
    for position, (key, label) in enumerate(STEPS.items()):
        current = user_import is not None and key == now
        state = "now" if current else "done" if position < max(reached, list(STEPS).index(now)) else "todo"
        known = user_import is not None and (state == "done" or position == reached)
        url = reverse(f"imports:{key}", args=[slug, user_import.pk]) if user_import and known else ""
        made.append(Step(label, url, state if user_import else "todo"))
    return made


def next_step(user_import: UserImport, slug: str) -> str:
    """Where somebody who comes back goes on."""
    if user_import.job_id:
        return reverse("imports:log", args=[slug, user_import.job_id])
    return reverse(f"imports:{list(STEPS)[_reached(user_import)]}", args=[slug, user_import.pk])


def frame(request: WorkspaceRequest, draft: UserImport, step: str) -> dict[str, Any]:
    """What the page of every step shows."""
    columns = [MappedColumn.from_json(stored) for stored in draft.mapping]
    return {
        "draft": draft,
        "steps": steps(draft, step, request.workspace.slug),
        "nav_active": "user360:users",
        "left_out": left_out(columns, draft.user_id_column),
        "earlier": earlier(draft, request.workspace.slug),
    }


def earlier(draft: UserImport, slug: str) -> Earlier | None:
    """The import of the very same file that matters most: one that was started, else the latest."""
    same = UserImport.objects.select_related("created_by").filter(sha256=draft.sha256, pk__lt=draft.pk)
    found = same.exclude(job=None).first() or same.first()
    return Earlier(found, next_step(found, slug)) if found else None


def _reached(user_import: UserImport) -> int:
    """The place of the first step that is not done yet."""
    if not user_import.mapping:
        return 0
    return len(STEPS) - 1 if user_import.check_job_id else 1
