"""Writing profiles one at a time; the import engine writes sets by the same rules.

1. A value is stored in the canonical form of its type, or not at all: unknown is NULL, or no key in `attributes`.
2. A value changed by hand is *pinned*: `pins[key]` says who and when, and keeps what the source said before. A source
   that brings another value later leaves the pinned one alone and only replaces what the pin keeps (UD5, AU2).
3. `origins[key]` names the source of a value wherever it is not the profile's first source.
4. The age follows from the date of birth where that is known: `age` then is its years at the time of the write, no
   value of its own, and in no change row (PR1).
5. Every write that changed something leaves one change row with what changed and nothing else, raises `version` and
   tells who listens to `profiles_touched`; a write that changed nothing leaves no trace (AU3).
6. One user is locked while it is written, so that writers queue up and none of them loses a value.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from user360.models import Change, Job, Profile, Property, Source
from user360.services import identities
from user360.services.identities import NewIdentity
from user360.services.workspaces import MANUAL_SOURCE
from user360.signals import profiles_touched
from user360.tenancy import current_workspace, current_workspace_id

USER_ID, AGE, BORN = "userId", "age", "dob"


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
    props = _writable({key: value for key, value in values.items() if value is not None})
    for prop in props:
        if not _follows_birth(profile, prop, values[prop.key], origin):
            _set(profile, prop, values[prop.key])
    _settle_age(profile)
    profile.save(force_insert=True)
    after = {"properties": _state(profile, props), "identities": stored}
    record_change(profile_id=profile.pk, kind=Change.Kind.CREATED, origin=origin, source=source, after=after)
    announce(profile.pk)
    profile.refresh_from_db()
    return profile


@transaction.atomic
def update_profile(
    *, profile_id: int, values: Mapping[str, Any], origin: Origin, expected_version: int | None = None
) -> Profile:
    """Sets and (with None) clears properties by the rules above.

    With `expected_version`, the version that the writer saw, a profile that moved on raises StaleProfile. Raises
    Profile.DoesNotExist for nobody, ProfileRefused for a property that cannot be written.
    """
    profile = lock_profile(profile_id)
    props = _writable(values)
    if expected_version is not None and profile.version != expected_version:
        raise StaleProfile(profile, {prop.key: prop.value_of(profile) for prop in props})
    source = origin.source_row()
    state, pins = _state(profile, props), dict(profile.pins)
    for prop in props:
        new = values[prop.key]
        if _follows_birth(profile, prop, new, origin):
            continue
        if not origin.by_hand and prop.key in profile.pins:
            _remember(profile, prop, new, source)
        elif prop.value_of(profile) != new:
            if origin.by_hand:
                _pin(profile, prop, origin.actor)
            _set(profile, prop, new)
            _set_origin(profile, prop.key, source.pk, known=new is not None)
    return _finish(profile, props, state, pins, origin)


@transaction.atomic
def release_pin(*, profile_id: int, key: str, origin: Origin) -> Profile:
    """Lets a property follow its source again: the pin goes and what the source last said comes back."""
    profile = lock_profile(profile_id)
    props = list(Property.objects.filter(key=key))
    if key not in profile.pins or not props:
        return profile
    state, pins = _state(profile, props), dict(profile.pins)
    pin = profile.pins.pop(key)
    said = None if pin.get("value") is None else props[0].kind.from_json(pin["value"])
    _set(profile, props[0], said)
    _set_origin(profile, key, pin.get("source"), known=said is not None)
    return _finish(profile, props, state, pins, origin)


def lock_profile(profile_id: int) -> Profile:
    """The user, held until the caller's transaction ends; raises Profile.DoesNotExist."""
    profile: Profile = Profile.objects.select_for_update().get(pk=profile_id, deleted_at=None)
    return profile


