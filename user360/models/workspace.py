from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from user360.placement import REFERENCE


def validate_time_zone(name: str) -> None:
    """Refuses what is not a name of the time zone database."""
    if name not in available_timezones():
        raise ValidationError(f"{name} is not a time zone. Write it like Europe/Paris.")


class Workspace(models.Model):
    """One brand or department. All customer data lives in exactly one workspace and nothing leaks between two."""

    placement = REFERENCE

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    locale = models.CharField(max_length=12, default="en")
    default_country = models.CharField(
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", "Two capital letters, as in FR.")],
        help_text="Phone numbers without a country code are read as numbers of this country.",
    )
    # Keys of the columns every member sees first; empty means the shipped ones.
    columns = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "workspace"
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this workspace's calendar days begin and end."""
        return ZoneInfo(self.time_zone)
