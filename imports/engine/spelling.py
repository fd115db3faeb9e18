"""The values that only Python can judge: phones, e-mails and web addresses.

They are judged while the file passes by, and only those are kept that are wrong or spelt another way than they are
stored: in most files a handful, for which a join costs nothing.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import filterfalse

from django.db import connection

from imports.engine.plan import IdentityColumn, Plan, PropertyColumn
from imports.engine.tables import Tables, run_sql
from user360.identification.normalise import PYTHON_RULES
from user360.models import Encryption
from user360.property_types import PROPERTY_TYPES, InvalidValue, ParseContext, PropertyType

_REMEMBERED = 20_000
_IN_MEMORY = 4 * 2**20
_CHUNK = 2**18
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Spelling:
    """One column that Python judges, and the SQL that brings the judgement to its rows."""

    place: int
    cell: str
    kind: PropertyType
    context: ParseContext
    table: str

    @property
    def join(self) -> str:
        """Joins what was kept to the rows of `raw`."""
        return f"LEFT JOIN {self.table} AS {self._alias} ON {self._alias}.written = {self.cell}"

    @property
    def respelt(self) -> str:
        """The column of `table` and of the checked one: a right cell as it is stored, where it is not yet."""
        return f"s{self.place}"

    @property
    def value(self) -> str:
        """SQL text where that column is at hand: the value of a right cell as it is stored; NULL when it is empty."""
        return f"coalesce({self.respelt}, {self.cell})"

    @property
    def error(self) -> str:
        """SQL text after the join: the sentence, or NULL."""
        return f"{self._alias}.sentence"

    @property
    def _alias(self) -> str:
        return f"spelt{self.place}"

    def judge(self, text: str) -> tuple[str | None, str | None]:
        """The stored value of a trimmed text, or the sentence why there is none."""
        try:
            return self.kind.parse(text, context=self.context), None
        except InvalidValue as error:
            return None, error.message


def spellings(plan: Plan, tables: Tables) -> dict[int, Spelling]:
    """The columns that Python judges, by their place in the file."""
    columns: list[PropertyColumn | IdentityColumn] = [*plan.properties, *plan.identities]
    return {
        column.staged.place: Spelling(
            column.staged.place,
            column.staged.sql,
            PROPERTY_TYPES[key],
            ParseContext(plan.workspace.default_country, plan.workspace.zone),
            tables.spelt(column.staged.place),
        )
        for column in columns
        if (key := _judged_by_python(column))
    }


def _judged_by_python(column: PropertyColumn | IdentityColumn) -> str | None:
    """The key of the property type whose Python must judge the column; None when SQL can."""
    if isinstance(column, PropertyColumn):
        # A property that is still to be made has no type yet; the types that are inferred are all for SQL.
        known = bool(column.prop.type) and column.prop.kind.refusals(column.context) is None
        return column.prop.type if known else None
    plain = column.encryption == Encryption.NONE
    return column.type.format if plain and column.type.format in PYTHON_RULES else None


class Judge:
    """Judges one column batch by batch, in constant memory."""

    def __init__(self, spelling: Spelling) -> None:
        self.place = spelling.place
        self._spelling = spelling
        self._seen: set[str] = set()
        self._kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # lives as long as the judge

    def look(self, texts: Sequence[str]) -> None:
        """Judges those of the trimmed texts that are not plain and were not seen lately."""
        if self._spelling.kind.are_plain(texts):
            return
        fresh = set(filterfalse(self._spelling.kind.is_plain, texts)) - self._seen - {""}
        if not fresh:
            return
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        self._seen |= fresh
        lines = []
        for text in fresh:
            value, error = self._spelling.judge(text)
            if value != text:
                lines.append("\t".join(_copied(part) for part in (text, value, error)) + "\n")
        self._kept.write("".join(lines).encode())

    def store(self) -> None:
        """Makes the table of what was kept. A text that came back after it was forgotten is in it once."""
        table = self._spelling.table
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE UNLOGGED TABLE {table} (written text, {self._spelling.respelt} text, sentence text)"
            )
            self._kept.seek(0)
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                while chunk := self._kept.read(_CHUNK):
                    copy.write(chunk)
        self._kept.close()
        run_sql(
            f"DELETE FROM {table} AS t USING {table} AS twin WHERE t.written = twin.written AND t.ctid > twin.ctid"
        )
        run_sql(f"ANALYZE {table}")


def _copied(part: str | None) -> str:
    return "\\N" if part is None else part.translate(_ESCAPED)
