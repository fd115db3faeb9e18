"""Making, changing and putting away segments."""

from collections.abc import Callable

import pytest

from segments import rebuild, services, static
from segments.models import Segment, SegmentMember, SegmentTransition
from segments.services import SegmentRefused
from tests.segments.steps import change, drain, members, replayed
from user360.models import AuditEntry, Job, Profile, Workspace
from user360.services import jobs

IN_PARIS = {"all": [{"property": "city", "op": "is", "value": "Paris"}]}

Makes = Callable[..., Segment]
MakesProfile = Callable[..., Profile]


def run(kind: str) -> Job:
    """Does the newest job of the kind, as a worker would."""
    job: Job | None = Job.objects.filter(kind=kind).order_by("-pk").first()
    assert job is not None
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_new_segment_is_filled_by_a_job(workspace: Workspace, make_profile: MakesProfile):
    profile = make_profile(city="Paris")
    segment = services.create_segment(name=" In  Paris ", conditions=IN_PARIS, actor=None)
    assert (segment.name, segment.slug, segment.state) == ("In Paris", "in-paris", "refreshing")
    job = run(rebuild.REFRESH_JOB)
    segment.refresh_from_db()
    assert (job.state, job.counts) == ("completed", {"entered": 1, "left": 0, "size": 1})
    assert (segment.state, segment.size, members(segment)) == ("fresh", 1, {profile.pk})


