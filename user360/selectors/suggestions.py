"""Values that occur, to be offered while somebody types one."""

from __future__ import annotations

from collections import Counter

from django.db.models import F

from user360.conditions.counting import CountTimeout, time_limit
from user360.conditions.schema import Schema
from user360.conditions.sql import escaped, ilike
from user360.conditions.values import stored
from user360.models import Profile, Property, Tag, TagValue

LIMIT = 50
SAMPLE = 5_000
MILLISECONDS = 300
# Types whose values recur; long texts do not.
RECURRING = ("string", "email", "phone", "url")


def suggestions(schema: Schema, kind: str, name: str, typed: str) -> list[str]:
    """Up to fifty values of a property or tag that hold what was typed; none for personal data, none when slow."""
    if kind == "tag":
        tags = schema.tags.get(name, ())
        return _of_tag(tags[0], typed) if len(tags) == 1 else []
    prop = schema.properties.get(name) if kind == "property" else None
    if prop is None or prop.is_personal:
        return []
    if prop.choices:
        return [choice for choice in prop.choices if typed.casefold() in choice.casefold()][:LIMIT]
    return _occurring(prop, typed)


def _of_tag(tag: Tag, typed: str) -> list[str]:
    values = TagValue.objects.filter(tag=tag, value__icontains=typed)
    return list(values.order_by("value").values_list("value", flat=True)[:LIMIT])


def _occurring(prop: Property, typed: str) -> list[str]:
    """The commonest values among a few thousand users: enough to help, never a scan of everybody."""
    listed = prop.type == "list"
    if not listed and prop.type not in RECURRING:
        return []
    value = stored(prop)
    found = Profile.objects.filter(value.known).annotate(suggested=value.plain)
    if typed and not listed:
        found = found.filter(ilike(F("suggested"), f"%{escaped(typed)}%"))
    try:
        with time_limit(MILLISECONDS):
            some = list(found.order_by().values_list("suggested", flat=True)[:SAMPLE])
    except CountTimeout:
        return []
    items = (item for items in some for item in items) if listed else some
    often = Counter(item for item in items if typed.casefold() in item.casefold())
    return [item for item, _ in sorted(often.most_common(LIMIT), key=lambda pair: (-pair[1], pair[0].casefold()))]
