"""`{"source": NAME, "op": "is" | "is_not"}`: where the user first came from."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, override

from django.db.models import F, Value

from user360.conditions.comparisons.base import DENIED
from user360.conditions.place import Place
from user360.conditions.predicates import Columns, Predicate, opposite
from user360.conditions.sql import infix, is_known
from user360.conditions.tree import Evidence, Leaf, Words
from user360.models import Profile, Source
from user360.property_types import DisplayContext
from user360.property_types.operators import OPERATORS

SOURCE_OPERATORS = ("is", "is_not")


@dataclass(frozen=True)
class SourceLeaf(Leaf):
    """The initial source is, or is not, this one."""

    source: Source
    op: str

    @override
    def dump(self) -> dict[str, Any]:
        return {"source": self.source.name, "op": self.op}

    @override
    def predicate(self, now: dt.datetime) -> Predicate:
        came_from = Columns(infix(F("source_id"), "=", Value(self.source.pk)), known=is_known(F("source_id")))
        return opposite(came_from) if self.op in DENIED else came_from

    @override
    def words(self, display: DisplayContext) -> Words:
        return Words("Source", OPERATORS[self.op].label, self.source.name)

    @override
    def evidence(self, profile: Profile, *, now: dt.datetime, display: DisplayContext) -> Evidence:
        return Evidence(values=(profile.source.name,) if profile.source else ())


def parse_source(raw: dict[str, object], place: Place) -> SourceLeaf | None:
    """Reads the leaf; see `kinds.LeafParser`."""
    fields = place.fields(raw, ("source", "op"))
    if fields is None:
        return None
    name, op = place.at("source").name(fields["source"]), fields["op"]
    if name is None:
        return None
    if not isinstance(op, str) or op not in SOURCE_OPERATORS:
        return place.at("op").refuse("wrong_operator", "A source is compared with “is” or “isn't”")
    source = place.schema.sources.get(name)
    if source is None:
        return place.at("source").refuse("unknown_source", f"There is no source “{name[:80]}”")
    return SourceLeaf(place.path, place.schema.zone, source, op)
