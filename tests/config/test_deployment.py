"""The files for production name the same things as the code they start."""

import re
import shlex

import pytest
import yaml

from config.environment import ROOT
from config.settings import base

SERVICES = {"database", "broker", "migrate", "web", "worker", "live", "scheduler"}
OURS = {"migrate", "web", "worker", "live", "scheduler"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def command_of(service) -> list[str]:
    command = service["command"]
    return shlex.split(command) if isinstance(command, str) else command


def test_there_is_one_service_a_role(compose):
    assert set(compose["services"]) == SERVICES


def test_every_volume_in_use_is_declared(compose):
    used = {mount.split(":")[0] for service in compose["services"].values() for mount in service.get("volumes", [])}

    assert used == set(compose["volumes"])


def test_what_production_requires_is_given_to_each_of_our_services(compose):
    prod = (ROOT / "config/settings/prod.py").read_text()
    required = set(re.findall(r'"([A-Z_]+)"', re.findall(r"REQUIRED = \((.*)\)", prod)[0]))

    for name in OURS:
        assert required <= set(compose["services"][name]["environment"])


def test_no_secret_has_a_default(compose):
    for service in compose["services"].values():
        for name, value in service["environment"].items() if "environment" in service else ():
            if name in {"SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_URL"}:
                assert ":?" in value


def test_nothing_runs_before_the_schema_is_current(compose):
    for name in OURS - {"migrate"}:
        assert compose["services"][name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_servers_and_those_that_serve_are_watched(compose):
    for name in ("database", "broker", "web", "worker", "live"):
        assert compose["services"][name]["healthcheck"]["test"]


def test_database_and_broker_are_not_reachable_from_outside(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["web"]
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_servers_are_set_as_the_embedded_ones_are(compose):
    database = command_of(compose["services"]["database"])
    broker = command_of(compose["services"]["broker"])

    assert {"random_page_cost=2", "max_parallel_workers_per_gather=1", "jit=off"} <= set(database)
    assert broker[-4:] == ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]


def test_the_image_runs_as_an_ordinary_user_with_production_settings():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert "\nUSER user360\n" in dockerfile
    assert "DJANGO_SETTINGS_MODULE=config.settings.prod" in dockerfile
    assert "config.wsgi:application" in dockerfile
    assert base.WSGI_APPLICATION == "config.wsgi.application"
