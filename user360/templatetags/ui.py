"""Template tags and filters of the page components. See docs/components.md."""

import datetime as dt
from functools import lru_cache
from typing import Final

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from tablericons.templatetags.tablericons import icon as draw_icon

register = template.Library()

COLOURS: Final = 8
ICON_SIZE: Final = 16
DASH: Final = mark_safe(
    '<span class="dash" aria-hidden="true">\N{EM DASH}</span><span class="visually-hidden">none</span>'
)
MINUTE: Final = 60
HOUR: Final = 3600
# Days from today → the word that stands for the date.
NEAR_DAYS: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = ICON_SIZE) -> SafeString:
    """The Tabler icon as inline SVG of `size` pixels, hidden from assistive technology.

    `name` is an outline icon (`users`) or a path inside the set (`filled/star`); IconDoesNotExist for any other.
    """
    path = name if "/" in name else f"outline/{name}"
    stroke = 1.9 if size <= ICON_SIZE else 1.6
    return SafeString(draw_icon(path, size=size, stroke_width=stroke, **{"class": "icon", "aria-hidden": "true"}))


@register.filter
def initials(name: object) -> str:
    """Up to two letters that stand for a name: `Amélie Laurent` gives `AL`, nothing gives `?`."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def colour_index(key: object) -> int:
    """One of the colours 1 to 8, always the same for the same id or name."""
    text = str(key)
    return (int(text) if text.isdecimal() else sum(text.encode())) % COLOURS + 1


@register.simple_tag
def avatar(name: object, key: object, size: str = "") -> SafeString:
    """Round initials of `name` in the colour of `key`; `size` is empty (24 px), `large` (34) or `huge` (48)."""
    return format_html(
        '<span class="avatar {}colour-{}" aria-hidden="true">{}</span>',
        f"avatar-{size} " if size else "",
        colour_index(key),
        initials(name),
    )


@register.simple_tag
def dash() -> SafeString:
    """A missing value: a muted dash to the eye, "none" to a screen reader."""
    return DASH


@register.filter
def number(value: float | None) -> str:
    """The figure with thousands separators, `1,004,212`; a dash when there is none."""
    return DASH if value is None else number_format(value, force_grouping=True)


@register.filter
def percent_of(part: float, whole: float) -> str:
    """The share in percent, two digits below one percent: `0.43 %`, `82 %`. Of nothing it is `0 %`."""
    share = 100 * part / whole if whole else 0.0
    text = f"{share:.2f}" if 0 < share < 1 else f"{share:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"


@register.filter
def day(value: dt.date | None) -> str:
    """`12 Mar 2026`; a datetime is read in the active time zone, which is the workspace's. A dash when missing."""
    if value is None:
        return DASH
    local = timezone.localtime(value) if isinstance(value, dt.datetime) else value
    return f"{local.day} {local:%b %Y}"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """`12 Mar 2026, 18:02` in the active time zone, which is the workspace's. A dash when missing."""
    return DASH if value is None else f"{day(value)}, {timezone.localtime(value):%H:%M}"


def in_words(value: dt.datetime, now: dt.datetime) -> str:
    """How a colleague would say it at `now`: `5 minutes ago`, `yesterday 18:02`, `12 Mar 2026`."""
    seconds = int((now - value).total_seconds())
    if 0 <= seconds < MINUTE:
        return "just now"
    if 0 <= seconds < HOUR:
        minutes = seconds // MINUTE
        return "1 minute ago" if minutes == 1 else f"{minutes} minutes ago"
    local = timezone.localtime(value)
    word = NEAR_DAYS.get((local.date() - timezone.localtime(now).date()).days)
    return f"{word} {local:%H:%M}" if word else day(value)


@register.simple_tag
def when(value: dt.datetime | None) -> SafeString:
    """A `<time>` that says the moment in words and, as its title, in full."""
    if value is None:
        return DASH
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), moment(value), in_words(value, timezone.now())
    )


@register.filter
def is_tick_box(field: BoundField) -> bool:
    """Whether the field is one check box, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)
