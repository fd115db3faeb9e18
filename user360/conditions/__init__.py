"""The condition language of the list, the segments and the API (CONTRACT 3): one meaning, compiled to one statement.

`parse` JSON with a `load_schema()`; then `matching`, `expression`, `count`, `describe`, `explain`, `flipped`.
"""

import user360.conditions.leaves  # noqa: F401 - registers the kinds of leaf
from user360.conditions.compile import expression, live_profiles, matching
from user360.conditions.counting import CountTimeout, count, counts
from user360.conditions.describe import Chip, chips, describe
from user360.conditions.errors import ConditionError, ConditionErrors
from user360.conditions.explain import Explanation, explain
from user360.conditions.parse import dump, parse, parse_text
from user360.conditions.schema import Schema, load_schema
from user360.conditions.tree import Evidence, Node, Words
from user360.conditions.windows import flipped, moving_leaves

__all__ = [
    "Chip",
    "ConditionError",
    "ConditionErrors",
    "CountTimeout",
    "Evidence",
    "Explanation",
    "Node",
    "Schema",
    "Words",
    "chips",
    "count",
    "counts",
    "describe",
    "dump",
    "explain",
    "expression",
    "flipped",
    "live_profiles",
    "load_schema",
    "matching",
    "moving_leaves",
    "parse",
    "parse_text",
]