def test_editing_moves_those_who_differ_and_nobody_else(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    both, paris, lyon = make_profile(city="Paris", gender="f"), make_profile(city="Paris"), make_profile(gender="f")
    segment = make_segment("Some", IN_PARIS)
    since = dict(SegmentMember.objects.values_list("profile_id", "entered_at"))
    women = {"all": [{"property": "gender", "op": "is", "value": "f"}]}
    services.edit_segment(segment=segment, name="Women", description="", conditions=women, actor=None)
    assert run(rebuild.REFRESH_JOB).counts == {"entered": 1, "left": 1, "size": 2}
    assert members(segment) == {both.pk, lyon.pk} == replayed(segment)
    assert SegmentMember.objects.get(profile=both).entered_at == since[both.pk]
    assert paris.pk not in members(segment)
    assert AuditEntry.objects.filter(action="segment.edited").get().before["conditions"] == IN_PARIS


def test_a_rebuild_reaches_those_who_read_the_segment(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    profile = make_profile(city="Paris")
    read = make_segment("Read", {"any": []})
    reading = make_segment("Reading", {"all": [{"segment": "read", "op": "in"}]})
    services.edit_segment(segment=read, name="Read", description="", conditions=IN_PARIS, actor=None)
    run(rebuild.REFRESH_JOB)
    assert members(reading) == {profile.pk}


def test_a_rebuild_in_ranges_says_the_same(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile, monkeypatch: pytest.MonkeyPatch
):
    profiles = [make_profile(city="Paris" if number % 3 else None) for number in range(10)]
    monkeypatch.setattr(rebuild, "RANGE", 3)
    monkeypatch.setattr(rebuild.ranges, "__kwdefaults__", {"above": 0, "size": 3})
    segment = make_segment("Paris", IN_PARIS)
    assert members(segment) == {profile.pk for profile in profiles if profile.city}


def test_a_rebuild_under_way_gives_up_when_the_definition_changes(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    make_profile(city="Paris")
    segment = make_segment("Paris", IN_PARIS)
    stale = Segment.objects.get(pk=segment.pk)
    services.edit_segment(segment=segment, name="Paris", description="", conditions={"all": []}, actor=None)
    with pytest.raises(rebuild.Superseded):
        rebuild.rebuild(stale)


@pytest.mark.parametrize("name", ["", "   ", "vip", "VIP ", "x" * 101])
def test_a_name_is_needed_once(workspace: Workspace, make_segment: Makes, name: str):
    make_segment("VIP", {"all": []})
    with pytest.raises(SegmentRefused) as refused:
        services.create_segment(name=name, conditions={"all": []}, actor=None)
    assert refused.value.field == "name"


def test_the_name_of_an_archived_segment_is_free_until_it_comes_back(workspace: Workspace, make_segment: Makes):
    old = make_segment("VIP", {"all": []})
    services.archive_segment(segment=old, actor=None)
    new = make_segment("VIP", {"all": []})
    assert old.slug != new.slug
    with pytest.raises(SegmentRefused, match="already"):
        services.unarchive_segment(segment=old, actor=None)


def test_a_slug_is_never_a_word_of_the_addresses(workspace: Workspace):
    assert services.create_segment(name="New", conditions={"all": []}, actor=None).slug == "new-2"


def test_faults_of_conditions_are_told_with_their_path(workspace: Workspace):
    wrong = {"all": [{"property": "city", "op": "is", "value": "x"}, {"property": "nope", "op": "known"}]}
    with pytest.raises(SegmentRefused) as refused:
        services.create_segment(name="Wrong", conditions=wrong, actor=None)
    assert [error["path"][:2] for error in refused.value.errors] == [["all", 1]]


def test_a_segment_cannot_depend_on_itself(workspace: Workspace, make_segment: Makes):
    one = make_segment("One", IN_PARIS)
    two = make_segment("Two", {"all": [{"segment": "one", "op": "in"}]})
    make_segment("Three", {"not": {"segment": "two", "op": "not_in"}})
    for slug in ("one", "two", "three"):
        conditions = {"any": [IN_PARIS, {"segment": slug, "op": "in"}]}
        with pytest.raises(SegmentRefused) as refused:
            services.edit_segment(segment=one, name="One", description="", conditions=conditions, actor=None)
        assert refused.value.errors[0]["path"] == ["any", 1, "segment"]
        assert refused.value.errors[0]["code"] == "segment_cycle"
    assert members(two) == set()


def test_a_segment_in_use_is_neither_archived_nor_deleted(workspace: Workspace, make_segment: Makes):
    one = make_segment("One", IN_PARIS)
    make_segment("Two", {"all": [{"segment": "one", "op": "in"}]})
    for refuse in (services.archive_segment, services.delete_segment):
        with pytest.raises(SegmentRefused, match="Two"):
            refuse(segment=one, actor=None)


def test_an_archived_segment_cannot_be_named_by_new_conditions(workspace: Workspace, make_segment: Makes):
    services.archive_segment(segment=make_segment("Old", IN_PARIS), actor=None)
    with pytest.raises(SegmentRefused) as refused:
        services.create_segment(name="x", conditions={"all": [{"segment": "old", "op": "in"}]}, actor=None)
    assert refused.value.errors[0]["code"] == "archived_segment"


def test_taken_out_of_the_archive_a_segment_is_brought_up_to_date(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    profile, other = make_profile(city="Paris"), make_profile(city="Rome")
    segment = make_segment("Paris", IN_PARIS)
    services.archive_segment(segment=segment, actor=None)
    change(profile, city="Rome")
    change(other, city="Paris")
    drain(workspace)
    services.unarchive_segment(segment=segment, actor=None)
    run(rebuild.REFRESH_JOB)
    assert members(segment) == {other.pk} == replayed(segment)


def test_a_deleted_segment_takes_its_rows_along_and_leaves_its_users(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    make_profile(city="Paris")
    segment = make_segment("Paris", IN_PARIS)
    services.delete_segment(segment=segment, actor=None)
    assert run(services.DELETE_JOB).counts == {"deleted": 2}
    assert SegmentMember.objects.count() == SegmentTransition.objects.count() == 0
    assert Profile.objects.count() == 1


def test_a_copy_has_the_definition_and_a_name_of_its_own(workspace: Workspace, make_segment: Makes):
    segment = make_segment("VIP", IN_PARIS)
    names = [services.duplicate_segment(segment=segment, actor=None).name for _ in range(2)]
    assert names == ["VIP (copy)", "VIP (copy) 2"]
    assert Segment.objects.get(name=names[1]).conditions == IN_PARIS


def test_a_fixed_list_takes_each_user_once(workspace: Workspace, make_profile: MakesProfile):
    segment = services.create_segment(name="Spring fair", conditions=None, actor=None)
    ids = [make_profile().pk for _ in range(3)]
    assert static.add_members(segment=segment, profile_ids=[ids[0], ids[1], ids[0]]) == 2
    assert static.add_members(segment=segment, profile_ids=ids) == 1
    assert static.remove_members(segment=segment, profile_ids=ids[:1]) == 1
    segment.refresh_from_db()
    assert members(segment) == replayed(segment) == set(ids[1:])
    assert segment.size == 2


def test_a_dynamic_segment_can_read_a_fixed_list(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    fixed = services.create_segment(name="Fair", conditions=None, actor=None)
    segment = make_segment("Not at the fair", {"all": [{"segment": "fair", "op": "not_in"}]})
    profile = make_profile()
    drain(workspace)
    assert members(segment) == {profile.pk}
    static.add_members(segment=fixed, profile_ids=[profile.pk])
    drain(workspace)
    assert members(segment) == set()
    drain(workspace)
    assert members(fixed) == {profile.pk}
