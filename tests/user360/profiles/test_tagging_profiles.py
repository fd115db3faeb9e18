"""Tags of one user: single and multi, closed lists, what is given by hand."""

from collections.abc import Iterator

import pytest

from tests.factories import UserFactory, WorkspaceFactory, profile, tag
from user360.models import Change, Profile, ProfileTag, Source, Tag, TagValue, Workspace
from user360.services.profiles import Origin
from user360.services.tags import TagRefused, tag_profile
from user360.tenancy import workspace_scope


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    with workspace_scope(WorkspaceFactory.create()) as scope:
        yield scope


@pytest.fixture
def crm(workspace: Workspace) -> Origin:
    return Origin(source=Source.objects.create(name="CRM"))


@pytest.fixture
def hand(workspace: Workspace) -> Origin:
    return Origin(actor=UserFactory.create())


@pytest.fixture
def tier(workspace: Workspace) -> Tag:
    return tag("Tier", Tag.Kind.SINGLE)


def values_of(profile: Profile) -> dict[str, bool]:
    """The values a user has, and whether they were given by hand."""
    rows = ProfileTag.objects.filter(profile_id=profile.pk).select_related("tag_value")
    return {row.tag_value.value: row.pinned for row in rows}


def test_a_single_tag_keeps_the_last_value(tier: Tag, hand: Origin) -> None:
    made = profile()
    tag_profile(profile_id=made.pk, add=[(tier, "gold")], origin=hand)
    tag_profile(profile_id=made.pk, add=[(tier, "silver"), (tier, "bronze")], origin=hand)
    assert values_of(made) == {"bronze": True}
    told = [(change.kind, change.before, change.after) for change in Change.objects.order_by("at", "id")][1:]
    assert told == [
        ("tag.added", {}, {"tags": [[tier.pk, "gold"]]}),
        ("tag.removed", {"tags": [[tier.pk, "gold"]]}, {}),
        ("tag.added", {}, {"tags": [[tier.pk, "bronze"]]}),
    ]


def test_a_multi_tag_holds_several_and_gives_them_back(hand: Origin) -> None:
    made, labels = profile(), tag("Labels")
    tag_profile(profile_id=made.pk, add=[(labels, "a"), (labels, "b"), (labels, " a ")], origin=hand)
    assert set(values_of(made)) == {"a", "b"}
    tag_profile(profile_id=made.pk, remove=[(labels, "a")], origin=hand)
    assert set(values_of(made)) == {"b"}


def test_a_closed_list_refuses_a_new_value(tier: Tag, hand: Origin) -> None:
    tier.free_entry = False
    tier.save()
    made = profile()
    with pytest.raises(TagRefused, match="closed list"):
        tag_profile(profile_id=made.pk, add=[(tier, "gold")], origin=hand)
    assert not TagValue.objects.filter(tag=tier).exists()


def test_a_source_leaves_alone_what_was_given_by_hand(tier: Tag, hand: Origin, crm: Origin) -> None:
    made, labels = profile(), tag("Labels")
    tag_profile(profile_id=made.pk, add=[(tier, "gold"), (labels, "vip")], origin=hand)
    tag_profile(profile_id=made.pk, add=[(tier, "silver"), (labels, "new")], remove=[(labels, "vip")], origin=crm)
    assert values_of(made) == {"gold": True, "vip": True, "new": False}


def test_giving_by_hand_what_a_source_gave_pins_it_without_a_record(tier: Tag, hand: Origin, crm: Origin) -> None:
    made = profile()
    tag_profile(profile_id=made.pk, add=[(tier, "gold")], origin=crm)
    tag_profile(profile_id=made.pk, add=[(tier, "gold")], origin=hand)
    assert values_of(made) == {"gold": True}
    assert Change.objects.filter(kind="tag.added").count() == 1


def test_nobody_of_another_workspace_is_tagged(tier: Tag, hand: Origin) -> None:
    with workspace_scope(WorkspaceFactory.create()):
        theirs = profile()
    with pytest.raises(Profile.DoesNotExist):
        tag_profile(profile_id=theirs.pk, add=[(tier, "gold")], origin=hand)
