"""What every answer carries, and the addresses for machines."""

import pytest
from django.contrib.auth.models import User

from config import health


def test_the_process_says_it_is_alive_to_any_host_name(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7"})

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_it_is_ready_when_the_servers_answer_and_the_schema_is_current(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "troubles": {}}


@pytest.mark.django_db
def test_it_is_not_ready_without_its_broker_and_says_no_more_than_that(client, monkeypatch):
    def refused():
        raise ConnectionError("redis://secret@broker")

    monkeypatch.setitem(health.CHECKS, "broker", refused)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "troubles": {"broker": "does not answer"}}


def test_measurements_are_there_for_prometheus(client):
    assert b"python_info" in client.get("/metrics").content


@pytest.mark.django_db
def test_scripts_and_styles_come_from_us_alone(client):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["abc-123", "not acceptable\tat all", ""])
def test_every_answer_names_its_request(client, given):
    answered = client.get("/accounts/login/", headers={"x-request-id": given})["X-Request-ID"]

    assert (answered == given) is (given == "abc-123")
    assert answered


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client):
    client.post("/accounts/signup/", {"email": "a@b.example", "password1": "fqwJ8!xz99", "password2": "fqwJ8!xz99"})

    assert not User.objects.exists()


@pytest.mark.django_db
def test_one_signs_in_with_the_email_address(client):
    user = User.objects.create_user(username="ada", email="ada@example.com", password="fqwJ8!xz99")

    client.post("/accounts/login/", {"login": "ada@example.com", "password": "fqwJ8!xz99"})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.django_db
def test_one_sees_where_one_is_signed_in(client):
    User.objects.create_user(username="ada", email="ada@example.com", password="fqwJ8!xz99")
    client.post("/accounts/login/", {"login": "ada@example.com", "password": "fqwJ8!xz99"})

    assert b"127.0.0.1" in client.get("/accounts/sessions/").content
