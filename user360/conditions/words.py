"""Pieces of sentences."""

from collections.abc import Sequence

SHOWN_VALUES = 5


def listed(words: Sequence[str], conjunction: str, *, shown: int = SHOWN_VALUES) -> str:
    """`Paris, Lyon or Nice`; of a long list the first few and how many more."""
    if len(words) > shown + 1:
        return f"{', '.join(words[:shown])} {conjunction} {len(words) - shown:,} more"
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def counted(n: int, unit: str) -> str:
    """`1 day`, `30 days`; the unit is given in the plural."""
    return f"{n:,} {unit[:-1] if n == 1 else unit}"
