"""Each operator of each type means what the oracle says, over people of both kinds."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests.oracles import holds
from tests.user360.conditions.cases import exact_identity_cases, other_cases, property_cases
from tests.user360.conditions.conftest import NOW, PARIS, World
from user360.conditions import dump, matching, parse

pytestmark = pytest.mark.django_db


def _cases(now: dt.datetime, zone: ZoneInfo, world: World) -> list[dict[str, object]]:
    today = now.astimezone(zone).date()
    later = today + dt.timedelta(days=20)
    dated = property_cases(now.isoformat(), today.isoformat(), later.isoformat())
    return [*dated, *other_cases(), *exact_identity_cases(world.people)]


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        (NOW, PARIS),
        (NOW, ZoneInfo("America/New_York")),
    ],
    ids=["paris", "new-york"],
)
def test_each_operator_finds_exactly_those_the_oracle_finds(world: World, now: dt.datetime, zone: ZoneInfo) -> None:
    schema, moment = world.schema(zone), world.moment(now, zone)
    wrong, vacuous = [], []
    for case in _cases(now, zone, world):
        node = parse(case, schema)
        found = set(matching(node, now=now).values_list("pk", flat=True))
        expected = {person.pk for person in world.people if holds(case, person, moment)}
        if found != expected:
            wrong.append((case, len(found), len(expected), sorted(found ^ expected)[:3]))
        if not 0 < len(expected) < len(world.people):
            vacuous.append(case)
    assert not wrong
    assert not vacuous, "everybody or nobody proves nothing"


def test_what_is_parsed_and_written_again_parses_to_the_same(world: World) -> None:
    schema = world.schema()
    for case in _cases(NOW, PARIS, world):
        node = parse(case, schema)
        assert parse(dump(node), schema) == node
        assert dump(parse(dump(node), schema)) == dump(node)
