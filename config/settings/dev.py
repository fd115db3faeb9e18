"""One machine, plain HTTP, embedded servers: what `up` and the other commands use unless told otherwise."""

from config.environment import flag
from config.settings.base import *  # noqa: F403

DEBUG = flag("DEBUG")
WHITENOISE_AUTOREFRESH = True
