"""The list of jobs: its filters, which live in the address, and its pages, which go by key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import django_filters  # type: ignore[import-untyped]  # it ships none
from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from imports.logs.words import kind_label
from user360.models import Job
from user360.services.jobs import JOB_KINDS

PAGE_SIZE = 50
AFTER, BEFORE = "after", "before"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _day(**attributes: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attributes}, format="%Y-%m-%d")


class JobFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped, see above
    """Kind, status, who started it, and the days of the workspace between which it was started."""

    kind = django_filters.ChoiceFilter(label="Kind", empty_label="Any kind")
    state = django_filters.ChoiceFilter(label="Status", choices=Job.State.choices, empty_label="Any status")
    member = django_filters.ModelChoiceFilter(
        field_name="actor", label="Member", queryset=User.objects.none(), empty_label="Anybody"
    )
    since = django_filters.DateFilter(label="From", method="started_since", widget=_day())
    until = django_filters.DateFilter(label="To", method="started_until", widget=_day())

    class Meta:
        model = Job
        fields = ()

    def __init__(self, data: QueryDict, queryset: QuerySet[Job]) -> None:
        super().__init__(data, queryset)
        kinds = {*JOB_KINDS, *queryset.order_by().values_list("kind", flat=True).distinct()}
        self.filters["kind"].extra["choices"] = sorted(((kind, kind_label(kind)) for kind in kinds), key=_label)
        actors = queryset.order_by().exclude(actor=None).values("actor_id").distinct()
        self.filters["member"].queryset = User.objects.filter(pk__in=actors).order_by("email")

    def started_since(self, jobs: QuerySet[Job], name: str, day: dt.date) -> QuerySet[Job]:  # noqa: ARG002
        """From the first moment of the day on."""
        return jobs.filter(created_at__gte=_midnight(day))

    def started_until(self, jobs: QuerySet[Job], name: str, day: dt.date) -> QuerySet[Job]:  # noqa: ARG002
        """To the last moment of the day."""
        return jobs.filter(created_at__lt=_midnight(day + dt.timedelta(days=1)))


@dataclass(frozen=True)
class JobPage:
    """One page, newest first, and the addresses of its neighbours (empty where there is none)."""

    jobs: list[Job]
    previous: str
    next: str


def page_of(jobs: QuerySet[Job], address: QueryDict) -> JobPage:
    """The page that the address's cursor names; a cursor that says nothing sensible is the first page."""
    backwards = BEFORE in address
    cursor = _read(address.get(BEFORE if backwards else AFTER, ""))
    backwards = backwards and cursor is not None
    order = ("created_at", "id") if backwards else ("-created_at", "-id")
    rows = jobs.select_related("actor").prefetch_related("files").order_by(*order)
    if cursor is not None:
        rows = rows.filter(_beyond(*cursor, backwards=backwards))
    found = list(rows[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_previous, has_next = (more, True) if backwards else (cursor is not None, more)
    return JobPage(
        found,
        _address(address, BEFORE, found[0]) if found and has_previous else "",
        _address(address, AFTER, found[-1]) if found and has_next else "",
    )


def _label(choice: tuple[str, str]) -> str:
    return choice[1]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, timezone.get_current_timezone())


def _beyond(created_at: dt.datetime, pk: int, *, backwards: bool) -> Q:
    side = "gt" if backwards else "lt"
    same_moment: dict[str, Any] = {"created_at": created_at, f"id__{side}": pk}
    return Q(**{f"created_at__{side}": created_at}) | Q(**same_moment)


def _read(cursor: str) -> tuple[dt.datetime, int] | None:
    moment, _, pk = cursor.partition("_")
    try:
        return _EPOCH + dt.timedelta(microseconds=int(moment)), int(pk)
    except (ValueError, OverflowError):
        return None


def _address(address: QueryDict, side: str, job: Job) -> str:
    query = address.copy()
    for name in (AFTER, BEFORE):
        query.pop(name, None)
    microseconds = (job.created_at - _EPOCH) // dt.timedelta(microseconds=1)
    query[side] = f"{microseconds}_{job.pk}"
    return f"?{query.urlencode()}"
