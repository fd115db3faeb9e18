"""Time alone moves users in and out of segments."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine

from segments import windows
from segments.models import Segment, SegmentTransition
from tests.segments.steps import drain, matched, members, replayed
from user360.models import Profile, Workspace

START = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)

Makes = Callable[..., Segment]
MakesProfile = Callable[..., Profile]


@pytest.fixture(autouse=True)
def old_workspace(workspace: Workspace) -> None:
    """The first tick looks back to the making of the workspace."""
    workspace.created_at = START - dt.timedelta(days=1)


def test_a_rolling_window_lets_go_at_its_end(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    with time_machine.travel(START, tick=False) as clock:
        last_hour = {"all": [{"property": "lastSeenAt", "op": "last", "value": {"n": 1, "unit": "hours"}}]}
        segment = make_segment("Last hour", last_hour)
        profile = make_profile(last_seen_at=START)
        windows.tick(workspace)
        drain(workspace)
        assert members(segment) == {profile.pk}
        clock.shift(dt.timedelta(minutes=59))
        windows.tick(workspace)
        drain(workspace)
        assert members(segment) == {profile.pk}
        clock.shift(dt.timedelta(minutes=1))
        windows.tick(workspace)
        drain(workspace)
    assert members(segment) == set()
    assert SegmentTransition.objects.get(entered=False).cause == "time"


def test_days_turn_at_the_workspaces_midnight_on_the_day_the_clocks_change(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    # 29 March 2026 has 23 hours in Paris: it begins at 23:00 UTC of the 28th and ends at 22:00 UTC.
    midnights = [dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC), dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)]
    with time_machine.travel(midnights[0] - dt.timedelta(minutes=1), tick=False) as clock:
        segment = make_segment("Today", {"all": [{"property": "registeredAt", "op": "today"}]})
        profile = make_profile(registered_at=dt.datetime(2026, 3, 29, 10, tzinfo=dt.UTC))
        seen = []
        for moment in (midnights[0], midnights[1] - dt.timedelta(seconds=1), midnights[1]):
            clock.move_to(moment, tick=False)
            windows.tick(workspace)
            drain(workspace)
            seen.append(members(segment))
    assert seen == [{profile.pk}, {profile.pk}, set()]


def test_ticks_that_come_late_miss_nothing(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    with time_machine.travel(START, tick=False) as clock:
        segments = [
            make_segment(f"{op} {n}", {"all": [{"property": "lastSeenAt", "op": op, "value": {"n": n, "unit": unit}}]})
            for op, n, unit in (("last", 2, "days"), ("more_than_ago", 1, "weeks"), ("next", 3, "hours"))
        ]
        for hours in range(-300, 24, 7):
            make_profile(last_seen_at=START + dt.timedelta(hours=hours))
        drain(workspace)
        windows.tick(workspace)
        moved = 0
        for hours in (1, 30, 5, 100):
            clock.shift(dt.timedelta(hours=hours))
            moved += windows.tick(workspace)
            drain(workspace)
            for segment in segments:
                assert members(segment) == matched(segment) == replayed(segment)
        assert moved


def test_a_tick_queues_only_those_whose_answer_changes(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    with time_machine.travel(START, tick=False) as clock:
        make_segment(
            "Last day", {"all": [{"property": "lastSeenAt", "op": "last", "value": {"n": 1, "unit": "days"}}]}
        )
        for hours in range(48):
            make_profile(last_seen_at=START - dt.timedelta(hours=hours, minutes=30))
        windows.tick(workspace)
        clock.shift(dt.timedelta(hours=2))
        assert windows.tick(workspace) == 2
