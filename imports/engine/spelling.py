"""The values that only Python can judge: phones, e-mails and web addresses, each different one once."""

from dataclasses import dataclass

from django.db import connection, transaction

from imports.engine.plan import IdentityColumn, Plan, PropertyColumn
from imports.engine.quick import Quick, quick_test
from imports.engine.tables import Tables, run_sql
from user360.identification.normalise import PYTHON_RULES
from user360.models import Encryption
from user360.property_types import PROPERTY_TYPES, InvalidValue, ParseContext, PropertyType

_FETCH = 20_000


@dataclass(frozen=True)
class Spelling:
    """One column that Python judges: the alias of its join, and the SQL of error and value after the join."""

    place: int
    cell: str
    kind: PropertyType
    context: ParseContext
    table: str

    @property
    def quick(self) -> Quick | None:
        """What need not be asked."""
        return quick_test(self.kind.key, self.context)

    @property
    def alias(self) -> str:
        """The joined table's alias."""
        return f"spelt{self.place}"

    @property
    def join(self) -> str:
        """Brings the judged values to the rows of `raw`."""
        return f"LEFT JOIN {self.table} AS {self.alias} ON {self.alias}.written = {self.cell}"

    @property
    def value(self) -> str:
        """SQL text: the value as it is stored. NULL when the cell is empty or wrong."""
        if self.quick is None:
            return f"{self.alias}.value"
        return f"CASE WHEN {self.quick.test_of(self.cell)} THEN {self.quick.value_of(self.cell)} ELSE {self.alias}.value END"

    @property
    def error(self) -> str:
        """SQL text: the sentence, or NULL."""
        return f"{self.alias}.error"


def spellings(plan: Plan, tables: Tables) -> dict[int, Spelling]:
    """The columns that Python judges, by their place in the file."""
    return {
        column.staged.place: Spelling(
            column.staged.place,
            column.staged.sql,
            PROPERTY_TYPES[key],
            ParseContext(plan.workspace.default_country, plan.workspace.zone),
            tables.spelt(column.staged.place),
        )
        for column in (*plan.properties, *plan.identities)
        if (key := judged_by_python(column))
    }


def judged_by_python(column: PropertyColumn | IdentityColumn) -> str | None:
    """The key of the property type whose Python must judge the column; None when SQL can."""
    if isinstance(column, PropertyColumn):
        kind = column.prop.kind
        return kind.key if kind.refusals(column.context) is None else None
    plain = column.encryption == Encryption.NONE
    return column.type.format if plain and column.type.format in PYTHON_RULES else None


def judge(spelling: Spelling, tables: Tables) -> None:
    """Fills the table of one column: each different text with its value or its error."""
    test = f" AND NOT ({spelling.quick.test_of(spelling.cell)})" if spelling.quick else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE UNLOGGED TABLE {spelling.table} (written text, value text, error text)")
        cursor.execute(
            f"DECLARE judged NO SCROLL CURSOR FOR SELECT DISTINCT {spelling.cell} FROM {tables.raw}"
            f" WHERE {spelling.cell} IS NOT NULL{test}"
        )
        while True:
            cursor.execute(f"FETCH {_FETCH} FROM judged")
            written = [row[0] for row in cursor.fetchall()]
            if not written:
                break
            with cursor.copy(f"COPY {spelling.table} FROM STDIN") as copy:
                for text in written:
                    copy.write_row((text, *_judged(spelling, text)))
        cursor.execute("CLOSE judged")
    run_sql(f"ANALYZE {spelling.table}")


def _judged(spelling: Spelling, text: str) -> tuple[str | None, str | None]:
    try:
        value: str = spelling.kind.parse(text, context=spelling.context)
    except InvalidValue as error:
        return None, error.message
    return value, None
