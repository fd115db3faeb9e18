"""`{"property": KEY, "op": OP, "value": V}`"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, override

from user360.conditions.comparisons.base import Comparison
from user360.conditions.comparisons.reading import AGE, read_comparison
from user360.conditions.place import Place
from user360.conditions.predicates import Predicate
from user360.conditions.tree import Evidence, Leaf, Words
from user360.conditions.values import stored
from user360.models import Profile, Property
from user360.property_types import DisplayContext


@dataclass(frozen=True)
class PropertyLeaf(Leaf):
    """A comparison of one property."""

    prop: Property
    comparison: Comparison

    @override
    def dump(self) -> dict[str, Any]:
        return {"property": self.prop.key, **self.comparison.dumped()}

    @override
    def predicate(self, now: dt.datetime) -> Predicate:
        return self.comparison.predicate(stored(self.prop), self.clock(now))

    @property
    @override
    def moves(self) -> bool:
        return self.comparison.moves

    @override
    def flips(self, since: dt.datetime, until: dt.datetime) -> Predicate:
        return self.comparison.flips(stored(self.prop), self.clock(since), self.clock(until))

    @override
    def words(self, display: DisplayContext) -> Words:
        return Words(self.prop.label, self.comparison.operator_words(), self.comparison.value_words(display))

    @override
    def evidence(self, profile: Profile, *, now: dt.datetime, display: DisplayContext) -> Evidence:
        clock = self.clock(now)
        value = value_of(self.prop, profile, clock.today)
        turning = profile.dob if self.prop.is_system and self.prop.key == AGE else value
        return Evidence(
            values=() if value in (None, []) else (self.prop.kind.format(value, display),),
            changes_at=self.comparison.changes_after(turning, clock),
        )


def value_of(prop: Property, profile: Profile, today: dt.date) -> Any:
    """The value that conditions compare: age follows from the date of birth, the name from first and last name."""
    if prop.is_system and prop.key == AGE and profile.dob is not None:
        return Decimal(age_on(today, profile.dob))
    if prop.is_system and prop.key == "name" and (profile.name or profile.first_name or profile.last_name):
        return profile.display_name
    return prop.value_of(profile)


def age_on(today: dt.date, born: dt.date) -> int:
    """Full years of life; who was born on 29 February turns a year older on 1 March of other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def parse_property(raw: dict[str, object], place: Place) -> PropertyLeaf | None:
    """Reads the leaf; see `kinds.LeafParser`."""
    fields = place.fields(raw, ("property", "op"), ("value",))
    if fields is None:
        return None
    key = place.at("property").name(fields["property"])
    if key is None:
        return None
    prop = place.schema.properties.get(key)
    if prop is None:
        return place.at("property").refuse("unknown_property", f"There is no property “{key[:80]}”")
    own = prop.key if prop.is_system else ""
    comparison = read_comparison(fields, prop.kind, place, prop.label, key=own)
    return None if comparison is None else PropertyLeaf(place.path, place.schema.zone, prop, comparison)
