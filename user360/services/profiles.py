"""Writing profiles one at a time; the import engine writes sets by the same rules.

1. A value is stored in the canonical form of its type, or not at all: unknown is NULL, or no key in `attributes`.
2. A value changed by hand is *pinned*: `pins[key]` says who and when, and keeps what the source said before. A source
   that brings another value later leaves the pinned one alone and only replaces what the pin keeps (UD5, AU2).
3. `origins[key]` names the source of a value wherever it is not the profile's first source.
4. Every write that changed something leaves one change row with what changed and nothing else, raises `version` and
   tells who listens to `profiles_touched`; a write that changed nothing leaves no trace (AU3).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from user360.models import Change, Job, Profile, Property, Source
from user360.services import identities
from user360.services.identities import NewIdentity
from user360.services.workspaces import MANUAL_SOURCE
from user360.signals import profiles_touched
from user360.tenancy import current_workspace_id

USER_ID = "userId"


@dataclass(frozen=True)
class Origin:
    """On whose behalf a write happens: a member by hand (no source), or a source, perhaps in a job."""

    actor: User | None = None
    source: Source | None = None
    job: Job | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person typed it."""
        return self.source is None

    def source_row(self) -> Source:
        """The source; the workspace's manual entry for what was done by hand."""
        if self.source is not None:
            return self.source
        manual: Source = Source.objects.get_or_create(name=MANUAL_SOURCE, defaults={"kind": Source.Kind.MANUAL})[0]
        return manual


