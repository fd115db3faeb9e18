"""The custom properties and sources of the made-up workspace."""

from user360.models import Property, Source
from user360.services import jobs
from user360.services.properties import create_property, set_searchable

PROPERTIES = (
    ("lifetimeValue", "Lifetime value", "number", "Purchases"),
    ("orders", "Orders", "number", "Purchases"),
    ("firstOrderOn", "First order", "date", "Purchases"),
    ("favouriteStore", "Favourite store", "string", "Preferences"),
    ("newsletter", "Reads the newsletter", "boolean", "Preferences"),
    ("sizes", "Sizes", "list", "Preferences"),
)
SOURCES = (
    ("Store CRM", Source.Kind.CSV),
    ("Web shop", Source.Kind.API),
    ("Chat bot", Source.Kind.BOT),
    ("Mobile app", Source.Kind.API),
)

SEARCHABLE = ("lifetimeValue",)


def add_schema() -> list[int]:
    """Makes the properties and sources and returns the sources' keys."""
    for key, label, kind, group in PROPERTIES:
        if not Property.objects.filter(key=key).exists():
            create_property(key=key, label=label, type=kind, group=group, actor=None)
    return [Source.objects.get_or_create(name=name, defaults={"kind": kind})[0].pk for name, kind in SOURCES]


def make_searchable() -> None:
    """Builds the indexes of the properties that segments ask for most."""
    for prop in Property.objects.filter(key__in=SEARCHABLE):
        if job := set_searchable(prop=prop, searchable=True, actor=None):
            jobs.run(job.pk)
