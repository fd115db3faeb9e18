"""Searching personal data without seeing it: by the exact value alone, so that nobody finds it bit by bit (AC7)."""

from user360.conditions.errors import ConditionError
from user360.conditions.leaves.identity import IdentityLeaf
from user360.conditions.leaves.property import PropertyLeaf
from user360.conditions.tree import Node, nodes

NEEDS_EXACT = "needs_exact_value"
EXACT = frozenset({"is", "is_not", "in", "not_in", "known", "unknown", "eq", "ne", "on"})


def guesses(tree: Node) -> list[ConditionError]:
    """The comparisons that would narrow down personal data bit by bit."""
    found = []
    for node in nodes(tree):
        if isinstance(node, PropertyLeaf):
            label, personal, op = node.prop.label, node.prop.is_personal, node.comparison.op
        elif isinstance(node, IdentityLeaf):
            label, personal, op = node.kind.name, node.kind.is_personal, node.comparison.op
        else:
            continue
        if personal and op not in EXACT:
            message = f"{label} is personal data, which you can search by the exact value alone"
            found.append(ConditionError(node.path, NEEDS_EXACT, message))
    return found