class ProfileRefused(ValueError):  # noqa: N818  # it is an answer, not a defect
    """A property cannot be written; `key` names it."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        self.message = message


class StaleProfile(Exception):  # noqa: N818
    """Somebody saved the profile in between; `theirs` holds their values of the properties one wanted to write."""

    def __init__(self, profile: Profile, theirs: dict[str, Any]) -> None:
        super().__init__("Somebody else changed this user in the meantime.")
        self.profile = profile
        self.theirs = theirs


def next_ids(count: int) -> list[int]:
    """Fresh profile ids, fetched before the rows are written (SCALE rule 2)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('profile_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def generated_user_id() -> str:
    """A user ID for somebody who came without one."""
    return f"u-{secrets.token_hex(8)}"


@transaction.atomic
def create_profile(
    *,
    values: Mapping[str, Any],
    origin: Origin,
    user_id: str | None = None,
    new_identities: Sequence[NewIdentity] = (),
) -> Profile:
    """Adds a user; the identities come first, since they alone make a person unique.

    `values`: property key → Python value of its type, as `parse_values` gives them. Raises DuplicateIdentity when an
    ID belongs to somebody already, ProfileRefused for a property that cannot be written.
    """
    source = origin.source_row()
    profile = Profile(id=next_ids(1)[0], source=source, workspace_id=current_workspace_id())
    own = NewIdentity(USER_ID, user_id) if user_id else NewIdentity(USER_ID, generated_user_id())
    stored = identities.add(profile_id=profile.pk, given=[own, *new_identities], source=source)
    profile.user_id = next(value for kind, _, value in stored if kind == USER_ID)
    known = {key: value for key, value in values.items() if value is not None}
    for prop in _writable(known):
        _set(profile, prop, known[prop.key])
    profile.save(force_insert=True)
    properties = {prop.key: prop.kind.to_json(known[prop.key]) for prop in _writable(known)}
    _record(profile.pk, Change.Kind.CREATED, origin, after={"properties": properties, "identities": stored})
    profile.refresh_from_db()
    return profile


@transaction.atomic
def update_profile(
    *, profile_id: int, values: Mapping[str, Any], origin: Origin, expected_version: int | None = None
) -> Profile:
    """Sets and (with None) clears properties by the rules above.

    With `expected_version`, the version that the writer saw, a profile that moved on raises StaleProfile.
    """
    profile: Profile = Profile.objects.get(pk=profile_id, deleted_at=None)
    props = _writable(values)
    if expected_version is not None and profile.version != expected_version:
        raise StaleProfile(profile, {prop.key: prop.value_of(profile) for prop in props})
    source = origin.source_row()
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    kept = False
    for prop in props:
        old, new = prop.value_of(profile), values[prop.key]
        if not origin.by_hand and prop.key in profile.pins:
            kept |= _remember(profile, prop, new, source)
            continue
        if old == new:
            continue
        if origin.by_hand:
            _pin(profile, prop, old, origin.actor)
        _set(profile, prop, new)
        _set_origin(profile, prop.key, source.pk, known=new is not None)
        _note(before, prop, old)
        _note(after, prop, new)
    if not (before or after or kept):
        return profile
    _save(profile, {prop.key: prop.value_of(profile) for prop in props})
    if before or after:
        _record(profile.pk, Change.Kind.UPDATED, origin, before={"properties": before}, after={"properties": after})
    profile.refresh_from_db()
    return profile


@transaction.atomic
def release_pin(*, profile_id: int, key: str, origin: Origin) -> Profile:
    """Lets a property follow its source again: the pin goes and what the source last said comes back."""
    profile: Profile = Profile.objects.get(pk=profile_id, deleted_at=None)
    pin = profile.pins.get(key)
    if pin is None:
        return profile
    prop = Property.objects.get(key=key)
    old = prop.value_of(profile)
    new = None if pin.get("value") is None else prop.kind.from_json(pin["value"])
    del profile.pins[key]
    _set(profile, prop, new)
    _set_origin(profile, key, pin.get("source"), known=new is not None)
    _save(profile, {key: new})
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    _note(before, prop, old)
    _note(after, prop, new)
    _record(profile.pk, Change.Kind.UPDATED, origin, before={"properties": before}, after={"properties": after})
    profile.refresh_from_db()
    return profile


def _writable(values: Mapping[str, Any]) -> list[Property]:
    """The properties behind the keys; refuses those the product keeps by itself and those that are not there."""
    props = {prop.key: prop for prop in Property.objects.filter(key__in=list(values), archived_at=None)}
    for key in values:
        if key not in props:
            raise ProfileRefused(key, f"There is no user property {key}.")
        if not props[key].editable:
            raise ProfileRefused(key, f"{props[key].label} cannot be edited.")
    return [props[key] for key in values]


def _set(profile: Profile, prop: Property, value: Any) -> None:
    if prop.system is None:
        if value is None:
            profile.attributes.pop(prop.key, None)
        else:
            profile.attributes[prop.key] = prop.kind.to_json(value)
        return
    setattr(profile, prop.system.column, int(value) if prop.type == "number" and value is not None else value)


def _set_origin(profile: Profile, key: str, source_id: int | None, *, known: bool) -> None:
    if known and source_id is not None and source_id != profile.source_id:
        profile.origins[key] = source_id
    else:
        profile.origins.pop(key, None)


def _pin(profile: Profile, prop: Property, old: Any, actor: User | None) -> None:
    pin = dict(profile.pins.get(prop.key, {}))
    if not pin and old is not None:
        pin = {"value": prop.kind.to_json(old), "source": profile.origins.get(prop.key, profile.source_id)}
    profile.pins[prop.key] = {**pin, "by": actor and actor.pk, "at": timezone.now().isoformat()}


def _remember(profile: Profile, prop: Property, said: Any, source: Source) -> bool:
    """Keeps in the pin what the source says; whether that is news."""
    pin = profile.pins[prop.key]
    stored = None if said is None else prop.kind.to_json(said)
    if pin.get("value") == stored and pin.get("source") == source.pk:
        return False
    profile.pins[prop.key] = {**pin, "value": stored, "source": source.pk}
    return True


def _note(side: dict[str, Any], prop: Property, value: Any) -> None:
    if value is not None:
        side[prop.key] = prop.kind.to_json(value)


def _save(profile: Profile, wished: dict[str, Any]) -> None:
    """Writes the profile if nobody was faster; raises StaleProfile otherwise."""
    fields = {
        field.attname: getattr(profile, field.attname)
        for field in Profile._meta.concrete_fields
        if not field.generated and field.attname not in ("id", "workspace_id", "version", "updated_at")
    }
    mine = Profile.objects.filter(pk=profile.pk, version=profile.version)
    if mine.update(**fields, version=profile.version + 1, updated_at=timezone.now()) != 1:
        current: Profile = Profile.objects.get(pk=profile.pk)
        props = Property.objects.filter(key__in=list(wished))
        raise StaleProfile(current, {prop.key: prop.value_of(current) for prop in props})


def _record(
    profile_id: int,
    kind: str,
    origin: Origin,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    Change.objects.create(
        profile_id=profile_id,
        kind=kind,
        actor=origin.actor,
        job=origin.job,
        source=origin.source_row(),
        before=dict(before or {}),
        after=dict(after or {}),
    )
    profiles_touched.send(sender=Profile, workspace_id=current_workspace_id(), profile_ids=[profile_id])
