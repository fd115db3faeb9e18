"""Tests: always embedded servers, in a folder of their own, safe to kill and quick rather than durable."""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent
# Set once, so that the parallel workers and the programs that tests start find the same folder.
os.environ.setdefault("USER360_TEST_VAR", str(Path(os.environ.get("USER360_VAR") or _ROOT / "var") / "test"))
os.environ["USER360_VAR"] = os.environ["USER360_TEST_VAR"]
# Empty rather than absent: what is absent would be read from .env.
os.environ["DATABASE_URL"] = os.environ["REDIS_URL"] = os.environ["S3_BUCKET"] = os.environ["EMAIL_HOST"] = ""
os.environ["USER360_DB_POOL"] = ""

from config import embedded  # noqa: E402
from config.settings.base import *  # noqa: E402, F403
from config.settings.base import PLACE, VAR  # noqa: E402

ALLOWED_HOSTS = ["*"]
# Each parallel worker has its own database (pytest-django sees to PostgreSQL) and its own files.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CELERY_BROKER_URL = embedded.broker_url(PLACE, int(_WORKER) % 16)
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_PRIVATE = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": VAR / f"files-{_WORKER}", "base_url": None},
}
STORAGES = {
    "default": _PRIVATE,
    "private": _PRIVATE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
