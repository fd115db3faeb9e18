"""One write: checked, recorded, told; pins and origins say where a value came from."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.factories import UserFactory, WorkspaceFactory, profile, prop
from user360.models import Change, Identity, Profile, Source, Workspace
from user360.services.identities import DuplicateIdentity, find_profile_ids
from user360.services.profiles import Origin, ProfileRefused, StaleProfile, create_profile, release_pin, update_profile
from user360.signals import profiles_touched
from user360.tenancy import workspace_scope


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    with workspace_scope(WorkspaceFactory.create(default_country="FR")) as scope:
        yield scope


@pytest.fixture
def crm(workspace: Workspace) -> Origin:
    return Origin(source=Source.objects.create(name="CRM"))


@pytest.fixture
def hand(workspace: Workspace) -> Origin:
    return Origin(actor=UserFactory.create())


def test_a_new_user_has_an_id_a_record_and_is_announced(workspace: Workspace, crm: Origin) -> None:
    told: list[Any] = []
    profiles_touched.connect(lambda **sent: told.append(sent["profile_ids"]), weak=False, dispatch_uid="told")
    made = profile({"city": "Paris"}, user_id="C1", origin=crm)
    profiles_touched.disconnect(dispatch_uid="told")
    assert (made.user_id, made.city, made.display_name) == ("C1", "Paris", "C1")
    change = Change.objects.get(profile_id=made.pk)
    assert change.after == {"properties": {"city": "Paris"}, "identities": [["userId", "none", "C1"]]}
    assert told == [[made.pk]]


def test_two_spellings_of_one_mobile_are_one(workspace: Workspace) -> None:
    first = profile(ids={"mobile": "06 12 34 56 78"})
    with pytest.raises(DuplicateIdentity) as refusal:
        profile(ids={"mobile": "+33612345678"})
    assert refusal.value.profile_id == first.pk
    assert Profile.objects.count() == 1
    assert find_profile_ids("06.12.34.56.78") == [first.pk]


def test_what_a_source_changes_follows_the_next_source(workspace: Workspace, crm: Origin) -> None:
    made = profile({"city": "Paris"}, origin=crm)
    shop = Source.objects.create(name="Shop")
    changed = update_profile(profile_id=made.pk, values={"city": "Lyon"}, origin=Origin(source=shop))
    assert (changed.city, changed.origins, changed.pins, changed.version) == ("Lyon", {"city": shop.pk}, {}, 2)


def test_what_is_edited_by_hand_stays_until_it_is_released(workspace: Workspace, crm: Origin, hand: Origin) -> None:
    made = profile({"city": "Paris"}, origin=crm)
    update_profile(profile_id=made.pk, values={"city": "Nice"}, origin=hand)
    kept = update_profile(profile_id=made.pk, values={"city": "Lyon"}, origin=crm)
    assert kept.city == "Nice"
    assert kept.pins["city"]["value"] == "Lyon"
    released = release_pin(profile_id=made.pk, key="city", origin=hand)
    assert (released.city, released.pins, released.origins) == ("Lyon", {}, {})


def test_a_pin_on_what_no_source_knew_releases_to_unknown(workspace: Workspace, hand: Origin) -> None:
    made = profile()
    update_profile(profile_id=made.pk, values={"city": "Nice"}, origin=hand)
    assert release_pin(profile_id=made.pk, key="city", origin=hand).city is None


def test_a_write_that_changes_nothing_leaves_no_trace(workspace: Workspace, crm: Origin) -> None:
    made = profile({"city": "Paris"}, origin=crm)
    same = update_profile(profile_id=made.pk, values={"city": "Paris"}, origin=crm)
    assert same.version == 1
    assert Change.objects.filter(profile_id=made.pk).count() == 1


def test_a_stale_form_is_refused_with_the_other_value(workspace: Workspace, hand: Origin) -> None:
    made = profile({"city": "Paris"})
    update_profile(profile_id=made.pk, values={"city": "Nice"}, origin=hand, expected_version=1)
    with pytest.raises(StaleProfile) as stale:
        update_profile(profile_id=made.pk, values={"city": "Lyon"}, origin=hand, expected_version=1)
    assert stale.value.theirs == {"city": "Nice"}


@pytest.mark.parametrize("key", ["userId", "createdAt", "source", "profileComplete", "nonsense"])
def test_what_the_product_keeps_is_not_written(workspace: Workspace, hand: Origin, key: str) -> None:
    made = profile()
    with pytest.raises(ProfileRefused) as refusal:
        update_profile(profile_id=made.pk, values={key: "x"}, origin=hand)
    assert refusal.value.key == key


def test_another_workspaces_user_is_not_found(workspace: Workspace, hand: Origin) -> None:
    with workspace_scope(WorkspaceFactory.create()):
        theirs = profile()
    with pytest.raises(Profile.DoesNotExist):
        update_profile(profile_id=theirs.pk, values={"city": "Nice"}, origin=hand)


def test_what_a_source_says_of_a_pinned_value_is_kept_without_a_record(
    workspace: Workspace, crm: Origin, hand: Origin
) -> None:
    made = profile({"city": "Paris"}, origin=crm)
    update_profile(profile_id=made.pk, values={"city": "Nice"}, origin=hand)
    update_profile(profile_id=made.pk, values={"city": "Lyon"}, origin=crm)
    pinned = update_profile(profile_id=made.pk, values={"city": "Menton"}, origin=hand)
    assert (pinned.pins["city"]["value"], pinned.pins["city"]["by"]) == ("Lyon", hand.actor and hand.actor.pk)
    assert Change.objects.filter(profile_id=made.pk).count() == 3


def test_the_age_follows_the_date_of_birth(workspace: Workspace, crm: Origin, hand: Origin) -> None:
    made = profile({"age": "70"}, origin=crm)
    today = timezone.localdate(timezone=workspace.zone)
    born = update_profile(profile_id=made.pk, values={"dob": today.replace(year=today.year - 30, day=1)}, origin=crm)
    assert born.age == 30
    with pytest.raises(ProfileRefused, match="follows"):
        update_profile(profile_id=made.pk, values={"age": 40}, origin=hand)
    assert update_profile(profile_id=made.pk, values={"age": 40}, origin=crm).age == 30
    assert update_profile(profile_id=made.pk, values={"dob": None}, origin=crm).age is None
    changes = [change.before.get("properties", {}) for change in Change.objects.order_by("at", "id")]
    assert changes == [{}, {"age": 70}, {"dob": changes[2]["dob"]}]


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_is_refused_and_nothing_is_lost() -> None:
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        made = profile({"city": "Paris"})
    outcomes: list[str] = []

    def edit(city: str) -> None:
        with workspace_scope(workspace):
            try:
                update_profile(profile_id=made.pk, values={"city": city}, origin=Origin(), expected_version=1)
                outcomes.append(city)
            except StaleProfile as stale:
                outcomes.append(f"stale after {stale.theirs['city']}")
            finally:
                connection.close()

    at_once(lambda: edit("Nice"), lambda: edit("Lyon"))
    with workspace_scope(workspace):
        made.refresh_from_db()
        assert sorted(outcomes) == [made.city, f"stale after {made.city}"]


@pytest.mark.django_db(transaction=True)
def test_writers_that_saw_no_version_queue_up() -> None:
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        made = profile()

    def write(key: str) -> None:
        with workspace_scope(workspace):
            update_profile(profile_id=made.pk, values={key: "x"}, origin=Origin())
        connection.close()

    keys = ["city", "country", "gender", "language"]
    at_once(*(partial(write, key) for key in keys))
    with workspace_scope(workspace):
        made.refresh_from_db()
        assert [getattr(made, key) for key in keys] == ["x"] * 4
        assert made.version == 5


def at_once(*work: Callable[[], None]) -> None:
    """Does the work in threads that start together."""
    start = Barrier(len(work))
    threads = [Thread(target=lambda task=task: (start.wait(), task())) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_id_make_one_user() -> None:
    workspace = WorkspaceFactory.create()
    outcomes: list[str] = []

    def add() -> None:
        try:
            with workspace_scope(workspace):
                outcomes.append(create_profile(values={}, origin=Origin(), user_id="C1").user_id)
        except DuplicateIdentity:
            outcomes.append("refused")
        finally:
            connection.close()

    at_once(add, add)
    with workspace_scope(workspace):
        assert sorted(outcomes) == ["C1", "refused"]
        assert Profile.objects.count() == Identity.objects.count() == 1


EDITS = st.lists(
    st.tuples(
        st.one_of(
            st.tuples(
                st.sampled_from(["city", "country", "nickname"]), st.one_of(st.none(), st.sampled_from(["a", "b"]))
            ),
            st.tuples(st.just("dob"), st.sampled_from([None, date(1990, 5, 1), date(2000, 1, 1)])),
            st.tuples(st.just("age"), st.sampled_from([None, 30, 40])),
            st.tuples(st.just("release"), st.sampled_from(["city", "nickname", "dob", "age"])),
        ),
        st.booleans(),
    ),
    max_size=12,
)


class RecordsTell(TestCase):
    """Whatever is written in whatever order."""

    @settings(max_examples=25, deadline=None)
    @given(edits=EDITS)
    def test_the_records_replayed_give_the_user(self, edits: list[tuple[tuple[str, Any], bool]]) -> None:
        with workspace_scope(WorkspaceFactory.create()):
            prop("nickname")
            crm = Source.objects.create(name="CRM")
            made = profile(origin=Origin(source=crm))
            for (key, value), by_hand in edits:
                origin = Origin() if by_hand else Origin(source=crm)
                if key == "release":
                    release_pin(profile_id=made.pk, key=value, origin=origin)
                else:
                    with suppress(ProfileRefused):
                        update_profile(profile_id=made.pk, values={key: value}, origin=origin)
            replayed: dict[str, Any] = {}
            for change in Change.objects.filter(profile_id=made.pk).order_by("at", "id"):
                for key in change.before.get("properties", {}):
                    assert replayed.pop(key) == change.before["properties"][key]
                replayed |= change.after.get("properties", {})
            made.refresh_from_db()
            born = made.dob and made.dob.isoformat()
            age = None if born else made.age
            state = {"city": made.city, "country": made.country, "dob": born, "age": age, **made.attributes}
            assert replayed == {key: value for key, value in state.items() if value is not None}
