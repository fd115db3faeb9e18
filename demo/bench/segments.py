"""From a write to the membership, with fifty live segments."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from demo.bench.figures import Figure, clock, milliseconds
from segments import evaluation, queue, services
from segments.models import Segment
from segments.rebuild import refresh_now
from user360.models import Profile
from user360.tenancy import current_workspace, current_workspace_id

SEGMENTS = 50
BATCH = 1_000
CITIES = ("Paris", "Lyon", "Berlin", "Tokyo", "London", "Mumbai", "Lagos", "Madrid", "Osaka", "Recife")


def figures() -> Iterator[Figure]:
    """One profile, and a thousand at once; a thousand plain updates of the same rows are the limit."""
    _ensure_segments()
    while evaluation.drain(current_workspace()):
        pass
    ids = list(Profile.objects.order_by("-id").values_list("pk", flat=True)[: BATCH * 5])
    one = milliseconds(lambda: _change_and_drain(ids[:1]))
    many = milliseconds(lambda: _change_and_drain(ids[:BATCH]))
    plain = milliseconds(lambda: _change(ids[:BATCH]))
    yield Figure(f"one change, {SEGMENTS} segments, to membership", one)
    yield Figure(f"{BATCH:,} changes to membership", many, limit=plain, limit_name="the UPDATE alone")
    yield Figure("evaluation a profile", (many - plain) / BATCH)
    segment = Segment.objects.order_by("-size")[0]
    refresh_now(segment)
    segment.refresh_from_db()
    with clock() as again:
        refresh_now(segment)
    yield Figure(f"full comparison of a segment of {segment.size:,}", again.seconds * 1000)


def _ensure_segments() -> None:
    for number in range(Segment.objects.filter(archived_at=None).count(), SEGMENTS):
        condition = {
            "all": [
                {"property": "city", "op": "is", "value": CITIES[number % len(CITIES)]},
                {"property": "orders", "op": "gte", "value": number % 30},
            ]
        }
        services.create_segment(name=f"Benchmark {number}", conditions=condition, actor=None)


def _change(ids: list[int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE profile SET updated_at = %s WHERE id = ANY(%s)", [timezone.now(), ids])


def _change_and_drain(ids: list[int]) -> None:
    with transaction.atomic():
        _change(ids)
        queue.enqueue(workspace_id=current_workspace_id(), profile_ids=ids, cause="")
    while evaluation.drain_batch(current_workspace()):
        pass
