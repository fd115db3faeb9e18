"""The member levels that the query bar offers."""

from tests.factories import WorkspaceFactory, profile
from user360.listing.levels import MAX_LEVELS, member_levels
from user360.models import Profile, Workspace
from user360.tenancy import workspace_scope


def test_each_level_in_use_is_offered_once(workspace: Workspace) -> None:
    for level in ("Gold", "gold", "Silver", "Öre", "öre", "Élite"):
        profile({"memberLevel": level})
    profile({"city": "Paris"})
    with workspace_scope(WorkspaceFactory.create()):
        profile({"memberLevel": "Elsewhere"})
    assert member_levels() == ["Gold", "Silver", "Élite", "Öre"]


def test_hundreds_of_levels_are_cut_off(workspace: Workspace) -> None:
    for number in range(MAX_LEVELS + 5):
        Profile.objects.create(user_id=f"U{number}", member_level=f"L{number}")
    assert len(member_levels()) == MAX_LEVELS
