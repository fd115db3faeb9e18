"""A changed profile enters and leaves its segments, whatever the segments read."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from segments import evaluation, services
from segments.definitions import Definition
from segments.models import Segment, SegmentTransition, TouchedProfile
from tests.segments.steps import change, drain, matched, members, replayed, touch
from user360.models import Profile, Workspace
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

PARIS = {"property": "city", "op": "is", "value": "Paris"}
IN_PARIS = {"all": [PARIS]}

Makes = Callable[..., Segment]
MakesProfile = Callable[..., Profile]


def test_a_profile_that_comes_to_match_enters(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    segment = make_segment("Paris", IN_PARIS)
    profile, other = make_profile(city="Lyon"), make_profile(city="Lyon")
    change(profile, city="paris")
    drain(workspace)
    assert members(segment) == {profile.pk} != {other.pk}


def test_a_profile_that_no_longer_matches_leaves(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    profile, other = make_profile(city="Paris"), make_profile(city="Paris")
    segment = make_segment("Paris", IN_PARIS)
    assert members(segment) == {profile.pk, other.pk}
    change(profile, city=None)
    drain(workspace)
    assert members(segment) == {other.pk}


def test_the_size_follows(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    segment = make_segment("Paris", IN_PARIS)
    profiles = [make_profile(city="Paris") for _ in range(3)]
    drain(workspace)
    change(profiles[0], city="Rome")
    drain(workspace)
    segment.refresh_from_db()
    assert segment.size == 2


def test_entering_and_leaving_are_recorded_with_their_cause(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    profile = make_profile(city="Paris")
    segment = make_segment("Paris", IN_PARIS)
    change(profile, city="Rome")
    drain(workspace)
    rows = SegmentTransition.objects.filter(segment=segment).order_by("at").values_list("entered", "cause")
    assert list(rows) == [(True, "definition"), (False, "data")]
    assert replayed(segment) == members(segment)


def test_a_segment_that_reads_another_follows_in_the_same_batch(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    paris = make_segment("Paris", IN_PARIS)
    outside = make_segment("Outside", {"all": [{"segment": paris.slug, "op": "not_in"}]})
    further = make_segment("Further", {"not": {"segment": outside.slug, "op": "in"}})
    profile = make_profile(city="Paris")
    evaluation.drain_batch(workspace)
    assert (members(paris), members(outside), members(further)) == ({profile.pk}, set(), {profile.pk})
    change(profile, city="Rome")
    evaluation.drain_batch(workspace)
    assert (members(paris), members(outside), members(further)) == (set(), {profile.pk}, set())


def test_a_deleted_profile_leaves(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    profile = make_profile(city="Paris")
    segment = make_segment("Paris", IN_PARIS)
    change(profile, deleted_at=profile.created_at)
    drain(workspace)
    assert members(segment) == set()


def test_an_archived_segment_keeps_its_users_and_is_no_longer_kept_up(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    profile = make_profile(city="Paris")
    segment = make_segment("Paris", IN_PARIS)
    services.archive_segment(segment=segment, actor=None)
    change(profile, city="Rome")
    drain(workspace)
    assert members(segment) == {profile.pk}


def test_other_workspaces_have_no_part_in_it(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    segment = make_segment("Paris", IN_PARIS)
    elsewhere = create_workspace(name="Other", slug="other")
    with workspace_scope(elsewhere):
        touch(Profile.objects.create(user_id="x", city="Paris"))
        drain(elsewhere)
    drain(workspace)
    assert members(segment) == matched(segment) == set()


def test_a_write_that_is_rolled_back_queues_nothing(workspace: Workspace, make_profile: MakesProfile):
    class ChangedMindError(Exception):
        pass

    @transaction.atomic
    def write() -> None:
        make_profile()
        raise ChangedMindError

    with pytest.raises(ChangedMindError):
        write()
    assert TouchedProfile.objects.count() == 0


def test_a_condition_the_database_refuses_stops_its_own_segment_alone(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile, monkeypatch: pytest.MonkeyPatch
):
    broken, paris = make_segment("Broken", {"all": []}), make_segment("Paris", IN_PARIS)
    asked = Definition.expression

    def expression(self: Definition, now):
        return (
            Q(RawSQL("1 / (random() * 0)::int = 1", [], output_field=BooleanField()))
            if self.slug == broken.slug
            else asked(self, now)
        )

    monkeypatch.setattr(Definition, "expression", expression)
    profile = make_profile(city="Paris")
    drain(workspace)
    broken.refresh_from_db()
    assert (members(paris), members(broken)) == ({profile.pk}, set())
    assert broken.state == Segment.State.FAILED
    assert "division by zero" in broken.error
