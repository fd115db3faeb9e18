"""A few hundred people whose values crowd around everything a condition can ask about."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from tests.oracles import Person, midnight
from user360.models import (
    Encryption,
    Identity,
    IdentityType,
    Profile,
    ProfileTag,
    Property,
    Source,
    Tag,
    TagGroup,
    TagValue,
)
from user360.property_types import PROPERTY_TYPES
from user360.system_properties import SYSTEM_PROPERTIES

CUSTOM = {f"own{kind.capitalize()}": kind for kind in PROPERTY_TYPES}
TYPES = {prop.key: prop.type for prop in SYSTEM_PROPERTIES} | CUSTOM
COLUMNS = {prop.key: prop.column for prop in SYSTEM_PROPERTIES}
SOURCES = ("Shop feed", "CRM", "Loyalty app")
TAGS: dict[str, tuple[str, ...]] = {"Labels": ("vip", "Été", "Opted out"), "Tier": ("gold", "silver")}
SINGLE_TAGS = ("Tier",)
WORDS = ("Paris", "paris", "PARIS-Nord", "Lyon", "Nice", "Été", "ÉTÉ chaud", "100%", "100_", "a\\b", "Straße", "ИВАН")
PHONES = ("+33612345678", "+33698765432", "+4915112345678", "+14155552671")
TEXTS: dict[str, tuple[str, ...]] = {
    "string": WORDS,
    "text": (*WORDS, "first line\nsecond line of Paris"),
    "email": ("ann@example.com", "bob@example.org", "été@exemple.fr", "ann.b@example.com"),
    "phone": PHONES,
    "url": ("https://example.com/A", "https://example.com/b?x=1%25", "http://test.example.org/"),
}

CHOICES: dict[str, tuple[Any, ...]] = TEXTS | {
    "number": (Decimal(0), Decimal("-3.5"), Decimal(7), Decimal("7.25"), Decimal(1200)),
    "time": (dt.time(0), dt.time(5, 59, 59), dt.time(6), dt.time(12, 30), dt.time(22)),
}


class Population:
    """Makes people, deterministically, with dates around `now` as seen in `zone`."""

    def __init__(self, now: dt.datetime, zone: ZoneInfo, size: int, seed: int = 7) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same people every time
        self.now, self.zone = now, zone
        self.people = [self._person() for _ in range(size)]

    def _person(self) -> Person:
        choose = self.random
        values = {key: self.value(kind) for key, kind in TYPES.items() if key not in KEPT and choose.random() < 0.75}
        values |= {"createdAt": self.value("datetime"), "updatedAt": self.value("datetime")}
        if choose.random() < 0.6:
            values["channels"] = self.value("list")
        if choose.random() < 0.6:
            values["lastSeenAt"] = self.value("datetime")
        if "age" in values:
            values["age"] = Decimal(choose.randint(15, 80))
        if "dob" in values:
            values["dob"] = self._birth()
        return Person(
            values=values,
            tags={
                name: set(choose.sample(known, choose.randint(0, 1 if name in SINGLE_TAGS else len(known))))
                for name, known in TAGS.items()
            },
            identities={
                "mobile": self._identities(PHONES),
                "openid": self._identities(("Ab1", "ab1x", "zzz")),
                "email": self._identities(TEXTS["email"]) if choose.random() < 0.5 else set(),
            },
            source=choose.choice((*SOURCES, None)),
        )

    def value(self, kind: str) -> Any:
        """Some value of a type."""
        return {"boolean": self._boolean, "date": self._day, "datetime": self._moment, "list": self._list}.get(
            kind, lambda: self.random.choice(CHOICES[kind])
        )()

    def _boolean(self) -> bool:
        return self.random.random() < 0.5

    def _list(self) -> list[str]:
        return self.random.sample(("web", "App", "Été", "sms"), self.random.randint(1, 3))

    def _day(self) -> dt.date:
        if self.random.random() < 0.05:
            return dt.date(2024, 2, 29)
        today = self.now.astimezone(self.zone).date()
        near = self.random.choice((2, 10, 40, 400, 1500))
        return today + dt.timedelta(days=self.random.randint(-near, near))

    def _birth(self) -> dt.date:
        if self.random.random() < 0.15:
            return dt.date(self.random.choice((1960, 1996, 2000, 2004)), 2, 29)
        today = self.now.astimezone(self.zone).date()
        near = today + dt.timedelta(days=self.random.randint(-3, 3))
        return near.replace(year=near.year - self.random.randint(15, 80))

    def _moment(self) -> dt.datetime:
        choose = self.random
        match choose.randint(0, 2):
            case 0:
                return midnight(self._day(), self.zone) + dt.timedelta(microseconds=choose.randint(-1, 1))
            case 1:
                minutes = choose.choice((0, 1, 5, 60, 1440, 10_080, 43_200)) * choose.choice((-1, 1))
                return self.now + dt.timedelta(minutes=minutes, microseconds=choose.randint(-1, 1))
            case _:
                return self.now + dt.timedelta(seconds=choose.randint(-1500 * 86_400, 1500 * 86_400))

    def _identities(self, values: tuple[str, ...]) -> set[tuple[str, str]]:
        return {(Encryption.NONE.value, value) for value in self.random.sample(values, self.random.randint(0, 2))}


# Kept by the product, or following from other values.
KEPT = {"userId", "createdAt", "updatedAt", "lastSeenAt", "source", "channels", "profileComplete"}


def store(people: list[Person]) -> None:
    """Writes the people, and the schema they need, into the current workspace."""
    for key, kind in CUSTOM.items():
        Property.objects.create(key=key, label=key, type=kind)
    sources = {name: Source.objects.create(name=name) for name in SOURCES}
    for person, pk in zip(people, _ids(len(people)), strict=True):
        person.pk = pk
        person.values["userId"] = f"U{pk}"
    Profile.objects.bulk_create(_profile(person, sources) for person in people)
    for profile in Profile.objects.filter(pk__in=[person.pk for person in people]):
        by_pk = {person.pk: person for person in people}
        by_pk[profile.pk].values["profileComplete"] = Decimal(profile.completeness)
    _store_tags(people)
    _store_identities(people)
    with connection.cursor() as cursor:
        # The planner knows these people then, and nobody counts the tables as empty while our transaction lasts.
        cursor.execute("ANALYZE profile, profile_tag, identity")


def _ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('profile_id_seq') FROM generate_series(1, %s)", [count])
        return [pk for (pk,) in cursor.fetchall()]


def _profile(person: Person, sources: dict[str, Source]) -> Profile:
    columns = {COLUMNS[key]: value for key, value in person.values.items() if key in COLUMNS}
    attributes = {
        key: PROPERTY_TYPES[kind].to_json(person.values[key]) for key, kind in CUSTOM.items() if key in person.values
    }
    source = sources[person.source] if person.source else None
    return Profile(id=person.pk, attributes=attributes, **{**columns, "source": source})


def _store_tags(people: list[Person]) -> None:
    group = TagGroup.objects.get()
    tags = {name: Tag.objects.get_or_create(name=name, defaults={"group": group})[0] for name in TAGS}
    values = {
        (name, value): TagValue.objects.create(tag=tags[name], value=value) for name in TAGS for value in TAGS[name]
    }
    ProfileTag.objects.bulk_create(
        ProfileTag(tag_value=values[name, value], profile_id=person.pk)
        for person in people
        for name, mine in person.tags.items()
        for value in mine
    )


def _store_identities(people: list[Person]) -> None:
    """An ID belongs to one person, so each gets an ending of their own where its format allows."""
    types = {kind.key: kind for kind in IdentityType.objects.all()}
    rows = []
    for number, person in enumerate(people):
        for key, mine in person.identities.items():
            person.identities[key] = own = {_made_unique(key, *each, number) for each in mine}
            rows += [
                Identity(type=types[key], encryption=encryption, value=value, profile_id=person.pk)
                for encryption, value in own
            ]
    Identity.objects.bulk_create(rows)


def _made_unique(key: str, encryption: str, value: str, number: int) -> tuple[str, str]:
    return encryption, f"{value[:-3]}{number:03}" if key == "mobile" else f"{number:03}{value}"
