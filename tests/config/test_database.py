"""The backend switch, proved on a real table."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection


@pytest.mark.django_db
def test_bulk_create_does_not_trust_the_order_of_returned_rows():
    made = Group.objects.bulk_create([Group(name="a"), Group(name="b")])

    assert [group.pk for group in made] == [None, None]
    assert Group.objects.create(name="c").pk is not None


@pytest.mark.django_db
def test_the_planner_is_set_as_measured():
    with connection.cursor() as cursor:
        cursor.execute("SHOW random_page_cost")
        assert cursor.fetchone() == ("2",)
