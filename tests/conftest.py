"""Tests run on embedded servers of their own, in the folder that config.settings.test chooses."""

import pytest

from config import embedded


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real browser (Chromium of the system)")
    if not _is_parallel_worker(config):
        embedded.ensure(durable=False)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_parallel_worker(config):
        embedded.stop()


def _is_parallel_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium, which as root runs without its sandbox."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *quiet],
    }
