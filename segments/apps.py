from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "segments"
    # Small tables keep small keys: an int4 fits into the padding of the large tables that refer to them.
    default_auto_field = "django.db.models.AutoField"
