"""Every sortable column shows all users exactly once, in order, forwards and back, unknown values last."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.factories import prop
from user360.conditions import CountTimeout
from user360.listing import paging
from user360.listing.columns import order_of
from user360.listing.paging import Cursor, Order, Page, page
from user360.models import Profile, Property, Source, Workspace
from user360.property_types import PROPERTY_TYPES
from user360.system_properties import SYSTEM_PROPERTIES

SIZE = 4
COUNT = 23
DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TEXTS = ("anna", "Anna", "ANNA", "Ölaf", "ölaf", "Émile", "zoé", "z", "42", "7", None, None)
CUSTOM = {"nick": "string", "points": "number", "since": "date", "seen": "datetime", "wakes": "time", "home": "url"}
SORTABLE = [one.key for one in SYSTEM_PROPERTIES if one.sortable] + list(CUSTOM)


def some_value(type_key: str, draw: random.Random) -> Any:
    """Few different values, so that many are equal, and every third or so unknown."""
    offset = draw.choice((0, 0, 1, 2, None))
    if type_key in ("string", "email", "phone", "url"):
        return draw.choice(TEXTS)
    if offset is None:
        return None
    return {
        "number": Decimal(draw.choice(("-3", "0", "2.5", "10", "9"))),
        "date": (DAY + dt.timedelta(days=offset)).date(),
        # Microseconds tell two moments apart.
        "datetime": DAY + dt.timedelta(microseconds=offset),
        "time": dt.time(6 + offset, 30),
    }[type_key]


@pytest.fixture
def users(workspace: Workspace) -> list[Profile]:
    draw = random.Random(7)  # noqa: S311  # no secret
    for key, kind in CUSTOM.items():
        prop(key, kind)
    Property.objects.filter(key__in=CUSTOM).update(index_state=Property.IndexState.READY)
    sources = [Source.objects.create(name=name) for name in ("web", "Web", "CRM", "bot")]
    made = []
    for number in range(COUNT):
        columns = {
            one.column: some_value(one.type, draw)
            for one in SYSTEM_PROPERTIES
            if one.editable and one.type in ("string", "email", "phone", "date", "datetime")
        }
        attributes = {}
        for key, kind in CUSTOM.items():
            value = some_value(kind, draw)
            if value is not None:
                attributes[key] = PROPERTY_TYPES[kind].to_json(value)
        columns |= {
            "user_id": f"U{number % 5}{number}",
            "source": draw.choice([*sources, None]),
            "created_at": DAY + dt.timedelta(days=draw.randrange(4)),
            "updated_at": DAY + dt.timedelta(days=draw.randrange(4)),
            "last_seen_at": some_value("datetime", draw),
            "attributes": attributes,
        }
        made.append(Profile.objects.create(**columns))
    return list(Profile.objects.select_related("source").filter(pk__in=[one.pk for one in made]))


def value_of(profile: Profile, key: str) -> Any:
    """What a person would sort by: text without regard to case."""
    value = profile.display_name if key == "name" else Property.objects.get(key=key).value_of(profile)
    return value.lower() if isinstance(value, str) else value


def sorted_by_python(users: list[Profile], key: str, *, descending: bool) -> list[int]:
    values = {user.pk: value_of(user, key) for user in users}
    known = sorted((value, pk) for pk, value in values.items() if value is not None)
    unknown = sorted(pk for pk, value in values.items() if value is None)
    if descending:
        known.reverse()
        unknown.reverse()
    return [pk for _, pk in known] + unknown


def through_the_address(cursor: Cursor | None, order: Order) -> Cursor | None:
    return cursor and Cursor.read(cursor.text(order), order)


def order_by(sort: str) -> Order:
    return order_of(sort, {one.key: one for one in Property.objects.all()}, see_personal=True)


def forwards(order: Order) -> list[Page]:
    pages = [page(Profile.objects.all(), order, size=SIZE)]
    while pages[-1].next:
        assert len(pages) <= COUNT
        pages.append(page(Profile.objects.all(), order, size=SIZE, after=through_the_address(pages[-1].next, order)))
    return pages


def ids(pages: list[Page]) -> list[int]:
    return [user.pk for one in pages for user in one.rows]


@pytest.mark.parametrize("sign", ["", "-"])
def test_every_order_shows_everybody_once_and_in_order(users: list[Profile], sign: str) -> None:
    for key in SORTABLE:
        expected = sorted_by_python(users, key, descending=sign == "-")
        assert ids(forwards(order_by(sign + key))) == expected, key


@pytest.mark.parametrize("sign", ["", "-"])
def test_going_back_shows_the_same_pages(users: list[Profile], sign: str) -> None:
    for key in SORTABLE:
        order = order_by(sign + key)
        there = forwards(order)
        here, back = there[-1], [there[-1]]
        while here.previous:
            assert len(back) <= COUNT
            here = page(Profile.objects.all(), order, size=SIZE, before=through_the_address(here.previous, order))
            back.insert(0, here)
        assert ids(back) == ids(there), key
        assert [one.first for one in back] == [one.first for one in there], key


@contextmanager
def at_once(_milliseconds: int) -> Iterator[None]:
    """A limit that is over before it began."""
    yield
    raise CountTimeout


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_narrowed_list_is_the_same_whether_its_users_are_near_or_far(
    users: list[Profile], sign: str, far: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if far:
        monkeypatch.setattr(paging, "time_limit", at_once)
    shown = {user.pk for user in users if user.user_id[1] in "03"}
    for key in SORTABLE:
        turn = partial(page, Profile.objects.filter(pk__in=shown), order_by(sign + key), size=SIZE, narrowed=True)
        expected = [pk for pk in sorted_by_python(users, key, descending=sign == "-") if pk in shown]
        there = [turn()]
        while there[-1].next:
            there.append(turn(after=there[-1].next))
        assert ids(there) == expected, key
        back = [there[-1]]
        while back[0].previous:
            back.insert(0, turn(before=back[0].previous))
        assert ids(back) == expected, key


def test_the_first_row_of_a_page_has_its_place_in_the_whole(users: list[Profile]) -> None:
    firsts = [one.first for one in forwards(order_by("city"))]
    assert firsts == list(range(1, COUNT + 1, SIZE))


def test_users_who_come_and_go_move_nobody_twice(users: list[Profile]) -> None:
    order = order_by("createdAt")
    first = page(Profile.objects.all(), order, size=SIZE)
    Profile.objects.filter(pk=first.rows[0].pk).delete()
    Profile.objects.create(user_id="early", created_at=DAY - dt.timedelta(days=1))
    rest = page(Profile.objects.all(), order, size=COUNT, after=first.next)
    expected = sorted_by_python(users, "createdAt", descending=False)
    assert [user.pk for user in itertools.chain(first.rows, rest.rows)] == expected


def test_a_cursor_is_good_for_its_own_order_and_workspace_alone(users: list[Profile]) -> None:
    order = order_by("city")
    text = page(Profile.objects.all(), order, size=SIZE).next.text(order)  # type: ignore[union-attr]  # there is more
    assert Cursor.read(text, order) is not None
    assert Cursor.read(text, order_by("-city")) is None
    assert Cursor.read(text[:-1] + ("A" if text[-1] != "A" else "B"), order) is None
    assert Cursor.read("WzAsMSwyLDNd", order) is None
    assert Cursor.read("\0", order) is None


def test_an_order_nobody_offers_is_the_shipped_one(workspace: Workspace) -> None:
    assert [order_by(sort).name for sort in ("age", "-nothing", "", "firstName")] == ["-createdAt"] * 4


def test_masked_data_gives_no_order(workspace: Workspace) -> None:
    properties = {one.key: one for one in Property.objects.all()}
    assert order_of("email", properties, see_personal=True).name == "email"
    assert order_of("email", properties, see_personal=False).name == "-createdAt"
