from django.apps import AppConfig


class User360Config(AppConfig):
    name = "user360"
    # Small tables keep small keys: an int4 fits into the padding of the large tables that refer to them.
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Makes the long work of this layer known."""
        from user360.services import jobs, properties

        jobs.register_job_kind(jobs.JobKind(properties.INDEX_JOB, "Property index", properties.run_index_job))
