"""What the environment decides: folders, addresses, secrets. Read once, by the settings and the embedded servers."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from dotenv import load_dotenv
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent
load_dotenv(ROOT / ".env")


def var_folder() -> Path:
    """The folder of embedded data and private files."""
    return Path(os.environ.get("USER360_VAR") or ROOT / "var").resolve()


def flag(name: str, *, default: bool = False) -> bool:
    """Whether the variable says yes: 1, true, yes or on."""
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def words(name: str, default: str = "") -> list[str]:
    """The comma-separated values of the variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key(folder: Path) -> str:
    """SECRET_KEY, or else one that is made once and kept in `folder`, readable by its owner alone."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    kept = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


def database_from_url(url: str) -> dict[str, Any]:
    """The Django connection for a postgresql:// address; what libpq knows beyond the basics becomes an option."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    return {
        "NAME": parts.pop("dbname", "user360"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


def cache_url(broker: str) -> str:
    """The database next to the broker's on the same server, so that clearing the cache cannot lose a task."""
    scheme, server, path, query, fragment = urlsplit(broker)
    number = int(path.strip("/") or 0)
    return urlunsplit((scheme, server, f"/{number + 1}", query, fragment))
