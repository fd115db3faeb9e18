"""The processes of `up`: kept alive, and ended to the last grandchild."""

import os
import signal
import sys
import time
from contextlib import suppress

import pytest

from config import processes
from config.processes import Process, ProcessGroup

SLEEP = ["sleep", "600"]


@pytest.fixture
def group_of():
    groups = []

    def start(*commands):
        group = ProcessGroup([Process(f"number {place}", command) for place, command in enumerate(commands)])
        groups.append(group)
        group.start()
        return group

    yield start
    for group in groups:
        group.stop()


def is_alive(number: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(number, 0)
        return True
    return False


def until(condition):
    for _ in range(500):
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_they_share_a_group_that_is_not_ours_so_that_ctrl_c_reaches_us_alone(group_of):
    group = group_of(SLEEP, SLEEP)

    groups = {os.getpgid(process.running.pid) for process in group.processes}

    assert len(groups) == 1
    assert groups != {os.getpgrp()}


def test_one_that_dies_is_started_again(group_of):
    group = group_of(SLEEP, SLEEP)
    first, second = group.processes
    before = first.running.pid
    first.running.kill()
    first.running.wait()

    group.restart_the_dead()

    assert first.running.pid != before
    assert first.running.poll() is None
    assert os.getpgid(first.running.pid) == os.getpgid(second.running.pid)


def test_one_that_keeps_dying_ends_in_a_sentence(group_of):
    group = group_of(["sh", "-c", "exit 3"])

    def keep_alive():
        for _ in range(processes.OFTEN):
            group.processes[0].running.wait()
            group.restart_the_dead()

    with pytest.raises(RuntimeError, match=r"number 0 process keeps ending \(exit code 3\)"):
        keep_alive()


def test_stopping_asks_first_so_that_work_can_be_finished(group_of, tmp_path):
    finished, ready = tmp_path / "finished", tmp_path / "ready"
    group = group_of(["sh", "-c", f"trap 'touch {finished}; exit' TERM; touch {ready}; while :; do sleep 0.05; done"])
    assert until(ready.exists)

    group.stop()

    assert finished.exists()


def test_one_that_does_not_listen_is_killed_with_its_children(group_of, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.2)
    told = tmp_path / "child"
    deaf = f"trap '' TERM; sleep 600 & echo $! > {told}; wait; wait; sleep 600"
    group = group_of(["sh", "-c", deaf])
    assert until(lambda: told.exists() and told.read_text().strip())

    group.stop()

    assert group.processes[0].running.returncode == -signal.SIGKILL
    assert until(lambda: _is_gone_or_unburied(int(told.read_text())))


def _is_gone_or_unburied(number: int) -> bool:
    """Where the machine's first process does not bury orphans, a dead one keeps its number without a command line."""
    if not is_alive(number):
        return True
    try:
        with open(f"/proc/{number}/cmdline", "rb") as file:  # noqa: PTH123 - may vanish at any moment
            return file.read() == b""
    except OSError:
        return True


def test_stopping_before_anything_was_started_does_nothing():
    ProcessGroup([Process("never", [sys.executable])]).stop()
