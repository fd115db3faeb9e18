"""Deterministic draws in SQL: the same row number, seed and question give the same answer on every machine."""

from collections.abc import Sequence


def draw(question: str, below: int | str) -> str:
    """SQL integer from 0 to `below` - 1 for row `i`; one `question` is independent of another."""
    return f"mod(abs(hashtextextended(i::text || '{question}', %(seed)s)), {below})::int"


def chance(question: str, percent: float) -> str:
    """SQL boolean that is true for `percent` of the rows."""
    return f"({draw(question, 10_000)} < {round(percent * 100)})"


def pick(question: str, values: Sequence[str]) -> str:
    """SQL text: one of `values`, which hold no quotes, each as likely as often as it stands there."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{listed}])[1 + {draw(question, len(values))}]"


def known(question: str, percent: float, expression: str) -> str:
    """SQL: `expression` for `percent` of the rows, NULL for the others."""
    return f"CASE WHEN {chance(question, percent)} THEN {expression} END"


def days_ago(question: str, days: int) -> str:
    """SQL timestamp: up to `days` days before %(now)s, to the second, recent ones more likely than old ones."""
    share = f"({draw(question, 1_000_000)} / 1e6)"
    return f"date_trunc('second', %(now)s::timestamptz - ({share} * {share} * interval '{days} days'))"
