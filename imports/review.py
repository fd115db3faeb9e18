"""What the review says of a dry run: figures that add up, remedies, users before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from imports.models import UserImport
from user360.masking import mask
from user360.models import Property, Workspace
from user360.property_types import DisplayContext
from user360.property_types.phone import NO_COUNTRY
from user360.property_types.reading import SPREADSHEET_SENTENCE

# With so many values nobody needs to see another user.
SHOWN_CHANGES = 30


@dataclass(frozen=True)
class Tile:
    """One count as `components/tiles.html` draws it."""

    label: str
    value: int
    level: str


@dataclass(frozen=True)
class Remedy:
    """Why rows fail and what helps: a sentence, and links (words, address) to the mapping with the choice made."""

    sentence: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Change:
    """One value of a user before and after; `kept` when it stays because it was edited by hand."""

    user_id: str
    label: str
    before: str
    after: str
    kept: bool = False


# Count of the dry run → caption and colour.
FIGURES: dict[str, tuple[str, str]] = {
    "new": ("New", "ok"),
    "updated": ("Updated", ""),
    "unchanged": ("Unchanged", "muted"),
    "skipped": ("Skipped", "muted"),
    "merged": ("Joined to one user", ""),
    "failed": ("Failed", "bad"),
    "empty": ("Empty", "muted"),
}


def tiles(counts: Mapping[str, int], policy: str) -> list[Tile]:
    """The figures of the review, which add up to the rows of the file."""
    shown = (key for key in FIGURES if key != "skipped" or policy == UserImport.OnConflict.SKIP or counts[key])
    return [Tile(FIGURES[key][0], counts[key], FIGURES[key][1] if counts[key] else "muted") for key in shown]


@dataclass(frozen=True)
class _Cure:
    """A remedy by the words of the reason. `formats` are the date formats to offer."""

    pattern: str
    sentence: str
    formats: tuple[tuple[str, str], ...] = ()


_CURES: tuple[_Cure, ...] = (
    _Cure(
        r"looks like a date written YYYYMMDD",
        "{rows} in “{column}” {hold} dates written as YYYYMMDD:",
        (("yyyymmdd", "read the column as YYYYMMDD"),),
    ),
    _Cure(
        r"can be read day first or month first",
        "{rows} in “{column}” {hold} dates with slashes, points or dashes:",
        (("dmy", "read them day first (31/12/2026)"), ("mdy", "read them month first (12/31/2026)")),
    ),
    _Cure(
        re.escape(NO_COUNTRY),
        "{rows} in “{column}” {hold} a phone number without a country, and the workspace has no default country:"
        " write the numbers with + and the country code.",
    ),
    _Cure(
        re.escape(SPREADSHEET_SENTENCE),
        "{rows} in “{column}” {hold} a number that a spreadsheet shortened; its last digits are gone. Format the"
        " column as text in the spreadsheet and save the file once more.",
    ),
)


def remedies(result: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], map_url: str) -> list[Remedy]:
    """One remedy for each reason that has one, the commonest first."""
    places = {column["name"]: place for place, column in enumerate(columns)}
    found: dict[tuple[str, str], int] = {}
    for reason in result.get("reasons", ()):
        cure = next((cure for cure in _CURES if re.search(cure.pattern, reason["message"])), None)
        if cure is not None:
            key = (cure.pattern, reason["column"])
            found[key] = found.get(key, 0) + reason["rows"]
    cures = {cure.pattern: cure for cure in _CURES}
    commonest = sorted(found.items(), key=lambda item: -item[1])
    return [_remedy(cures[pattern], column, rows, places, map_url) for (pattern, column), rows in commonest]


def _remedy(cure: _Cure, column: str, rows: int, places: Mapping[str, int], map_url: str) -> Remedy:
    counted = f"{rows:,} failed row{'' if rows == 1 else 's'}"
    said = cure.sentence.format(rows=counted, column=column, hold="holds" if rows == 1 else "hold")
    place = places.get(column)
    links = tuple(
        (words, f"{map_url}?{urlencode({f'date-{place}': key})}#column-{place}")
        for key, words in cure.formats
        if place is not None
    )
    return Remedy(said, links)


def changes(result: Mapping[str, Any], workspace: Workspace, *, personal: bool) -> list[Change]:
    """Values of users before and after, of each user all or none; personal data hidden unless `personal`."""
    show = _Shown(workspace, personal=personal)
    found: list[Change] = []
    for sample in result["samples"]:
        if len(found) >= SHOWN_CHANGES:
            break
        before, after, kept = sample["before"], sample["after"], sample.get("kept", {})
        changed = dict.fromkeys([*before, *after])
        who = sample["user_id"]
        found += [Change(who, show.label(key), show(key, before), show(key, after)) for key in changed]
        found += [Change(who, show.label(key), show(key, kept), "", kept=True) for key in kept]
    return found


class _Shown:
    """Stored values as the member may see them."""

    def __init__(self, workspace: Workspace, *, personal: bool) -> None:
        self._properties = {prop.key: prop for prop in Property.objects.all()}
        self._display = DisplayContext(workspace.locale, workspace.zone)
        self._personal = personal

    def label(self, key: str) -> str:
        """What the property is called; a new one by its key."""
        return self._properties[key].label if key in self._properties else key

    def __call__(self, key: str, stored: Mapping[str, Any]) -> str:
        value = stored.get(key)
        prop = self._properties.get(key)
        if value is None or prop is None:
            return "" if value is None else str(value)
        if prop.is_personal and not self._personal:
            return mask(prop.type, str(value))
        text: str = prop.kind.format(prop.kind.from_json(value), self._display)
        return text
