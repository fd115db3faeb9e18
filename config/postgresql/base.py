"""The module Django looks for: ENGINE = "config.postgresql"."""

from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQLWrapper

from config.postgresql.features import DatabaseFeatures


class DatabaseWrapper(PostgreSQLWrapper):
    """Django's wrapper with our features."""

    features_class = DatabaseFeatures
