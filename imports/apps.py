from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    # Small tables keep small keys: an int4 fits into the padding of the large tables that refer to them.
    default_auto_field = "django.db.models.AutoField"
