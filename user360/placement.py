"""Where a table lives when the database is spread over several machines: declared on each model, checked by a test.

On one machine nothing reads this. `docs/operations.md` says what a distributed PostgreSQL does with it.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Placement:
    """How a table is spread: everywhere whole (reference), in one place (local), or cut by `column` (distributed)."""

    kind: Literal["local", "reference", "distributed"]
    column: str = ""
    colocated: bool = False


LOCAL = Placement("local")
REFERENCE = Placement("reference")


def distributed(column: str, *, colocated: bool = True) -> Placement:
    """A table cut by `column`; `colocated` tables keep a profile's rows on the machine of the profile."""
    return Placement("distributed", column, colocated)
