"""What the environment changes, seen from a fresh process, as an administrator would."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

from config import environment

PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgresql://app:s%40crt@db.example:5433/customers?sslmode=require",
    "REDIS_URL": "redis://broker.example:6379/2",
    "ALLOWED_HOSTS": "cdp.example, cdp2.example",
}


def read(name, tmp_path, expression, **variables):
    """The value of an expression over the settings module `name`, in a process with these variables alone."""
    code = f"import json, config.settings.{name} as s; print(json.dumps({expression}))"
    kept = {"PATH": os.environ["PATH"], "USER360_VAR": str(tmp_path / "var"), "PYTHONPATH": str(environment.ROOT)}
    outcome = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    if outcome.returncode:
        raise RuntimeError(outcome.stderr)
    return json.loads(outcome.stdout)


def test_production_takes_its_servers_from_the_environment(tmp_path):
    database, broker, cache, hosts = read(
        "prod",
        tmp_path,
        "[s.DATABASES['default'], s.CELERY_BROKER_URL, s.CACHES['default']['LOCATION'], s.ALLOWED_HOSTS]",
        **PRODUCTION,
    )

    assert database["ENGINE"] == "config.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "5433", "customers")
    assert (database["USER"], database["PASSWORD"]) == ("app", "s@crt")
    assert database["OPTIONS"] == {"sslmode": "require"}
    assert broker == "redis://broker.example:6379/2"
    assert cache == "redis://broker.example:6379/3"
    assert hosts == ["cdp.example", "cdp2.example"]


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_refuses_to_guess(name, tmp_path):
    with pytest.raises(RuntimeError, match=f"Production needs these environment variables: {name}"):
        read("prod", tmp_path, "1", **{key: value for key, value in PRODUCTION.items() if key != name})


def test_production_is_closed_to_plain_http(tmp_path):
    expression = "[s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEBUG]"

    assert read("prod", tmp_path, expression, **PRODUCTION) == [True, True, True, False]


def test_the_proxy_is_believed_only_when_there_is_one(tmp_path):
    header = "getattr(s, 'SECURE_PROXY_SSL_HEADER', None)"

    assert read("prod", tmp_path, header, **PRODUCTION) is None
    assert read("prod", tmp_path, header, **PRODUCTION, TRUSTED_PROXIES="1") == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_one_machine_needs_no_variable_at_all(tmp_path):
    host, broker, private = read(
        "dev",
        tmp_path,
        "[s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL, str(s.STORAGES['private']['OPTIONS']['location'])]",
    )

    assert host == str(tmp_path / "var" / "run")
    assert broker.startswith("redis+socket://")
    assert private == str(tmp_path / "var" / "files")


def test_only_web_processes_pool_their_connections(tmp_path):
    options = "s.DATABASES['default']['OPTIONS']"

    assert read("dev", tmp_path, options) == {}
    assert read("dev", tmp_path, options, USER360_DB_POOL="4")["pool"]["max_size"] == 4


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    key = environment.secret_key(tmp_path)

    assert len(key) >= 50
    assert environment.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_private_files_have_no_address():
    assert settings.STORAGES["private"]["OPTIONS"]["base_url"] is None


def test_tasks_are_json_acknowledged_late_and_taken_one_at_a_time():
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["unacked_restore_throttle"] == 1
