"""Production: servers of one's own, HTTPS in front, static files hashed and compressed, logs as JSON."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.environment import ROOT, flag
from config.logging import logging_settings

REQUIRED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")
if missing := [name for name in REQUIRED if not os.environ.get(name)]:
    raise ImproperlyConfigured(f"Production needs these environment variables: {', '.join(missing)}.")

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import STORAGES as BASE_STORAGES  # noqa: E402
from config.settings.base import TRUSTED_PROXIES  # noqa: E402

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STATIC_ROOT = ROOT / "staticfiles"
WHITENOISE_USE_FINDERS = False
STORAGES = {
    **BASE_STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGGING = logging_settings(as_json=True)
