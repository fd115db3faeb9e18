"""Time-ordered ids for the large append-only tables: distributable, and new rows land at the end of the index."""

from django.db import models


class UUID7(models.Func):
    """An id made by the server: its own `uuidv7()`, or on PostgreSQL 16 and 17 the one the first migration adds."""

    template = "uuidv7()"
    output_field = models.UUIDField()
