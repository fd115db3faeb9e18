"""Editing one user: in its place, in the form, and by two people at once."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import UserFactory
from user360.models import Change, Profile
from user360.services.profiles import Origin, update_profile

HTMX = {"HX-Request": "true"}


def by_somebody_else(someone: Profile, **values: object) -> None:
    update_profile(profile_id=someone.pk, values=values, origin=Origin(actor=UserFactory.create()))


def test_a_field_is_edited_in_its_place_and_pinned(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client, there = sign_in(), address("user_field", someone.pk, "city")
    assert b'value="Paris"' in client.get(there, headers=HTMX).content
    sent = {"city": "Lyon", "initial-city": "Paris", "version": someone.version}
    answer = client.post(there, sent, headers=HTMX)
    someone.refresh_from_db()
    assert (someone.city, list(someone.pins)) == ("Lyon", ["city"])
    assert json.loads(answer["HX-Trigger"]) == {"profile:saved": {"keys": ["city"]}}
    assert "Edited by hand by Chiara Rossi" in answer.content.decode()


def test_without_javascript_the_field_is_a_page(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client, there = sign_in(), address("user_field", someone.pk, "city")
    assert b"<title>" in client.get(there).content
    answer = client.post(there, {"city": "Lyon", "initial-city": "Paris", "version": someone.version})
    assert answer.headers["Location"] == address("user", someone.pk)


def test_a_wrong_value_is_refused_where_it_stands(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    sent = {"spent": "a lot", "initial-spent": "12.5", "version": someone.version}
    answer = sign_in().post(address("user_field", someone.pk, "spent"), sent, headers=HTMX)
    assert answer.status_code == 422
    assert "Not a number" in answer.content.decode()
    assert Profile.objects.get(pk=someone.pk).version == someone.version


def test_a_value_left_as_it_was_is_not_written(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    """The input shows a moment without its fractions of a second, which must not be lost."""
    exact = dt.datetime(2026, 3, 1, 10, 30, 15, 123456, tzinfo=dt.UTC)
    Profile.objects.filter(pk=someone.pk).update(registered_at=exact)
    client, there = sign_in(), address("user_field", someone.pk, "registeredAt")
    shown = "2026-03-01T10:30:15"
    assert shown in client.get(there, headers=HTMX).content.decode()
    sent = {"registeredAt": shown, "initial-registeredAt": shown, "version": someone.version}
    assert client.post(there, sent, headers=HTMX).status_code == 200
    someone.refresh_from_db()
    assert (someone.registered_at, someone.pins, someone.version) == (exact, {}, 1)


def test_the_second_of_two_editors_sees_both_values_and_may_insist(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client, there = sign_in(), address("user_field", someone.pk, "city")
    sent = {"city": "Lyon", "initial-city": "Paris", "version": someone.version}
    by_somebody_else(someone, city="Nice")
    answer = client.post(there, sent, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "“Nice”" in text
    assert 'value="Lyon"' in text
    assert Profile.objects.get(pk=someone.pk).city == "Nice"
    again = {"city": "Lyon", "initial-city": "Nice", "version": answer.context["version"]}
    assert client.post(there, again, headers=HTMX).status_code == 200
    assert Profile.objects.get(pk=someone.pk).city == "Lyon"


def test_a_field_stands_above_what_somebody_saved_elsewhere(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    """Who edits two values in a row opens the second before the first is saved."""
    sent = {"city": "Lyon", "initial-city": "Paris", "version": someone.version}
    by_somebody_else(someone, lastName="Moss")
    answer = sign_in().post(address("user_field", someone.pk, "city"), sent, headers=HTMX)
    assert answer.status_code == 200
    someone.refresh_from_db()
    assert someone.city == "Lyon"
    assert someone.version == 3


@pytest.mark.parametrize("key", ["userId", "createdAt", "profileComplete", "nonsense"])
def test_what_the_product_keeps_has_no_input(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, key: str
) -> None:
    client = sign_in()
    assert client.get(address("user_field", someone.pk, key)).status_code == 404
    assert client.post(address("user_field", someone.pk, key), {key: "x", "version": 1}).status_code == 404


def test_who_sees_personal_data_masked_cannot_edit_it(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client = sign_in("Editor", ["insight.user360.view", "insight.user360.detail", "insight.user360.edit"])
    assert client.get(address("user_field", someone.pk, "email")).status_code == 403
    assert client.post(address("user_field", someone.pk, "email"), {"email": "x@y.fr"}).status_code == 403
    assert "ann@example.com" not in client.get(address("user_edit", someone.pk)).content.decode()
    sent = {"email": "x@y.fr", "city": "Lyon", "version": someone.version}
    assert client.post(address("user_edit", someone.pk), sent).status_code == 302
    someone.refresh_from_db()
    assert (someone.email, someone.city) == ("ann@example.com", "Lyon")


def test_the_form_writes_what_was_changed_and_nothing_else(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client, there = sign_in(), address("user_edit", someone.pk)
    form = client.get(there).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {f"initial-{name}": value for name, value in sent.items()}
    sent |= {"city": "Lyon", "spent": "", "gender": "female", "version": someone.version}
    assert client.post(there, sent).status_code == 302
    change = Change.objects.filter(profile_id=someone.pk).latest("at", "id")
    assert change.before == {"properties": {"city": "Paris", "spent": 12.5}}
    assert change.after == {"properties": {"city": "Lyon", "gender": "female"}}


def test_a_stale_form_is_refused_and_takes_up_what_the_other_saved(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    client, there = sign_in(), address("user_edit", someone.pk)
    sent = {"city": "Lyon", "initial-city": "Paris", "gender": "", "initial-gender": "", "version": someone.version}
    by_somebody_else(someone, city="Nice", gender="female")
    answer = client.post(there, sent, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "they saved “Nice”, yours is “Lyon”" in text
    assert "they saved “female”, which now stands in the form" in text
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    again |= {name: value for name, value in form.data.items() if name.startswith("initial-")}
    assert client.post(there, again | {"version": answer.context["version"]}).status_code == 302
    someone.refresh_from_db()
    assert (someone.city, someone.gender) == ("Lyon", "female")


def test_an_age_beside_a_date_of_birth_is_refused_in_words(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    sent = {"dob": "1990-01-01", "age": "12", "version": someone.version}
    answer = sign_in().post(address("user_edit", someone.pk), sent)
    assert answer.status_code == 422
    assert "The age follows from the date of birth." in answer.content.decode()


def test_a_pin_is_released_with_what_the_source_says(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, crm: Origin
) -> None:
    by_somebody_else(someone, city="Nice")
    update_profile(profile_id=someone.pk, values={"city": "Lille"}, origin=crm)
    client = sign_in()
    assert "CRM says Lille" in client.get(address("user", someone.pk), {"tab": "properties"}).content.decode()
    answer = client.post(address("user_pin", someone.pk, "city") + "?in=row", headers=HTMX)
    assert "Lille" in answer.content.decode()
    someone.refresh_from_db()
    assert (someone.city, someone.pins) == ("Lille", {})
