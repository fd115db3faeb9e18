"""Settings shared by every way of running. Addresses and secrets come from the environment (docs/operations.md)."""

import os
from typing import Any

from django.utils.csp import CSP

from config import embedded
from config.environment import ROOT, cache_url, database_from_url, flag, secret_key, var_folder, words
from config.logging import logging_settings

VAR = var_folder()
PLACE = embedded.place(VAR)

DEBUG = False
SECRET_KEY = secret_key(VAR)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "config",
    "user360",
    "segments",
    "imports",
    "demo",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "tablericons",
]

MIDDLEWARE = [
    "config.health.ProbeMiddleware",
    "config.logging.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "user360.context.workspace",
            ],
        },
    },
]

# The pool is for threads that share a process, so only the web processes ask for one.
POOL_SIZE = int(os.environ.get("USER360_DB_POOL") or 0)
DATABASE_URL = os.environ.get("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "config.postgresql",
        **(database_from_url(DATABASE_URL) if DATABASE_URL else embedded.database_settings(PLACE)),
    }
}
if POOL_SIZE:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": POOL_SIZE, "timeout": 10}
    # A restarted server leaves dead connections in the pool; none of them is handed out.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": cache_url(REDIS_URL) if REDIS_URL else embedded.cache_url(PLACE),
    }
}

CELERY_BROKER_URL = REDIS_URL or embedded.broker_url(PLACE)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A killed worker's tasks come back after the visibility timeout; the throttle is how many looks for them are skipped.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "unacked_restore_throttle": 1}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# The outcome of long work is in its job row; nobody reads it from Celery.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Segments follow a change within two seconds, so their short work never waits behind an import: it has a worker of its
# own, and so has the look for workers that died.
CELERY_TASK_ROUTES = {"segments.*": {"queue": "live"}, "user360.requeue_stale_jobs": {"queue": "live"}}
# Name of the entry → {"task": dotted name, "schedule": seconds or crontab}.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Writes tell a worker by themselves; this finds what a lost message has left.
    "segments.drain_waiting": {"task": "segments.drain_waiting", "schedule": 2.0},
    "segments.tick": {"task": "segments.tick", "schedule": 30.0},
    "user360.requeue_stale_jobs": {"task": "user360.requeue_stale_jobs", "schedule": 15.0},
    "user360.make_partitions": {"task": "user360.make_partitions", "schedule": 3_600.0},
    "imports.delete_expired_files": {"task": "imports.delete_expired_files", "schedule": 3_600.0},
}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "user360.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
# Accounts are made by administrators and invitations, which prove the address themselves.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "User 360"
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

SECURE_CSP = {
    "default-src": [CSP.SELF],
    # The second factor is set up with a QR code that allauth draws as data: image.
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = False  # htmx reads the token from a header attribute; pages may read the cookie

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = True

_S3_BUCKET = os.environ.get("S3_BUCKET")
_PRIVATE_STORAGE: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    # Without an address: private files leave only through views that ask for the permission.
    "OPTIONS": {"location": VAR / "files", "base_url": None, "file_permissions_mode": 0o600},
}
if _S3_BUCKET:
    _PRIVATE_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _S3_BUCKET,
            "endpoint_url": os.environ.get("S3_ENDPOINT") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
STORAGES: dict[str, dict[str, Any]] = {
    "default": _PRIVATE_STORAGE,
    "private": _PRIVATE_STORAGE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Uploads go to disk as they arrive, on the file system where they will stay.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = VAR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
# Fields of a form; the content of uploaded files does not count.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

_EMAIL_HOST = os.environ.get("EMAIL_HOST")
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "User 360 <user360@localhost>")
MAILERS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
if _EMAIL_HOST:
    MAILERS["default"] = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _EMAIL_HOST,
            "port": int(os.environ.get("EMAIL_PORT", "587")),
            "username": os.environ.get("EMAIL_USER", ""),
            "password": os.environ.get("EMAIL_PASSWORD", ""),
            "use_tls": flag("EMAIL_TLS", default=True),
        },
    }

LOGGING_CONFIG = "config.logging.configure"
LOGGING = logging_settings(as_json=flag("LOG_JSON"))
