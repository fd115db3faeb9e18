"""`{"identity": TYPE, "op": OP, "value": V}`: some ID of the type compares so; for negative operators none does."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, override

from django.db.models import F, Q
from django.db.models.functions import Lower

from user360.conditions.comparisons.base import DENIED, Comparison, Known
from user360.conditions.comparisons.reading import FRAGMENT, read_operator
from user360.conditions.comparisons.text import LED_BY_INDEX, WHOLE_VALUES, TextComparison, text_test
from user360.conditions.place import INVALID_VALUE, Place
from user360.conditions.predicates import Predicate, Rows, opposite
from user360.conditions.tree import Evidence, Leaf, Words
from user360.conditions.values import Stored
from user360.identification.normalise import InvalidValue, normalise_format
from user360.models import Encryption, Identity, IdentityType, Profile
from user360.models.identity import IN_MIXED_CASE
from user360.property_types import DisplayContext
from user360.property_types.base import ALWAYS_OPERATORS, TEXT_OPERATORS

OPERATORS = (*TEXT_OPERATORS, *ALWAYS_OPERATORS)
# Formats whose spelling keeps letters as they were written; all others are stored in one case.
MIXED_CASE = frozenset({"text"})
HASHES = {Encryption.MD5: hashlib.md5, Encryption.SHA256: hashlib.sha256}


@dataclass(frozen=True)
class IdentityLeaf(Leaf):
    """A comparison of the IDs of one type. Hashed IDs equal a value when its hash does (ID3)."""

    kind: IdentityType
    comparison: Comparison

    @override
    def dump(self) -> dict[str, Any]:
        return {"identity": self.kind.key, **self.comparison.dumped()}

    @override
    def predicate(self, now: dt.datetime) -> Predicate:
        rows = Rows(
            Identity.objects.filter(self._test(), type_id=self.kind.pk), colocated=False, unique=self.kind.single_value
        )
        return opposite(rows) if self.comparison.op in (*DENIED, "unknown") else rows

    def _test(self) -> Q:
        comparison = self.comparison
        if not isinstance(comparison, TextComparison):
            return Q()
        same = Q(encryption=Encryption.NONE) & self._spelt(comparison)
        if comparison.op not in WHOLE_VALUES:
            return same
        return Q(same, *(_hashed(state, comparison.values) for state in HASHES), _connector=Q.OR)

    def _spelt(self, comparison: TextComparison) -> Q:
        """An index leads to either kind of ID: the key to those in lower case, one of their own to the others."""
        if comparison.positive not in LED_BY_INDEX:
            return text_test(comparison.positive, comparison.values, IN_ANY_CASE)
        as_stored = text_test(comparison.positive, comparison.values, AS_STORED)
        if self.kind.format not in MIXED_CASE:
            return as_stored
        return as_stored | IN_MIXED_CASE & text_test(comparison.positive, comparison.values, IN_ANY_CASE)

    @override
    def words(self, display: DisplayContext) -> Words:
        return Words(self.kind.name, self.comparison.operator_words(), self.comparison.value_words(display))

    @override
    def evidence(self, profile: Profile, *, now: dt.datetime, display: DisplayContext) -> Evidence:
        values = Identity.objects.filter(profile_id=profile.pk, type_id=self.kind.pk).order_by("value")
        return Evidence(values=tuple(values.values_list("value", flat=True)))


AS_STORED = Stored(known=Q(), plain=F("value"), sortable=F("value"), literal=str)
IN_ANY_CASE = Stored(known=Q(), plain=F("value"), sortable=Lower("value"), literal=str)


def _hashed(state: Encryption, values: tuple[str, ...]) -> Q:
    digests = [HASHES[state](value.encode(), usedforsecurity=False).hexdigest() for value in values]
    return Q(encryption=state, value__in=digests)


def parse_identity(raw: dict[str, object], place: Place) -> IdentityLeaf | None:
    """Reads the leaf; see `kinds.LeafParser`."""
    fields = place.fields(raw, ("identity", "op"), ("value",))
    if fields is None:
        return None
    key = place.at("identity").name(fields["identity"])
    if key is None:
        return None
    kind = place.schema.identity_types.get(key)
    if kind is None:
        return place.at("identity").refuse("unknown_identity_type", f"There is no ID type “{key[:80]}”")
    op = read_operator(fields, OPERATORS, place, kind.name)
    if op is None:
        return None
    comparison: Comparison | None = Known(op)
    if op not in ALWAYS_OPERATORS:
        comparison = _read_values(op, fields["value"], kind, place.at("value"))
    return None if comparison is None else IdentityLeaf(place.path, place.schema.zone, kind, comparison)


def _read_values(op: str, raw: object, kind: IdentityType, place: Place) -> TextComparison | None:
    values = place.values(raw, FRAGMENT)
    if values is None:
        return None
    if op in WHOLE_VALUES:
        values = tuple(_normalised(value, kind, place) for value in values)
    return None if None in values else TextComparison(op, values, FRAGMENT)


def _normalised(value: str, kind: IdentityType, place: Place) -> str | None:
    country = place.schema.workspace.default_country
    try:
        return normalise_format(kind.format, value, encryption=Encryption.NONE, default_country=country)
    except InvalidValue as error:
        return place.refuse(INVALID_VALUE, error.message)
