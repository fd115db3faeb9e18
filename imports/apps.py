from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    # Small tables keep small keys: an int4 fits into the padding of the large tables that refer to them.
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Makes the kinds of long work of this app known."""
        from imports.services.exports import EXPORT_JOB, run_export
        from imports.services.import_jobs import run_check, run_import
        from imports.services.user_imports import CHECK_JOB, IMPORT_JOB
        from user360.services.jobs import JobKind, register_job_kind

        register_job_kind(JobKind(IMPORT_JOB, "CSV Import", run_import))
        register_job_kind(JobKind(CHECK_JOB, "CSV Import check", run_check))
        register_job_kind(JobKind(EXPORT_JOB, "Bulk User Download", run_export))
