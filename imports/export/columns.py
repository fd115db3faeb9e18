"""What an export can hold, each as a header and the SQL text of a cell.

In the SQL, `p` is the profile, `i` the identities of the profile and `t` its tags, one row each (see `sheet`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from user360.masking import sql_mask

from user360.models import Encryption, IdentityType, Property, Tag
from user360.tenancy import current_workspace_id

# A cell that begins so is run as a formula by spreadsheets; a signed number is not.
# https://owasp.org/www-community/attacks/CSV_Injection
_HARMFUL = r"^[=+\-@\t\r]"
_SIGNED_NUMBER = r"^[+-][0-9]+([.][0-9]+)?$"

# How the values of a typed column are written, by property type; whatever is not named is text as it stands.
_COLUMN_TEXT: dict[str, str] = {
    "number": "{0}::text",
    "boolean": "{0}::text",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "datetime": """to_char({0}, CASE WHEN {0} = date_trunc('second', {0})
        THEN 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.USTZH:TZM' END)""",
    "list": "array_to_string({0}, ';')",
}
# How a value of `attributes` is written; `->>` gives the text of every scalar in its canonical form.
_ATTRIBUTE_TEXT: dict[str, str] = {
    "datetime": _COLUMN_TEXT["datetime"].format("(p.attributes ->> '{0}')::timestamptz"),
    "list": """(SELECT string_agg(item, ';' ORDER BY place)
        FROM jsonb_array_elements_text(p.attributes -> '{0}') WITH ORDINALITY AS listed (item, place))""",
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
    return f"CASE WHEN {sql} ~ '{_HARMFUL}' AND {sql} !~ '{_SIGNED_NUMBER}' THEN '''' || {sql} ELSE {sql} END"


def property_column(prop: Property, *, masked: bool, formula_safe: bool) -> ExportColumn:
    """A property by its label; personal data masked for members who may not see it."""
    system = prop.system
    if system is None:
        sql = _ATTRIBUTE_TEXT.get(prop.type, "(p.attributes ->> '{0}')").format(prop.key)
    elif prop.key == "source":
        sql = "(SELECT name FROM source WHERE source.id = p.source_id)"
    else:
        sql = _COLUMN_TEXT.get(prop.type, "{0}").format(f"p.{system.column}")
    if masked and prop.is_personal:
        sql = sql_mask(prop.type, sql)
    elif formula_safe and prop.type in _FREE_TEXT:
        sql = harmless(sql)
    return ExportColumn(prop.label, sql)


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
        elif formula_safe:
            sql = harmless(sql)
        return ExportColumn(self.header, sql)


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
        sql = f"t.{self.name}"
        return ExportColumn(self.tag.name, harmless(sql) if formula_safe else sql)


def tag_columns(tags: Sequence[Tag]) -> list[TagColumn]:
    """A column for each tag."""
    return [TagColumn(tag, f"c{index}") for index, tag in enumerate(tags)]
