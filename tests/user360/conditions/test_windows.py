"""Time alone: nobody's answer changes unnoticed, and few are looked at in vain."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.oracles import holds
from tests.user360.conditions.cases import property_cases
from tests.user360.conditions.conftest import NOW, PARIS, World
from user360.conditions import explain, flipped, moving_leaves, parse

pytestmark = pytest.mark.django_db

RELATIVE = [
    case
    for case in property_cases(NOW.isoformat(), "2026-04-01", "2026-04-21")
    if case["property"] in ("ownDate", "ownDatetime", "registeredAt", "dob", "age")
    and case["op"] not in ("on", "before", "after", "known", "unknown")
    and not isinstance(case.get("value"), list)
    and "month" not in (case["value"] if isinstance(case.get("value"), dict) else {})
] + [{"property": "age", "op": "between", "value": [18, 65]}]
ZONES = [PARIS, ZoneInfo("America/New_York"), ZoneInfo("America/Havana"), ZoneInfo("Australia/Lord_Howe")]
# Clocks change in Paris on 29 March and 25 October 2026, in Havana at midnight on 8 March and 1 November.
INSTANTS = [
    NOW,
    dt.datetime(2026, 3, 29, 0, 59, 59, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 8, 4, 59, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 4, 59, 30, tzinfo=dt.UTC),
    dt.datetime(2024, 2, 29, 22, 0, tzinfo=dt.UTC),
]
STEPS = [
    dt.timedelta(microseconds=1),
    dt.timedelta(minutes=1),
    dt.timedelta(hours=1),
    dt.timedelta(days=2),
    dt.timedelta(days=40),
]


@settings(max_examples=150, deadline=None)
@given(
    case=st.sampled_from(RELATIVE),
    zone=st.sampled_from(ZONES),
    since=st.sampled_from(INSTANTS),
    step=st.sampled_from(STEPS),
    part=st.floats(0, 1),
)
@example(
    {"property": "dob", "op": "anniversary", "value": {"next": {"n": 0, "unit": "days"}}}, PARIS, NOW, STEPS[3], 0.5
)
def test_whoever_was_judged_since_and_would_be_judged_otherwise_now_is_looked_at(
    world: World, case: dict[str, Any], zone: ZoneInfo, since: dt.datetime, step: dt.timedelta, part: float
) -> None:
    node, until = parse(case, world.schema(zone)), since + step
    judged = world.moment(since + step * part, zone)
    differing = {
        person.pk
        for person in world.people
        if holds(case, person, judged) != holds(case, person, world.moment(until, zone))
    }
    assert differing <= set(flipped(node, since=since, until=until))


def test_a_tick_in_the_middle_of_a_day_looks_at_those_alone_whose_answer_changes(world: World) -> None:
    noon = dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC)
    tick = noon + dt.timedelta(minutes=1)
    for case in RELATIVE:
        looked_at = flipped(parse(case, world.schema()), since=noon, until=tick).count()
        changed = sum(
            holds(case, person, world.moment(noon)) != holds(case, person, world.moment(tick))
            for person in world.people
        )
        assert looked_at <= changed + 1, case


def test_at_midnight_too_those_alone_are_looked_at(world: World) -> None:
    midnight = dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)
    before, after = midnight - dt.timedelta(seconds=30), midnight + dt.timedelta(seconds=30)
    moved = 0
    for case in RELATIVE:
        looked_at = set(flipped(parse(case, world.schema()), since=before, until=after))
        changed = {
            person.pk
            for person in world.people
            if holds(case, person, world.moment(before)) != holds(case, person, world.moment(after))
        }
        assert changed <= looked_at, case
        assert len(looked_at) <= len(changed) + 1, case
        moved += len(changed)
    assert moved


@settings(max_examples=60, deadline=None)
@given(case=st.sampled_from(RELATIVE), zone=st.sampled_from(ZONES), now=st.sampled_from(INSTANTS), data=st.data())
def test_an_explanation_names_the_instant_at_which_time_changes_the_answer(
    world: World, case: dict[str, Any], zone: ZoneInfo, now: dt.datetime, data: st.DataObject
) -> None:
    schema, person = world.schema(zone), data.draw(st.sampled_from(world.people))
    explanation = explain(parse(case, schema), person.pk, now=now, display=schema.display)
    assert explanation is not None

    def judged(at: dt.datetime) -> bool:
        return holds(case, person, world.moment(at, zone))

    changes_at = explanation.changes_at
    later = [now + dt.timedelta(minutes=1.7**n) for n in range(30)]
    if changes_at is None:
        assert {judged(at) for at in later} == {explanation.holds}
    else:
        assert changes_at > now
        assert judged(changes_at) != explanation.holds
        assert judged(changes_at - dt.timedelta(microseconds=1)) == explanation.holds
        assert {judged(at) for at in later if at < changes_at} <= {explanation.holds}


def test_a_tree_knows_which_of_its_leaves_move(world: World) -> None:
    still = {"property": "registeredAt", "op": "before", "value": "2026-01-01"}
    moving = {"property": "registeredAt", "op": "last", "value": {"n": 3, "unit": "days"}}
    node = parse({"all": [still, {"not": {"any": [moving, {"property": "city", "op": "known"}]}}]}, world.schema())
    assert [leaf.path for leaf in moving_leaves(node)] == [("all", 1, "not", "any", 0)]
    assert not flipped(parse(still, world.schema()), since=NOW, until=NOW + dt.timedelta(days=400)).exists()
