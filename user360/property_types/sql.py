"""Small pieces of SQL shared by the types. Expressions come from our own engine, never from a user."""

from .whitespace import WHITESPACE


def literal(text: str) -> str:
    """A text constant of PostgreSQL (`standard_conforming_strings` is on)."""
    return "'" + text.replace("'", "''") + "'"


_WHITESPACE_LITERAL = "E'" + "".join(f"\\u{ord(character):04x}" for character in WHITESPACE) + "'"


def sql_trim(expr: str) -> str:
    """SQL text without the white space around it: the same set of characters as `whitespace.trim`."""
    return f"btrim({expr}, {_WHITESPACE_LITERAL})"


def sql_is_plain_line(expr: str, limit: int) -> str:
    """SQL boolean: printable ASCII of at most `limit` characters without a space at either end."""
    return f"(length({expr}) <= {limit} AND {expr} ~ '^[!-\\u007e]+( +[!-\\u007e]+)*$')"


def sql_is_empty(expr: str) -> str:
    """SQL boolean, never NULL: the text is NULL, empty, or white space alone."""
    return f"(coalesce({sql_trim(expr)}, '') = '')"