def record_change(
    *,
    profile_id: int,
    kind: str,
    origin: Origin,
    source: Source,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Adds a change row in the caller's transaction."""
    Change.objects.create(
        profile_id=profile_id,
        kind=kind,
        actor=origin.actor,
        job=origin.job,
        source=source,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def announce(profile_id: int) -> None:
    """Tells who listens that the user may have come into or gone out of segments."""
    profiles_touched.send(sender=Profile, workspace_id=current_workspace_id(), profile_ids=[profile_id])


def years_since(born: dt.date) -> int:
    """The age in whole years today, in the current workspace's time zone; at least 0."""
    today = timezone.localdate(timezone=current_workspace().zone)
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


def _writable(values: Mapping[str, Any]) -> list[Property]:
    """The properties behind the keys; refuses those the product keeps by itself and those that are not there."""
    props = {prop.key: prop for prop in Property.objects.filter(key__in=list(values), archived_at=None)}
    for key in values:
        if key not in props:
            raise ProfileRefused(key, f"There is no user property {key}.")
        if not props[key].editable:
            raise ProfileRefused(key, f"{props[key].label} cannot be edited.")
    # The date of birth first, since it decides about the age.
    return sorted((props[key] for key in values), key=lambda prop: prop.key != BORN)


def _follows_birth(profile: Profile, prop: Property, age: Any, origin: Origin) -> bool:
    """Whether this is an age that the date of birth decides; raises ProfileRefused for one by hand that is another."""
    if prop.key != AGE or profile.dob is None:
        return False
    if origin.by_hand and age != years_since(profile.dob):
        raise ProfileRefused(AGE, "The age follows from the date of birth.")
    return True


def _settle_age(profile: Profile) -> None:
    if profile.dob is not None:
        profile.age = years_since(profile.dob)


def _state(profile: Profile, props: Sequence[Property]) -> dict[str, Any]:
    """What is known of these properties, as change rows say it; with the date of birth goes the age."""
    values = {prop.key: (prop, prop.value_of(profile)) for prop in props}
    state = {key: _json(prop, value) for key, (prop, value) in values.items() if value is not None}
    if BORN in values and profile.age is not None:
        state[AGE] = int(profile.age)
    if profile.dob is not None:
        state.pop(AGE, None)
    return state


def _json(prop: Property, value: Any) -> Any:
    """The canonical JSON; the age is a whole number in its column."""
    return prop.kind.to_json(Decimal(value) if prop.type == "number" else value)


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


def _pin(profile: Profile, prop: Property, actor: User | None) -> None:
    pin = dict(profile.pins.get(prop.key, {}))
    old = prop.value_of(profile)
    if not pin and old is not None:
        pin = {"value": _json(prop, old), "source": profile.origins.get(prop.key, profile.source_id)}
    profile.pins[prop.key] = {**pin, "by": actor and actor.pk, "at": timezone.now().isoformat()}


def _remember(profile: Profile, prop: Property, said: Any, source: Source) -> None:
    """Keeps in the pin what the source says."""
    stored = None if said is None else _json(prop, said)
    profile.pins[prop.key] = {**profile.pins[prop.key], "value": stored, "source": source.pk}


def _finish(
    profile: Profile, props: Sequence[Property], state: dict[str, Any], pins: dict[str, Any], origin: Origin
) -> Profile:
    """Writes what differs from the state and the pins of before, if anything does."""
    if BORN in state and profile.dob is None and all(prop.key != AGE for prop in props):
        profile.age = None
    _settle_age(profile)
    now_state = _state(profile, props)
    before = {key: value for key, value in state.items() if now_state.get(key) != value}
    after = {key: value for key, value in now_state.items() if state.get(key) != value}
    if not (before or after or pins != profile.pins):
        return profile
    profile.version += 1
    if before or after:
        profile.updated_at = timezone.now()
        changed = {"before": {"properties": before}, "after": {"properties": after}}
        record_change(
            profile_id=profile.pk, kind=Change.Kind.UPDATED, origin=origin, source=origin.source_row(), **changed
        )
        announce(profile.pk)
    columns = [prop.system.column for prop in props if prop.system is not None]
    profile.save(update_fields=[*columns, AGE, "attributes", "origins", "pins", "version", "updated_at"])
    profile.refresh_from_db()
    return profile
