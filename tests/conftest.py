"""Tests run on embedded servers of their own, in the folder that config.settings.test chooses."""

import shutil

import pytest

from config import embedded

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: kills servers that other tests share, so it runs after them")
    config.addinivalue_line("markers", "browser: drives a real browser (Chromium of the system)")
    if not _is_parallel_worker(config):
        embedded.ensure(durable=False)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_parallel_worker(config):
        embedded.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


def _is_parallel_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The system's Chromium, which as root runs without its sandbox."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *quiet],
    }
