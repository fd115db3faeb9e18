"""What the backend may rely on."""

from django.db.backends.postgresql.features import DatabaseFeatures as PostgreSQLFeatures


class DatabaseFeatures(PostgreSQLFeatures):
    """On distributed tables RETURNING answers in shard order, and Django would hand each object another row's id.

    Without returned rows an object made by `bulk_create` keeps `pk = None`, so misuse is loud; ids for batches are
    fetched first. `create()` still returns its id.
    """

    can_return_rows_from_bulk_insert = False
