"""The embedded servers: start, stop, survive, recover. Each test has servers of its own in a folder of its own."""

import os
import signal
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded, embedded_postgres, embedded_valkey


@pytest.fixture
def own_place(tmp_path):
    at = embedded.place(tmp_path / "var")
    yield at
    embedded.stop(at)


def connect(at):
    return psycopg.connect(dbname="user360", user="user360", host=str(at.sockets), autocommit=True)


def kill(pid_file: Path) -> None:
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)


def test_they_start_once_keep_their_data_and_stop(own_place):
    assert embedded.ensure(own_place, durable=False) == {"postgres", "valkey"}
    assert embedded.ensure(own_place, durable=False) == set()
    with connect(own_place) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    assert embedded.stop(own_place) == {"postgres", "valkey"}
    assert embedded.running(own_place) == set()

    embedded.ensure(own_place, durable=False)
    with connect(own_place) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_killed_servers_are_noticed_and_started_again_with_what_was_committed(own_place):
    embedded.ensure(own_place)
    with connect(own_place) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        with redis.Redis(unix_socket_path=str(own_place.valkey_socket)) as broker:
            broker.set("waiting", "task")
        kill(own_place.postgres / "postmaster.pid")
        kill(own_place.valkey / "valkey.pid")
        with suppress(psycopg.OperationalError):
            connection.execute("SELECT pg_sleep(60)")

    assert embedded.ensure(own_place) == {"postgres", "valkey"}
    with connect(own_place) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    with redis.Redis(unix_socket_path=str(own_place.valkey_socket)) as broker:
        assert broker.get("waiting") == b"task"


def test_the_number_of_a_dead_server_given_to_a_stranger_does_not_stop_the_start(own_place):
    embedded.ensure(own_place, durable=False)
    stale = (own_place.postgres / "postmaster.pid").read_text()
    embedded.stop(own_place)
    own_number = str(os.getpid())
    (own_place.postgres / "postmaster.pid").write_text(stale.replace(stale.split()[0], own_number, 1))

    assert "postgres" in embedded.ensure(own_place, durable=False)


def test_servers_configured_elsewhere_are_left_alone(own_place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/user360")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/0")

    assert embedded.ensure(own_place) == set()
    assert not own_place.var.exists()


def test_stopping_what_never_ran_does_nothing(own_place):
    assert embedded.stop(own_place) == set()


def test_a_long_path_gets_a_short_folder_for_its_sockets(tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)

    at = embedded.place(deep)

    assert len(str(at.postgres_socket)) < 100
    assert len(str(at.valkey_socket)) < 100
    assert at == embedded.place(deep)
    assert at.sockets != embedded.place(deep / "c").sockets


def test_only_we_reach_the_sockets(own_place):
    embedded.ensure(own_place, durable=False)

    assert stat.S_IMODE(own_place.sockets.stat().st_mode) == 0o700


def open_to_everybody(folder: Path) -> bool:
    return all(above.stat().st_mode & stat.S_IXOTH for above in (folder, *folder.parents))


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs another user")
@pytest.mark.skipif(not open_to_everybody(embedded_postgres.binaries()), reason="the project lies in a closed folder")
def test_where_namespaces_are_blocked_root_runs_the_database_as_another_user(monkeypatch):
    nobody = embedded_postgres.Account((), 65534, 65534)
    monkeypatch.setattr(embedded_postgres, "account", lambda: nobody)
    # Unlike the folders of other tests, this one lies where other users may pass.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        at = embedded.place(Path(folder) / "var")
        try:
            embedded.ensure(at, durable=False)

            assert (at.postgres / "postmaster.pid").stat().st_uid == nobody.uid
        finally:
            embedded.stop(at)


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs another user")
def test_programs_in_a_closed_folder_are_named_when_another_user_must_run_them(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded_postgres, "account", lambda: embedded_postgres.Account((), 65534, 65534))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "initdb").write_text("#!/bin/sh\n")
    (programs / "initdb").chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(programs))

    with pytest.raises(RuntimeError, match=f"user 65534, who may not pass {programs}"):
        embedded.ensure(embedded.place(tmp_path / "var"), durable=False)


@pytest.mark.parametrize("gibibytes", [1, 4, 16, 256])
def test_memory_settings_fit_the_machine(gibibytes):
    chosen = embedded_postgres.settings(Path("/run"), memory=gibibytes * 2**30, durable=True)
    megabytes = {name: int(value[:-2]) for name, value in chosen.items() if value.endswith("MB")}

    assert megabytes["shared_buffers"] <= gibibytes * 1024 // 4
    assert megabytes["maintenance_work_mem"] <= gibibytes * 1024 // 8
    assert chosen["random_page_cost"] == "2"
    assert chosen["max_parallel_workers_per_gather"] == "1"
    assert chosen["listen_addresses"] == ""


def test_only_tests_give_up_durability():
    assert "fsync" not in embedded_postgres.settings(Path("/run"), memory=2**32, durable=True)
    assert embedded_postgres.settings(Path("/run"), memory=2**32, durable=False)["fsync"] == "off"


def test_a_quote_in_the_path_stays_a_quote():
    assert embedded_postgres.settings_file({"unix_socket_directories": "/it's"}) == (
        "unix_socket_directories = '/it''s'\n"
    )


def test_the_broker_never_drops_a_task_and_listens_on_its_socket_alone():
    given = embedded_valkey.arguments(Path("/data"), Path("/run/valkey.sock"))
    settings = dict(zip(given[::2], given[1::2], strict=True))

    assert settings["--maxmemory-policy"] == "noeviction"
    assert settings["--appendonly"] == "yes"
    assert settings["--port"] == "0"
