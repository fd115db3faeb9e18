"""Values that stand for "nothing" and would join strangers (ID5)."""

import hashlib
import re

from user360.property_types.sql import literal, sql_trim
from user360.property_types.whitespace import trim

_PLACEHOLDERS = (
    *("null", "(null)", "<null>", "nil", "none", "nan", "na", "n/a", "#n/a", "n.a.", "undefined", "unknown", "empty"),
    *("anonymous", "guest", "test", "dummy", "default", "missing", "not available", "not set", "(not set)", "tbd"),
    *("true", "false", "?", "x", "xx", "xxx", "0", "-1", "[object object]", "keine", "inconnu", "desconocido"),
    *("test@test.com", "test@example.com", "a@a.com", "noreply@example.com", "none@none.com", "no@email.com"),
    # Handed out by systems instead of a device's own ID.
    *("02:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "9774d56d682e549c", "012345678912345", "004999010640000"),
)


def _with_hashes(values: tuple[str, ...]) -> frozenset[str]:
    hashes = (
        algorithm(spelling.encode(), usedforsecurity=False).hexdigest()
        for value in ("", *values)
        for spelling in (value, value.upper())
        for algorithm in (hashlib.md5, hashlib.sha256)
    )
    return frozenset((*values, *hashes))


MEANINGLESS_VALUES = _with_hashes(_PLACEHOLDERS)
# Zeros, dashes and other signs without any letter or digit: 0000, 00000000-0000-0000-0000-000000000000, "--", "+0".
_ZEROS_AND_SIGNS = "^[\\u0001-\\u0030\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007f]*$"
_ZEROS_AND_SIGNS_COMPILED = re.compile(_ZEROS_AND_SIGNS)


def is_meaningless(value: str) -> bool:
    """Whether a value identifies nobody, so that it must not join users. Hashes of such values count too."""
    text = trim(value)
    return bool(_ZEROS_AND_SIGNS_COMPILED.search(text)) or _ascii_lower(text) in MEANINGLESS_VALUES


def sql_is_meaningless(expr: str) -> str:
    """SQL boolean: the same over a text expression."""
    x = sql_trim(expr)
    listed = ", ".join(literal(value) for value in sorted(MEANINGLESS_VALUES))
    return f'({x} ~ {literal(_ZEROS_AND_SIGNS)} OR lower({x} COLLATE "C") IN ({listed}))'


def _ascii_lower(text: str) -> str:
    return text.translate({code: code + 32 for code in range(ord("A"), ord("Z") + 1)})
