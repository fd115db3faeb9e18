"""One write: checked, recorded, told; pins and origins say where a value came from."""

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
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
    with workspace_scope(WorkspaceFactory(default_country="FR")) as scope:
        yield scope


@pytest.fixture
def crm(workspace: Workspace) -> Origin:
    return Origin(source=Source.objects.create(name="CRM"))


@pytest.fixture
def hand(workspace: Workspace) -> Origin:
    return Origin(actor=UserFactory())


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
    with workspace_scope(WorkspaceFactory()):
        theirs = profile()
    with pytest.raises(Profile.DoesNotExist):
        update_profile(profile_id=theirs.pk, values={"city": "Nice"}, origin=hand)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_id_make_one_user() -> None:
    workspace = WorkspaceFactory()
    start, outcomes = Barrier(2), []

    def add() -> None:
        start.wait()
        try:
            with workspace_scope(workspace):
                outcomes.append(create_profile(values={}, origin=Origin(), user_id="C1").user_id)
        except DuplicateIdentity:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with workspace_scope(workspace):
        assert sorted(outcomes) == ["C1", "refused"]
        assert Profile.objects.count() == Identity.objects.count() == 1


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["city", "country", "nickname"]),
        st.one_of(st.none(), st.sampled_from(["a", "b", "c"])),
        st.booleans(),
    ),
    max_size=12,
)


class RecordsTell(TestCase):
    """Whatever is written in whatever order."""

    @settings(max_examples=25, deadline=None)
    @given(edits=EDITS)
    def test_the_records_replayed_give_the_user(self, edits: list[tuple[str, str | None, bool]]) -> None:
        with workspace_scope(WorkspaceFactory()):
            prop("nickname")
            crm = Source.objects.create(name="CRM")
            made = profile(origin=Origin(source=crm))
            for key, value, by_hand in edits:
                origin = Origin() if by_hand else Origin(source=crm)
                update_profile(profile_id=made.pk, values={key: value}, origin=origin)
            replayed: dict[str, Any] = {}
            for change in Change.objects.filter(profile_id=made.pk).order_by("at", "id"):
                for key in change.before.get("properties", {}):
                    assert replayed.pop(key) == change.before["properties"][key]
                replayed |= change.after.get("properties", {})
            made.refresh_from_db()
            state = {"city": made.city, "country": made.country, **made.attributes}
            assert replayed == {key: value for key, value in state.items() if value is not None}
