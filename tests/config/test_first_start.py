"""What an empty installation gets."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from config import first_start
from user360.models import Member, Workspace
from user360.tenancy import workspace_scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    monkeypatch.delenv("USER360_ADMIN_EMAIL", raising=False)
    monkeypatch.delenv("USER360_ADMIN_PASSWORD", raising=False)


def test_an_administrator_gets_a_password_shown_once_and_owns_the_workspace_demo():
    made = first_start.first_start()

    assert made is not None
    assert made.email == "admin@example.com"
    assert authenticate(username=made.email, password=made.password) == User.objects.get()
    with workspace_scope(Workspace.objects.get(slug="demo")):
        assert Member.objects.get().user == User.objects.get()


def test_a_second_start_changes_nothing():
    first_start.first_start()

    assert first_start.first_start() is None
    assert (User.objects.count(), Workspace.objects.count()) == (1, 1)


def test_a_password_that_was_given_is_not_repeated(monkeypatch):
    monkeypatch.setenv("USER360_ADMIN_EMAIL", "ada@example.com")
    monkeypatch.setenv("USER360_ADMIN_PASSWORD", "fqwJ8!xz99")

    made = first_start.first_start()

    assert made == first_start.Administrator("ada@example.com", None)
    assert authenticate(username="ada@example.com", password="fqwJ8!xz99")
