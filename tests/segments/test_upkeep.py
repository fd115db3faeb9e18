"""Segments that break are mended by themselves, and the commands say what they did."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from segments import rebuild, windows
from segments.models import Segment
from tests.segments.steps import change, drain, members
from user360.models import Job, Profile, Property, Workspace
from user360.services import jobs
from user360.services.properties import create_property

ON_PLAN = {"all": [{"property": "plan", "op": "is", "value": "pro"}]}
IN_PARIS = {"all": [{"property": "city", "op": "is", "value": "Paris"}]}

Makes = Callable[..., Segment]
MakesProfile = Callable[..., Profile]


def test_a_segment_whose_property_is_gone_stands_still_and_recovers(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    create_property(key="plan", label="Plan", type="string", actor=None)
    inside, other = make_profile(attributes={"plan": "pro"}), make_profile()
    segment = make_segment("Pro", ON_PLAN)
    Property.objects.filter(key="plan").delete()
    change(inside, attributes={})
    drain(workspace)
    segment.refresh_from_db()
    assert (segment.state, members(segment)) == ("failed", {inside.pk})
    assert "plan" in segment.error
    Job.objects.all().delete()
    windows.tick(workspace)
    assert not Job.objects.exists()

    create_property(key="plan", label="Plan", type="string", actor=None)
    change(other, attributes={"plan": "pro"})
    drain(workspace)
    windows.tick(workspace)
    jobs.run(Job.objects.get(kind=rebuild.REFRESH_JOB).pk)
    segment.refresh_from_db()
    assert (segment.state, segment.error, members(segment)) == ("fresh", "", {other.pk})


def test_a_failed_refresh_is_not_repeated_at_every_tick(
    workspace: Workspace, make_segment: Makes, make_profile: MakesProfile
):
    segment = make_segment("Paris", IN_PARIS)
    Job.objects.all().delete()
    for _ in range(3):
        Segment.objects.filter(pk=segment.pk).update(state="failed")
        windows.tick(workspace)
    assert Job.objects.filter(kind=rebuild.REFRESH_JOB).count() == 1


def test_the_refresh_of_a_broken_segment_fails_with_its_reason(workspace: Workspace, make_segment: Makes):
    create_property(key="plan", label="Plan", type="string", actor=None)
    segment = make_segment("Pro", ON_PLAN)
    Property.objects.filter(key="plan").delete()
    job = rebuild.enqueue(segment=segment, actor=None)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "plan" in job.error


def test_the_commands_count_and_refresh(workspace: Workspace, make_segment: Makes, make_profile: MakesProfile):
    profile = make_profile(city="Paris")
    make_profile(city="Rome")
    make_segment("Paris", IN_PARIS)
    Profile.objects.filter(pk=profile.pk).update(city="Rome")
    out = StringIO()
    call_command("refresh_segments", "-w", "acme", "paris", stdout=out)
    call_command("refresh_segments", "-w", "acme", stdout=out)
    call_command("count_users", "-w", "acme", "--conditions", json.dumps({"not": IN_PARIS}), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines == [
        "paris: 0 entered, 1 left, 0 in the segment",
        "paris: 0 entered, 0 left, 0 in the segment",
        "2",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("refresh_segments", "-w", "nowhere"),
        ("refresh_segments", "-w", "acme", "nothing"),
        ("count_users", "-w", "acme", "--conditions", "{"),
        ("count_users", "-w", "acme", "--conditions", '{"all": 1}'),
    ],
)
def test_the_commands_say_what_is_wrong(workspace: Workspace, command: tuple[str, ...]):
    with pytest.raises(CommandError):
        call_command(*command)
