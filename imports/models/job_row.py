from django.db import models

from user360.placement import LOCAL


class JobRow(models.Model):
    """A row of a file that deserves to be seen on the page of its job: one that failed.

    Only the first KEPT of a job are here, so that a million wrong rows cost nothing; the report and the error file
    of the job hold every row.
    """

    KEPT = 1_000
    placement = LOCAL

    job = models.ForeignKey("user360.Job", models.CASCADE, related_name="rows")
    line = models.IntegerField()
    outcome = models.CharField(max_length=9)
    profile_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=40, blank=True)
    column = models.TextField(blank=True)
    message = models.TextField(blank=True)

    class Meta:
        db_table = "job_row"
        ordering = ("line", "id")
        indexes = (models.Index(fields=["job", "outcome"], name="job_row_outcome"),)

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message or self.outcome}"
