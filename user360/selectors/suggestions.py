"""Values that occur, to be offered while somebody types one."""

from __future__ import annotations

from django.db import connection
from django.db.models import F

from user360.conditions.counting import CountTimeout, time_limit
from user360.conditions.sql import escaped, ilike
from user360.conditions.values import stored
from user360.models import Profile, Property, Tag, TagValue

LIMIT = 20
MILLISECONDS = 300


def suggestions(kind: str, name: str, typed: str) -> list[str]:
    """Up to twenty values of a property or tag that hold what was typed; none for personal data, none when slow."""
    if kind == "tag":
        tags = Tag.objects.filter(name=name.rpartition("/")[2])
        values = TagValue.objects.filter(tag__in=tags, value__icontains=typed)
        return list(values.order_by("value").values_list("value", flat=True).distinct()[:LIMIT])
    prop = Property.objects.filter(key=name, is_personal=False, archived_at=None).first()
    if kind != "property" or prop is None:
        return []
    if prop.choices:
        return [choice for choice in prop.choices if typed.casefold() in choice.casefold()][:LIMIT]
    return _occurring(prop, typed)


def _occurring(prop: Property, typed: str) -> list[str]:
    """Distinct values among a few thousand users: enough to help, never a scan of everybody."""
    if prop.type not in ("string", "url"):
        return []
    value = stored(prop)
    found = Profile.objects.filter(value.known).annotate(suggested=value.plain)
    if typed:
        found = found.filter(ilike(F("suggested"), f"{escaped(typed)}%"))
    try:
        with time_limit(MILLISECONDS), connection.cursor():
            some = list(found.order_by().values_list("suggested", flat=True)[:5000])
    except CountTimeout:
        return []
    return sorted(set(some))[:LIMIT]
