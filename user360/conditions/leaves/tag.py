"""`{"tag": NAME, "op": OP, "value": V}`"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, override

from django.db.models import QuerySet

from user360.conditions.comparisons.base import DENIED
from user360.conditions.comparisons.reading import FRAGMENT, read_operator
from user360.conditions.place import Place
from user360.conditions.predicates import NOBODY, Predicate, Rows, all_of, opposite
from user360.conditions.tree import Evidence, Leaf, Words
from user360.conditions.words import listed
from user360.models import Profile, ProfileTag, Tag
from user360.property_types import DisplayContext
from user360.property_types.operators import OPERATORS
from user360.tenancy import OutsideWorkspaceError, current_workspace_id

TAG_OPERATORS = ("known", "unknown", "is", "is_not", "has_any", "has_all", "has_none")
CONJUNCTIONS = {"has_all": "and"}


# Not `objects`: values of tags are a workspace's own, and asking for the workspace besides would leave the index.
_TAGGED: QuerySet[ProfileTag] = QuerySet(ProfileTag)


@dataclass(frozen=True)
class TagLeaf(Leaf):
    """Which values of a tag a profile has. `name` is the tag as addressed.

    `ids` holds for each of `values` those that read so; without values there is one group, of all. A value that nobody
    has yet is no error: it finds nobody.
    """

    name: str
    tag: Tag
    op: str
    values: tuple[str, ...]
    ids: tuple[tuple[int, ...], ...]

    @override
    def dump(self) -> dict[str, Any]:
        value: Any = list(self.values)
        if OPERATORS[self.op].shape == "one" and len(self.values) == 1:
            value = self.values[0]
        return {"tag": self.name, "op": self.op} | ({"value": value} if self.values else {})

    @override
    def predicate(self, now: dt.datetime) -> Predicate:
        if self.tag.workspace_id != current_workspace_id():
            raise OutsideWorkspaceError("This condition was read in another workspace.")
        if not self.values:
            known = _tagged(self.ids[0])
            return opposite(known) if self.op == "unknown" else known
        if self.op == "has_all":
            return all_of(_tagged(ids) for ids in self.ids)
        some = _tagged(sorted({pk for ids in self.ids for pk in ids}))
        return opposite(some) if self.op in DENIED else some

    @override
    def words(self, display: DisplayContext) -> Words:
        return Words(self.tag.name, OPERATORS[self.op].label, listed(self.values, CONJUNCTIONS.get(self.op, "or")))

    @override
    def evidence(self, profile: Profile, *, now: dt.datetime, display: DisplayContext) -> Evidence:
        tagged = ProfileTag.objects.filter(profile_id=profile.pk, tag_value__tag_id=self.tag.pk)
        return Evidence(values=tuple(tagged.order_by("tag_value__value").values_list("tag_value__value", flat=True)))


def _tagged(ids: Sequence[int]) -> Predicate:
    """Those with one of the values."""
    if not ids:
        return NOBODY
    if len(ids) == 1:
        return Rows(_TAGGED.filter(tag_value_id=ids[0]), unique=True)
    return Rows(_TAGGED.filter(tag_value_id__in=ids))


def parse_tag(raw: dict[str, object], place: Place) -> TagLeaf | None:
    """Reads the leaf; see `kinds.LeafParser`."""
    fields = place.fields(raw, ("tag", "op"), ("value",))
    if fields is None:
        return None
    name = place.at("tag").name(fields["tag"])
    tag = None if name is None else _find(name, place.at("tag"))
    if name is None or tag is None:
        return None
    op = read_operator(fields, TAG_OPERATORS, place, tag.name)
    if op is None:
        return None
    if OPERATORS[op].shape == "none":
        return TagLeaf(place.path, place.schema.zone, name, tag, op, (), (place.schema.all_value_ids(tag),))
    values = place.at("value").values(fields["value"], FRAGMENT)
    if values is None:
        return None
    ids = place.schema.tag_value_ids(tag, values)
    return TagLeaf(place.path, place.schema.zone, name, tag, op, values, ids)


def _find(name: str, place: Place) -> Tag | None:
    tags = place.schema.tags.get(name, ())
    if len(tags) > 1:
        return place.refuse("ambiguous_tag", f"Several tags are called “{name[:80]}”; write “group/name”")
    return tags[0] if tags else place.refuse("unknown_tag", f"There is no tag “{name[:80]}”")
