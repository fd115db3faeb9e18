"""Workers that die or meet: nothing is lost and nothing is written twice."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, connections, transaction
from kombu.exceptions import OperationalError as BrokerError

from segments import evaluation, membership, queue
from segments.models import Segment, SegmentTransition, TouchedProfile
from tests.segments.steps import change, drain, matched, members, replayed, touch
from user360.models import Profile, Workspace
from user360.tenancy import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

IN_PARIS = {"all": [{"property": "city", "op": "is", "value": "Paris"}]}

Makes = Callable[..., Segment]
MakesProfile = Callable[..., Profile]


@pytest.fixture(autouse=True)
def own_debounce() -> None:
    """Tests follow each other faster than messages are repeated."""
    cache.clear()


def test_a_drain_that_dies_half_way_is_done_again(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile, monkeypatch: pytest.MonkeyPatch
):
    segment = make_segment("Paris", IN_PARIS)
    profile = make_profile(city="Paris")
    move = membership.move

    def die(**arguments: Any) -> None:
        move(**arguments)
        # As after kill -9: the server ends the connection, and with it the transaction.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(membership, "move", die)
    with pytest.raises(OperationalError):
        drain(workspace)
    connection.close()
    assert TouchedProfile.objects.count() == 1
    assert members(segment) == set()
    assert SegmentTransition.objects.count() == 0
    monkeypatch.undo()
    drain(workspace)
    segment.refresh_from_db()
    assert members(segment) == replayed(segment) == {profile.pk}
    assert segment.size == 1


def test_two_workers_and_a_writer_at_once_agree_in_the_end(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(evaluation.drain_batch, "__kwdefaults__", {"limit": 7})
    paris = make_segment("Paris", IN_PARIS)
    outside = make_segment("Outside", {"not": {"segment": "paris", "op": "in"}})
    profiles = [make_profile(city="Paris" if number % 2 else "Rome") for number in range(40)]
    together = Barrier(3)

    def work() -> None:
        together.wait()
        for _ in range(8):
            evaluation.drain(workspace)
        connections.close_all()

    def write() -> None:
        together.wait()
        with workspace_scope(workspace):
            for turn in range(3):
                for profile in profiles:
                    with transaction.atomic():
                        change(profile, city="Rome" if (profile.pk + turn) % 3 else "Paris")
        connections.close_all()

    threads = [Thread(target=work), Thread(target=work), Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(workspace)
    for segment in (paris, outside):
        segment.refresh_from_db()
        assert members(segment) == matched(segment) == replayed(segment)
        assert segment.size == len(members(segment))
    assert TouchedProfile.objects.count() == 0


def test_a_broker_that_is_away_does_not_stop_a_write(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile, monkeypatch: pytest.MonkeyPatch
):
    def away(*_: object, **__: object) -> None:
        raise BrokerError

    segment = make_segment("Paris", IN_PARIS)
    monkeypatch.setattr("segments.queue.current_app.send_task", away)
    profile = make_profile(city="Paris")
    assert queue.waiting_workspace_ids() == [workspace.pk]
    drain(workspace)
    assert members(segment) == {profile.pk}
    assert queue.waiting_workspace_ids() == []


def test_many_writes_send_one_message(
    workspace: Workspace, make_profile: MakesProfile, monkeypatch: pytest.MonkeyPatch
):
    sent: list[object] = []
    monkeypatch.setattr("segments.queue.current_app.send_task", lambda *args, **_: sent.append(args))
    profiles = [make_profile() for _ in range(5)]
    assert len(sent) == 1
    drain(workspace)
    touch(*profiles)
    assert len(sent) == 2
