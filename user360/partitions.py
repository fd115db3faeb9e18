"""The monthly partitions of `event` and `change`, made ahead of time so that old months can be dropped whole."""

from datetime import date

from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

PARTITIONED_TABLES = ("event", "change")
MONTHS_AHEAD = 3


class CreatePartitionedModel(migrations.CreateModel):
    """Creates a table that is partitioned by its column `at`, with a default partition that takes the rest."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Adds the PARTITION BY clause, which Django has no option for, to the statement it would issue."""
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = plain + " PARTITION BY RANGE (at)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")


def month_after(month: date) -> date:
    """The first day of the month after the one that begins on `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def ensure_partitions(first: date, last: date) -> list[str]:
    """Makes the partitions of every month from `first` to `last`, and names the new ones.

    A month whose rows are in the default partition already stays there: moving them would lock the table.
    """
    made: list[str] = []
    for table in PARTITIONED_TABLES:
        month = first.replace(day=1)
        while month <= last:
            until = month_after(month)
            if _create_partition(table, month, until):
                made.append(f"{table}_{month:%Y_%m}")
            month = until
    return made


def _create_partition(table: str, month: date, until: date) -> bool:
    name = f"{table}_{month:%Y_%m}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone() != (None,):
            return False
        cursor.execute(f"SELECT 1 FROM {table}_default WHERE at >= %s AND at < %s LIMIT 1", [month, until])  # noqa: S608  # our names
        if cursor.fetchone():
            return False
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{month} 00:00Z') TO ('{until} 00:00Z')"
        )
    return True
