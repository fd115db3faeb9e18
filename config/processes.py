"""The processes that `up` runs, kept alive together and ended together."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

# A process that dies this soon after its start, this often in a row, will not get better by another start.
SOON_SECONDS = 5.0
OFTEN = 3
# A worker finishes its task before it ends; past this it is killed and the task is run again.
PATIENCE_SECONDS = 30.0


@dataclass
class Process:
    """One program of the group. `environment` is added to ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    early_deaths: int = 0


class ProcessGroup:
    """Programs that share a process group of their own, so that Ctrl-C reaches us alone and we end them in order."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = processes
        self.leader: int | None = None

    def start(self) -> None:
        """Start them all."""
        for process in self.processes:
            self._start(process)

    def restart_the_dead(self) -> None:
        """Start again what died. Raises `RuntimeError` with a sentence when it keeps dying."""
        for process in self.processes:
            if process.running is None or process.running.poll() is None:
                continue
            early = time.monotonic() - process.started_at < SOON_SECONDS
            process.early_deaths = process.early_deaths + 1 if early else 0
            if process.early_deaths >= OFTEN:
                raise RuntimeError(
                    f"The {process.name} process keeps ending (exit code {process.running.returncode})."
                )
            self._start(process)

    def stop(self) -> None:
        """Ask each to end, wait for them together, then kill what is left, children of children included."""
        running = [process.running for process in self.processes if process.running is not None]
        for one in running:
            one.terminate()
        until = time.monotonic() + PATIENCE_SECONDS
        for one in running:
            with suppress(subprocess.TimeoutExpired):
                one.wait(max(0.0, until - time.monotonic()))
        if self.leader is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.leader, signal.SIGKILL)
        for one in running:
            one.wait()

    def _start(self, process: Process) -> None:
        process.running = subprocess.Popen(  # noqa: S603 - our own commands
            process.command,
            env={**os.environ, **process.environment},
            stdin=subprocess.DEVNULL,
            process_group=self._group(),
        )
        self.leader = self.leader or process.running.pid
        process.started_at = time.monotonic()

    def _group(self) -> int:
        """The group to join; 0 makes a new one, also when every member of the old one is gone."""
        if self.leader is None:
            return 0
        try:
            os.killpg(self.leader, 0)
        except ProcessLookupError:
            self.leader = None
            return 0
        return self.leader
