"""Personal data for members who may not see it: the one place that hides it, for pages and for files alike (AC7)."""

from __future__ import annotations

DOT = "•"
SHOWN_DIGITS = 4


def mask(kind: str, value: str) -> str:
    """The value hidden by its kind, a property type or the format of an ID type: `j•••@e•••.com`, `•••• 4521`."""
    if kind == "email" and "@" in value:
        local, _, domain = value.rpartition("@")
        name, _, ending = domain.rpartition(".")
        return f"{local[:1]}{DOT * 3}@{name[:1]}{DOT * 3}.{ending}"
    if kind == "phone":
        return f"{DOT * 4} {value[-SHOWN_DIGITS:]}"
    return f"{value[:1]}{DOT * 3}"


def sql_mask(kind: str, sql: str) -> str:
    """The same of an SQL text expression that may hold several values joined with `;`."""
    one = _SQL.get(kind, "left(v, 1) || '•••'")
    return (
        f"(SELECT string_agg({one}, ';' ORDER BY place) "  # noqa: S608  # expressions of ours
        f"FROM unnest(string_to_array({sql}, ';')) WITH ORDINALITY AS hidden (v, place))"
    )


_SQL = {
    "email": (
        "CASE WHEN strpos(v, '@') > 0 THEN left(regexp_replace(v, '@[^@]*$', ''), 1) || '•••@'"
        " || coalesce(left(substring(regexp_replace(v, '^.*@', '') FROM '^(.*)[.]'), 1), '')"
        " || '•••.' || regexp_replace(v, '^.*[@.]', '') ELSE left(v, 1) || '•••' END"
    ),
    "phone": "'•••• ' || right(v, 4)",
}
