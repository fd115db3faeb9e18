"""The definitions of a workspace's dynamic segments: parsed, ordered by who reads whom, and marked when broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.db.models import Q

from segments.models import Segment
from user360.conditions import ConditionError, ConditionErrors, Node, expression, load_schema, parse
from user360.conditions.errors import Path

State = Segment.State


@dataclass(frozen=True)
class Definition:
    """One dynamic segment as evaluation needs it. `reads` are the slugs of the segments its conditions name."""

    segment_id: int
    slug: str
    version: int
    node: Node
    reads: frozenset[str]

    def expression(self, now: dt.datetime) -> Q:
        """The condition on a profile, as of `now`."""
        return expression(self.node, now=now)


@dataclass(frozen=True)
class Plan:
    """All sound definitions; each level reads only segments of the levels before it."""

    levels: list[list[Definition]] = field(default_factory=list)

    @property
    def definitions(self) -> Iterator[Definition]:
        """Every definition, those that are read before those that read them."""
        return (definition for level in self.levels for definition in level)

    def of(self, segment: Segment) -> Definition | None:
        """The segment's definition; None when it is archived, static, broken or gone."""
        return next((one for one in self.definitions if one.segment_id == segment.pk), None)

    def dependants(self, definition: Definition) -> list[Definition]:
        """Who reads it, directly or through others, in the order in which they are to be evaluated."""
        changing = {definition.slug}
        found = []
        for one in self.definitions:
            if one.reads & changing:
                changing.add(one.slug)
                found.append(one)
        return found


def load() -> Plan:
    """The plan of the current workspace. Marks segments that have become broken and leaves them out."""
    schema = load_schema()
    sound: list[Definition] = []
    for segment in Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None).exclude(state=State.FAILED):
        try:
            node = parse(segment.conditions, schema)
        except ConditionErrors as fault:
            mark_failed(segment.pk, str(fault))
            continue
        reads = frozenset(slugs_in(segment.conditions))
        sound.append(Definition(segment.pk, segment.slug, segment.conditions_version, node, reads))
    return Plan(_levels(sound))


def check(conditions: Mapping[str, Any], *, slug: str | None = None) -> Node:
    """Parses the conditions of a segment (`slug`, None for a new one).

    Raises ConditionErrors, also for segments it may not read: archived ones, and those that read it themselves.
    """
    node = parse(conditions, load_schema())
    named = slugs_in(conditions)
    if not named:
        return node
    segments = {segment.slug: segment for segment in Segment.objects.all()}
    reads = {segment.slug: slugs_in(segment.conditions) for segment in segments.values()}
    errors = []
    for read, path in named.items():
        if segments[read].archived_at is not None:
            sentence = f"The segment “{segments[read].name}” is archived"
            errors.append(ConditionError((*path, "segment"), "archived_segment", sentence))
        elif slug is not None and slug in _reachable(read, reads):
            sentence = "A segment cannot depend on itself, not even by way of others"
            errors.append(ConditionError((*path, "segment"), "segment_cycle", sentence))
    if errors:
        raise ConditionErrors(errors)
    return node


def is_sound(segment: Segment) -> bool:
    """Whether the segment's conditions can be read; if not, the segment says why."""
    try:
        parse(segment.conditions, load_schema())
    except ConditionErrors as fault:
        mark_failed(segment.pk, str(fault))
        return False
    return True


def users_of(segment: Segment) -> list[Segment]:
    """The segments in use whose conditions name this one."""
    others = Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None)
    return [other for other in others if segment.slug in slugs_in(other.conditions)]


def slugs_in(conditions: object, path: Path = ()) -> dict[str, Path]:
    """The slugs of the segments that conditions name, sound or not, each with the path of the naming leaf."""
    found: dict[str, Path] = {}
    if isinstance(conditions, dict):
        if isinstance(conditions.get("segment"), str):
            found[conditions["segment"]] = path
        for key in ("all", "any", "not"):
            found |= slugs_in(conditions.get(key), (*path, key))
    elif isinstance(conditions, list):
        for index, part in enumerate(conditions):
            found |= slugs_in(part, (*path, index))
    return found


def mark_failed(segment_id: int, sentence: str) -> None:
    """Says on the segment why it cannot be kept up; its members stay as they are until it can."""
    Segment.objects.filter(pk=segment_id).update(state=State.FAILED, error=sentence[:500])


def sentence_of(error: DatabaseError) -> str:
    """What the database said of a condition it could not evaluate, in one line."""
    return f"The conditions cannot be evaluated: {str(error).splitlines()[0] if str(error) else 'unknown error'}"


def _levels(definitions: list[Definition]) -> list[list[Definition]]:
    waiting = {one.slug: one for one in definitions}
    levels: list[list[Definition]] = []
    while waiting:
        level = [one for one in waiting.values() if not one.reads & waiting.keys()]
        if not level:
            # Cycles are refused on saving; were there one, each of its segments reads what the others last had.
            level = list(waiting.values())
        levels.append(level)
        for one in level:
            del waiting[one.slug]
    return levels


def _reachable(slug: str, reads: Mapping[str, Mapping[str, Path]]) -> set[str]:
    found: set[str] = set()
    rest = [slug]
    while rest:
        one = rest.pop()
        if one not in found:
            found.add(one)
            rest.extend(reads.get(one, {}))
    return found
