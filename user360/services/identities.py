"""Giving IDs to profiles and finding profiles by them. An ID belongs to whoever was first with it in a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from user360.identification.normalise import normalise_format
from user360.models import Encryption, Identity, IdentityType, Source
from user360.property_types import InvalidValue
from user360.tenancy import current_workspace

# Type key, encryption, normalised value: how change rows name an identity.
type StoredIdentity = tuple[str, str, str]


@dataclass(frozen=True)
class NewIdentity:
    """An ID as it was typed or sent."""

    type: str
    value: str
    encryption: str = Encryption.NONE


class DuplicateIdentity(ValueError):  # noqa: N818  # it is an answer, not a defect
    """An ID belongs to somebody else already."""

    def __init__(self, type_name: str, value: str, profile_id: int) -> None:
        super().__init__(f"{type_name} {value} belongs to another user.")
        self.type_name = type_name
        self.value = value
        self.profile_id = profile_id


def add(*, profile_id: int, given: Sequence[NewIdentity], source: Source) -> list[StoredIdentity]:
    """Inserts the IDs in the caller's transaction, in the order of their key so that two writers cannot block each
    other; raises DuplicateIdentity, after which the caller's transaction must roll back, or InvalidValue.
    """
    workspace = current_workspace()
    types = {kind.key: kind for kind in IdentityType.objects.all()}
    country = workspace.default_country
    rows = sorted({(types[one.type].pk, str(one.encryption), _spelt(types[one.type], one, country)) for one in given})
    keys = {kind.pk: key for key, kind in types.items()}
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity (workspace_id, type_id, encryption, value, profile_id, source_id, first_seen_at,"
            " last_seen_at) SELECT %s, t, e, v, %s, %s, %s, %s"
            " FROM unnest(%s::int[], %s::text[], %s::text[]) AS given (t, e, v)"
            " ON CONFLICT DO NOTHING RETURNING type_id, encryption, value",
            [workspace.pk, profile_id, source.pk, now, now, *(list(column) for column in zip(*rows, strict=True))],
        )
        inserted = set(cursor.fetchall())
    for type_id, encryption, value in rows:
        if (type_id, encryption, value) not in inserted:
            raise DuplicateIdentity(types[keys[type_id]].name, value, _owner(type_id, encryption, value))
    return [(keys[type_id], encryption, value) for type_id, encryption, value in rows]


def find_profile_ids(value: str) -> list[int]:
    """The profiles that have the value as an ID of any type, each type spelling it its own way."""
    workspace = current_workspace()
    keys: list[tuple[int, str]] = []
    for kind in IdentityType.objects.filter(enabled=True):
        try:
            keys.append((kind.pk, _spelt(kind, NewIdentity(kind.key, value), workspace.default_country)))
        except InvalidValue:
            continue
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT profile_id FROM unnest(%s::int[], %s::text[]) AS sought (t, v) JOIN identity"
            " ON workspace_id = %s AND type_id = t AND encryption = %s AND value = v",
            [[key for key, _ in keys], [spelt for _, spelt in keys], workspace.pk, Encryption.NONE],
        )
        return [row[0] for row in cursor.fetchall()]


def find_owner(*, type_key: str, value: str) -> int | None:
    """The profile that has the value, in its one spelling, as an unencrypted ID of this type."""
    kind = IdentityType.objects.filter(key=type_key).first()
    return (_owner(kind.pk, Encryption.NONE, value) or None) if kind else None


def _spelt(kind: IdentityType, one: NewIdentity, default_country: str) -> str:
    return normalise_format(kind.format, one.value, encryption=one.encryption, default_country=default_country)


def _owner(type_id: int, encryption: str, value: str) -> int:
    """Whose the ID is; 0 when its owner is gone by now."""
    rows = Identity.objects.filter(type_id=type_id, encryption=encryption, value=value)
    return int(rows.values_list("profile_id", flat=True).first() or 0)
