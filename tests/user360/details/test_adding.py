"""Adding a single user."""

from collections.abc import Callable

import pytest
from django.test import Client

from user360.models import Identity, Profile, Workspace


def test_an_e_mail_address_is_an_id_and_a_property(
    sign_in: Callable[..., Client], address: Callable[..., str], workspace: Workspace
) -> None:
    sent = {"id:email": "Ann@Example.com", "id:mobile": "06 12 34 56 78", "firstName": "Ann", "dob": "1990-02-03"}
    answer = sign_in().post(address("user_new"), sent)
    made = Profile.objects.get()
    assert answer.headers["Location"] == address("user", made.pk)
    assert (made.email, made.phone, made.first_name) == ("ann@example.com", "+33612345678", "Ann")
    assert set(Identity.objects.values_list("type__key", "value")) == {
        ("userId", made.user_id),
        ("email", "ann@example.com"),
        ("mobile", "+33612345678"),
    }


def test_nothing_at_all_makes_a_user_with_an_id(
    sign_in: Callable[..., Client], address: Callable[..., str], workspace: Workspace
) -> None:
    assert sign_in().post(address("user_new"), {"user_id": "", "firstName": " "}).status_code == 302
    assert Profile.objects.get().user_id.startswith("u-")


@pytest.mark.parametrize("sent", [{"user_id": "C-1"}, {"id:email": "ANN@example.com"}])
def test_a_duplicate_leads_to_who_has_the_id(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, sent: dict[str, str]
) -> None:
    answer = sign_in().post(address("user_new"), sent | {"city": "Lyon"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="{address("user", someone.pk)}"' in text
    assert 'value="Lyon"' in text
    assert Profile.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"id:mobile": "12"}, "Not a phone number"),
        ({"dob": "1990-02-31"}, "no such day"),
        ({"age": "12.5"}, "whole number"),
        ({"spent": "much"}, "Not a number"),
        ({"user_id": "9.19E+11"}, "spreadsheet"),
    ],
)
def test_each_value_is_judged_by_its_type(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, sent: dict[str, str], words: str
) -> None:
    answer = sign_in().post(address("user_new"), sent)
    assert answer.status_code == 422
    assert words.lower() in answer.content.decode().lower()
    assert Profile.objects.count() == 1


def test_a_field_is_judged_alone_before_anything_is_written(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client = sign_in()
    text = client.post(address("user_new"), {"check": "dob", "dob": "soon", "firstName": "A"}).content.decode()
    assert "Not a date" in text
    assert "firstName" not in text
    text = client.post(address("user_new"), {"check": "user_id", "user_id": "C-1"}).content.decode()
    assert address("user", someone.pk) in text
    assert Profile.objects.count() == 1
