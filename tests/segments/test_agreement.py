"""In whatever order things are written, live membership is what the conditions say, and history agrees."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segments import evaluation, rebuild, services
from segments.models import Segment
from tests.segments.steps import drain, matched, members, replayed, touch
from user360.models import Profile, Workspace

CITIES = st.sampled_from([None, "Paris", "paris", "Lyon", "Rome"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "city": CITIES,
        "gender": st.sampled_from([None, "f", "m"]),
        "email_optin": st.sampled_from([None, True, False]),
        "deleted_at": st.none(),
    },
)
LEAVES = st.one_of(
    st.builds(
        lambda op, value: {"property": "city", "op": op, "value": value},
        st.sampled_from(["is", "is_not", "starts_with"]),
        st.sampled_from(["Paris", "Lyon", "r"]),
    ),
    st.builds(lambda op: {"property": "gender", "op": op}, st.sampled_from(["known", "unknown"])),
    st.builds(
        lambda op: {"property": "emailOptin", "op": op},
        st.sampled_from(["is_true", "is_not_true", "is_false", "is_not_false"]),
    ),
)
# The segments are named s0, s1, …; each may read those before it.
READS = st.builds(
    lambda number, op: {"segment": number, "op": op}, st.integers(0, 3), st.sampled_from(["in", "not_in"])
)
TREES = st.recursive(
    LEAVES | READS,
    lambda node: st.one_of(
        st.builds(lambda nodes: {"all": nodes}, st.lists(node, max_size=3)),
        st.builds(lambda nodes: {"any": nodes}, st.lists(node, max_size=3)),
        st.builds(lambda inner: {"not": inner}, node),
    ),
    max_leaves=5,
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 5), VALUES),
        st.tuples(st.just("drain"), st.just(0), st.just({})),
        st.tuples(st.just("drain one"), st.just(0), st.just({})),
        st.tuples(st.just("edit"), st.integers(0, 3), TREES),
        st.tuples(st.just("rebuild"), st.integers(0, 3), st.just({})),
    ),
    max_size=12,
)


def settled(tree: Any, number: int) -> Any:
    """The tree with names in place of numbers; what may not be read becomes everybody."""
    if isinstance(tree, list):
        return [settled(part, number) for part in tree]
    if isinstance(tree, dict) and isinstance(tree.get("segment"), int):
        return {"segment": f"s{tree['segment']}", "op": tree["op"]} if tree["segment"] < number else {"all": []}
    if isinstance(tree, dict):
        return {key: settled(part, number) if key in ("all", "any", "not") else part for key, part in tree.items()}
    return tree


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees=st.lists(TREES, min_size=4, max_size=4), start=st.lists(VALUES, min_size=6, max_size=6), steps=STEPS)
def test_live_membership_is_what_the_conditions_say(
    workspace: Workspace, trees: list[Any], start: list[dict[str, Any]], steps: list[tuple[str, int, Any]]
):
    with transaction.atomic():
        run(workspace, trees, start, steps)
        transaction.set_rollback(True)


def run(
    workspace: Workspace, trees: list[Any], start: list[dict[str, Any]], steps: list[tuple[str, int, Any]]
) -> None:
    profiles = [Profile.objects.create(user_id=f"u{number}", **values) for number, values in enumerate(start)]
    segments: list[Segment] = []
    for number, tree in enumerate(trees):
        conditions = {"all": [settled(tree, number)]}
        segment = services.create_segment(name=f"s{number}", conditions=conditions, actor=None)
        rebuild.refresh_now(segment)
        segments.append(segment)
    does: dict[str, Callable[[int, Any], object]] = {
        "write": lambda number, values: write(profiles[number], values),
        "drain": lambda _number, _: drain(workspace),
        "drain one": lambda _number, _: evaluation.drain_batch(workspace, limit=1),
        "edit": lambda number, tree: redefine(segments[number], settled(tree, number)),
        "rebuild": lambda number, _: rebuild.refresh_now(Segment.objects.get(pk=segments[number].pk)),
    }
    for kind, number, value in steps:
        does[kind](number, value)
    drain(workspace)
    for segment in segments:
        segment.refresh_from_db()
        assert members(segment) == matched(segment) == replayed(segment)
        assert segment.size == len(members(segment))
        assert segment.state == Segment.State.FRESH, segment.error


def write(profile: Profile, values: dict[str, Any]) -> None:
    """Changes the profile, or only tells of it."""
    if values:
        Profile.objects.filter(pk=profile.pk).update(**values)
    touch(profile)


def redefine(segment: Segment, tree: Any) -> None:
    """Edits the segment; the rebuild that follows is done at once."""
    current = Segment.objects.get(pk=segment.pk)
    conditions = {"all": [tree]}
    services.edit_segment(segment=current, name=current.name, description="", conditions=conditions, actor=None)
    rebuild.refresh_now(Segment.objects.get(pk=segment.pk))
