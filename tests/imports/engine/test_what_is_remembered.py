"""Pins, origins and change rows of an import follow the same rules as single writes."""

from django.contrib.auth.models import User

from tests import factories
from tests.imports.engine.files import import_users
from user360.models import Change, Profile, Source, Workspace
from user360.property_input import parse_values
from user360.services.profiles import Origin, release_pin, update_profile

MAPPING = {"uid": "userId", "city": "city", "plan": "plan"}


def edit(profile: Profile, **values: str) -> None:
    """A change by hand."""
    read, errors = parse_values(values)
    assert not errors
    update_profile(profile_id=profile.pk, values=read, origin=Origin(actor=User.objects.create_user("editor")))


def test_a_pinned_value_stays_and_the_pin_keeps_what_the_file_says(workspace: Workspace):
    factories.prop("plan")
    import_users("uid,city,plan\nA,Paris,free\n", MAPPING, source="Shop")
    profile = Profile.objects.get()
    edit(profile, city="Rome")

    done = import_users("uid,city,plan\nA,Oslo,\nA,Lyon,\n", MAPPING, source="Web")

    profile.refresh_from_db()
    assert done.counts == {"total": 2, "unchanged": 2}
    assert profile.city == "Rome"
    assert (profile.pins["city"]["value"], profile.pins["city"]["source"]) == (
        "Lyon",
        Source.objects.get(name="Web").pk,
    )
    release_pin(profile_id=profile.pk, key="city", origin=Origin())
    profile.refresh_from_db()
    assert profile.city == "Lyon"


def test_a_pinned_value_outlives_a_replacement_that_empties_everything_else(workspace: Workspace):
    factories.prop("plan")
    import_users("uid,city,plan\nA,Paris,free\n", MAPPING)
    profile = Profile.objects.get()
    edit(profile, city="Rome", gender="female")

    done = import_users("uid,firstName\nA,Ann\n", {"uid": "userId", "firstName": "firstName"}, on_conflict="replace")

    profile.refresh_from_db()
    assert done.counts == {"total": 1, "updated": 1}
    assert (profile.city, profile.gender, profile.first_name, profile.attributes) == ("Rome", "female", "Ann", {})


def test_a_value_says_its_source_only_where_it_is_not_the_first_one(workspace: Workspace):
    factories.prop("plan")
    import_users("uid,city,plan\nA,Paris,free\n", MAPPING, source="Shop")
    import_users("uid,city,plan\nA,Rome,free\n", MAPPING, source="Web")
    web = Source.objects.get(name="Web").pk

    assert Profile.objects.get().origins == {"city": web}

    import_users("uid,city,plan\nA,Oslo,paid\n", MAPPING, source="Shop")

    assert Profile.objects.get().origins == {}


def test_an_import_leaves_one_change_row_a_user_with_what_changed_and_nothing_else(workspace: Workspace):
    factories.prop("plan")
    import_users("uid,city,plan\nA,Paris,free\n", MAPPING)
    done = import_users("uid,city,plan\nA,Rome,\nA,Rome,paid\nA,,\n", MAPPING)

    assert done.counts == {"total": 3, "updated": 2, "unchanged": 1}
    change = Change.objects.get(job=done.job)
    assert (change.kind, change.before, change.after) == (
        "user.updated",
        {"properties": {"city": "Paris", "plan": "free"}},
        {"properties": {"city": "Rome", "plan": "paid"}},
    )


def test_a_write_that_changes_nothing_leaves_no_trace(workspace: Workspace):
    factories.prop("plan")
    import_users("uid,city,plan\nA,Paris,free\n", MAPPING)
    before = Profile.objects.values().get()
    done = import_users("uid,city,plan\nA, Paris ,free\n", MAPPING)

    assert done.counts == {"total": 1, "unchanged": 1}
    assert Profile.objects.values().get() == before
    assert not Change.objects.filter(job=done.job).exists()
