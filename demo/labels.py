"""Tags of made-up customers: labels, a tier derived from nothing but the draw, interests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from demo.draws import chance
from user360.models import Tag, TagGroup, TagValue

# Group → tag → (kind, values with the percentage of users that have each).
TAGS: dict[str, dict[str, tuple[str, dict[str, float]]]] = {
    "Loyalty": {"Tier": (Tag.Kind.SINGLE, {"Top 1 %": 1, "Regular": 22, "Occasional": 31})},
    "Interests": {
        "Interest": (
            Tag.Kind.MULTI,
            {"Running": 14, "Football": 11, "Headphones": 7, "Travel": 16, "Cooking": 12, "Books": 9},
        )
    },
    "Uncategorized": {
        "Labels": (
            Tag.Kind.MULTI,
            {"VIP": 4, "Newsletter": 38, "Churn risk": 8, "Student": 6, "Trade fair": 3, "Opted out": 5},
        )
    },
}

_ASSIGN = """
    INSERT INTO profile_tag (tag_value_id, profile_id, workspace_id, source_id, pinned, tagged_at)
    SELECT %(value)s, id, workspace_id, source_id, false, created_at
      FROM (SELECT id, workspace_id, source_id, created_at, id - %(lowest)s + 1 AS i
              FROM profile WHERE workspace_id = %(workspace)s) AS person
     WHERE {condition}
"""


def add_tags(facts: Mapping[str, Any]) -> None:
    """Creates the tags of the table above and gives them to the workspace's users."""
    color = 0
    for group_name, tags in TAGS.items():
        group, _ = TagGroup.objects.get_or_create(name=group_name, parent=None)
        for tag_name, (kind, values) in tags.items():
            tag, _ = Tag.objects.get_or_create(group=group, name=tag_name, defaults={"kind": kind})
            below = 0.0
            for value, percent in values.items():
                color = color % 8 + 1
                row, _ = TagValue.objects.get_or_create(tag=tag, value=value, defaults={"color": color})
                # A single tag cuts one draw into slices, so that nobody gets two of its values.
                if kind == Tag.Kind.SINGLE:
                    share = f"({chance(tag_name, below + percent)} AND NOT {chance(tag_name, below)})"
                    below += percent
                else:
                    share = chance(tag_name + value.replace("%", ""), percent)
                _assign(row, share, facts)


def _assign(value: TagValue, condition: str, facts: Mapping[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _ASSIGN.format(condition=condition),
            {"value": value.pk, "workspace": facts["workspace"], "seed": facts["seed"], "lowest": facts["lowest"]},
        )
