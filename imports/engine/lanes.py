"""Batches on several connections at once: while one waits for its indexes the other one fills its own."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from threading import Event, Lock
from typing import Any

from django.db import connection

LANES = 2


def in_lanes[Item](items: Iterable[Item], work: Callable[[Item], Any]) -> None:
    """Calls `work` for every item, each in a transaction of its own making, on LANES connections.

    Raises what one of them raised, after the others have finished the item they were at. Inside a transaction, which
    no other connection could see, everything happens here and one after the other.
    """
    if connection.in_atomic_block:
        for item in items:
            work(item)
        return
    waiting, guard, stop = iter(items), Lock(), Event()

    def lane() -> None:
        try:
            while not stop.is_set():
                with guard:
                    item = next(waiting, None)
                if item is None:
                    return
                work(item)
        except BaseException:
            stop.set()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(LANES, thread_name_prefix="import") as pool:
        lanes = [pool.submit(copy_context().run, lane) for _ in range(LANES)]
        wait(lanes, return_when=FIRST_EXCEPTION)
    for finished in lanes:
        finished.result()
