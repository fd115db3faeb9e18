"""From a bare machine to the project's environment. Programs are small scripts that write down what they are asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap

ROOT = Path(bootstrap.ROOT)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on its PATH but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("USER360_VAR", str(tmp_path / "var"))
    monkeypatch.delenv(bootstrap.SECOND_START, raising=False)
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(path: Path, script: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_this_environment_is_complete():
    assert bootstrap.is_complete(["manage.py", "up"])
    assert bootstrap.is_complete(["manage.py", "test"])


def test_a_python_without_our_packages_is_not(monkeypatch):
    monkeypatch.setattr(bootstrap, "has_module", lambda name: name != "granian")

    assert not bootstrap.is_complete(["manage.py", "up"])


def test_only_tests_ask_for_the_packages_of_developers(monkeypatch):
    monkeypatch.setattr(bootstrap, "has_module", lambda name: name not in bootstrap.NEEDED_BY_TESTS)

    assert bootstrap.is_complete(["manage.py", "up"])
    assert not bootstrap.is_complete(["manage.py", "test"])


def test_uv_on_the_path_is_used(machine):
    uv = program(machine / "bin" / "uv", "exit 0")

    assert bootstrap.find_uv() == uv


def test_a_uv_that_does_not_work_here_is_passed_over(machine):
    program(machine / "bin" / "uv", "echo 'command not found in this version' >&2; exit 127")
    private = program(Path(bootstrap.venv_folder()) / "bin" / "uv", "exit 0")

    assert bootstrap.find_uv() == private


def test_where_the_system_refuses_a_virtual_environment_pip_fills_a_plain_folder(machine, monkeypatch):
    target = Path(bootstrap.plain_folder()) / "bin" / "uv"
    install = f'printf "#!/bin/sh\\n" > {target}; /bin/chmod +x {target}'
    pip = f'case "$*" in *"-m venv"*) exit 1;; *--target*) {install};; esac'
    target.parent.mkdir(parents=True)
    monkeypatch.setattr(bootstrap, "has_module", lambda _: True)
    monkeypatch.setattr(sys, "executable", program(machine / "python3", pip))

    assert bootstrap.install_uv() == str(target)


def test_debian_without_venv_and_pip_is_told_what_to_install(machine, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_module", lambda name: name not in {"ensurepip", "pip"})

    with pytest.raises(bootstrap.MissingError, match="apt-get install python3-venv"):
        bootstrap.install_uv()


def test_without_a_network_one_sentence_says_so(machine, monkeypatch):
    monkeypatch.setattr(sys, "executable", program(machine / "python3", "exit 1"))

    with pytest.raises(bootstrap.MissingError, match="check the network"):
        bootstrap.install_uv()


def test_without_a_new_enough_python_one_sentence_says_so(machine):
    uv = program(machine / "uv", "exit 2")

    with pytest.raises(bootstrap.MissingError, match=r"No Python 3\.12 or newer"):
        bootstrap.make_environment(uv, ["manage.py", "up"])


def test_another_new_enough_python_serves_when_the_first_choice_is_not_to_be_had(machine):
    uv = program(machine / "uv", 'case "$*" in *sync*--python*|*find*) exit 0;; *) exit 2;; esac')

    assert bootstrap.make_environment(uv, ["manage.py", "up"]) == ["--python", ">=3.12"]


@pytest.mark.parametrize(("command", "developers"), [("up", False), ("test", True), ("migrate", False)])
def test_only_tests_install_the_packages_of_developers(machine, command, developers):
    calls = machine / "calls"
    uv = program(machine / "uv", f'echo "$*" >> {calls}')

    bootstrap.make_environment(uv, ["manage.py", command])

    assert ("--no-dev" not in calls.read_text()) is developers


def test_the_command_starts_again_under_uv_with_its_arguments(machine):
    program(machine / "bin" / "uv", f'echo "$*" >> {machine / "calls"}')
    start = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from config.bootstrap import hand_over; hand_over(sys.argv)"
    )

    subprocess.run([sys.executable, "-S", "-c", start, "up", "--port", "9"], check=True, env=dict(os.environ))

    assert (machine / "calls").read_text().splitlines()[-1].endswith(f"python {ROOT / 'manage.py'} up --port 9")


def test_an_environment_that_stays_incomplete_ends_in_a_sentence_and_not_in_a_loop(machine, monkeypatch, capsys):
    monkeypatch.setenv(bootstrap.SECOND_START, "1")

    assert bootstrap.hand_over(["manage.py", "up"]) == 1
    assert "incomplete" in capsys.readouterr().err
