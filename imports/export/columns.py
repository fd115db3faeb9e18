"""What an export can hold, each as a header and the SQL text of a cell.

In the SQL, `p` is the profile, `i` the identities of the profile, `t` its tags and `source` its source, one row each
(see `sheet`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from user360.masking import sql_mask
from user360.models import Encryption, IdentityType, Property, Tag
from user360.property_types.sql import literal
from user360.tenancy import current_workspace_id

# What begins so is run as a formula by spreadsheets, a signed number is not. Several values of a cell are each looked
# at: where `;` separates cells, a spreadsheet takes them apart. https://owasp.org/www-community/attacks/CSV_Injection
_RUN = "-=+@\t\r\n\uff1d\uff0b\uff0d\uff20"
_BEFORE_HARMFUL = f"(^|;)(?![-+][0-9]+([.][0-9]+)?(?![^;]))(?=[{_RUN}])"
_WITH_APOSTROPHE = r"\1'"
# Spares nearly all cells the pattern, which costs as much as all else together.
_SUSPICIOUS = f"ascii({{0}}) IN ({', '.join(str(ord(sign)) for sign in _RUN)}) OR strpos({{0}}, ';') > 0"

# A moment as ISO 8601. JSON has it ready but for fractions of a second, whose zeros it drops. Before standard time
# zones had odd seconds, which ISO 8601 cannot say, so those are written in UTC. Either makes the text longer.
_TO_THE_SECOND, _FINER = """'YYYY-MM-DD"T"HH24:MI:SS'""", """'YYYY-MM-DD"T"HH24:MI:SS.US'"""
_PRECISION = f"CASE WHEN {{0}} = date_trunc('second', {{0}}) THEN {_TO_THE_SECOND} ELSE {_FINER} END"
_DATETIME = f"""CASE WHEN length(to_json({{0}})::text) = 27 THEN substr(to_json({{0}})::text, 2, 25)
    WHEN mod(extract(timezone FROM {{0}}), 60) = 0 THEN to_char({{0}}, {_PRECISION} || 'TZH:TZM')
    ELSE to_char({{0}} AT TIME ZONE 'UTC', {_PRECISION}) || '+00:00' END"""

# How the values of a typed column are written, by property type; whatever is not named is text as it stands.
_COLUMN_TEXT: dict[str, str] = {
    "number": "{0}::text",
    "boolean": "{0}::text",
    "date": "substr(to_json({0})::text, 2, 10)",
    "datetime": _DATETIME,
    "list": "nullif(array_to_string({0}, ';'), '')",
}
# How a value of `attributes` is written; `->>` gives the text of every scalar in its canonical form.
_ATTRIBUTE_TEXT: dict[str, str] = {
    "datetime": _DATETIME.format("(p.attributes ->> {0})::timestamptz"),
    "list": """(SELECT string_agg(item, ';' ORDER BY place)
        FROM jsonb_array_elements_text(p.attributes -> {0}) WITH ORDINALITY AS listed (item, place))""",
}
# Text that members and sources write freely, and that a spreadsheet could therefore run.
_FREE_TEXT = frozenset({"string", "text", "list", "url", "email"})


@dataclass(frozen=True)
class ExportColumn:
    """One column of the file: its header and the SQL text of its cells."""

    header: str
    sql: str


def harmless(sql: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run."""
    mended = f"regexp_replace({sql}, {literal(_BEFORE_HARMFUL)}, {literal(_WITH_APOSTROPHE)}, 'g')"
    return f"CASE WHEN {_SUSPICIOUS.format(sql)} THEN {mended} ELSE {sql} END"


def harmless_text(text: str) -> str:
    """The same of a text in hand."""
    return re.sub(_BEFORE_HARMFUL, _WITH_APOSTROPHE, text)


def property_column(prop: Property, *, masked: bool, formula_safe: bool) -> ExportColumn:
    """A property by its label; personal data masked for members who may not see it."""
    system = prop.system
    if system is None:
        sql = _ATTRIBUTE_TEXT.get(prop.type, "(p.attributes ->> {0})").format(literal(prop.key))
    elif prop.key == "source":
        sql = "source.name"
    else:
        sql = _COLUMN_TEXT.get(prop.type, "{0}").format(f"p.{system.column}")
    hidden = masked and prop.is_personal
    if hidden:
        sql = sql_mask(prop.type, sql)
    return _column(prop.label, sql, formula_safe=formula_safe and (hidden or prop.type in _FREE_TEXT))


def _column(label: str, sql: str, *, formula_safe: bool) -> ExportColumn:
    return ExportColumn(label, harmless(sql) if formula_safe else sql)


@dataclass(frozen=True)
class IdentityColumn:
    """The IDs of one type in one state; `name` is their column in the row of the profile's identities."""

    type: IdentityType
    encryption: str
    name: str

    @property
    def header(self) -> str:
        """As the contract names it: `MOBILE(UNENCRYPTED)`."""
        return f"{self.type.key.upper()}({Encryption(self.encryption).label.upper()})"

    @property
    def aggregate(self) -> str:
        """SQL that gathers the profile's values from the rows of `identity`."""
        mine = f"type_id = {self.type.pk:d} AND encryption = '{self.encryption}'"
        return f"string_agg(value, ';' ORDER BY first_seen_at, value) FILTER (WHERE {mine}) AS {self.name}"

    def column(self, *, masked: bool, formula_safe: bool) -> ExportColumn:
        """The cell: several values joined, personal data masked for members who may not see it."""
        sql = f"i.{self.name}"
        if masked and self.type.is_personal:
            sql = sql_mask(self.type.format, sql)
        return _column(self.header, sql, formula_safe=formula_safe)


def identity_columns(types: Sequence[IdentityType]) -> list[IdentityColumn]:
    """A column for each type in each state that the workspace has values of; unencrypted ones always."""
    states = [(kind, state) for kind in types for state in Encryption.values if _occurs(kind, state)]
    return [IdentityColumn(kind, state, f"c{index}") for index, (kind, state) in enumerate(states)]


def _occurs(kind: IdentityType, state: str) -> bool:
    if state == Encryption.NONE:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM identity WHERE workspace_id = %s AND type_id = %s AND encryption = %s LIMIT 1",
            [current_workspace_id(), kind.pk, state],
        )
        return cursor.fetchone() is not None


@dataclass(frozen=True)
class TagColumn:
    """The values of one tag; `name` is their column in the row of the profile's tags."""

    tag: Tag
    name: str

    @property
    def aggregate(self) -> str:
        """SQL that gathers the profile's values from `profile_tag` and `tag_value`."""
        return f"string_agg(value, ';' ORDER BY value) FILTER (WHERE tag_id = {self.tag.pk:d}) AS {self.name}"

    def column(self, *, formula_safe: bool) -> ExportColumn:
        """The cell: several values joined."""
        return _column(self.tag.name, f"t.{self.name}", formula_safe=formula_safe)


def tag_columns(tags: Sequence[Tag]) -> list[TagColumn]:
    """A column for each tag."""
    return [TagColumn(tag, f"c{index}") for index, tag in enumerate(tags)]
