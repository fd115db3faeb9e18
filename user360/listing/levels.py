"""The member levels in use."""

from django.db import connection

from user360.tenancy import current_workspace_id

MAX_LEVELS = 50

# Steps from one value to the next along the index instead of reading every profile (a "loose index scan",
# https://wiki.postgresql.org/wiki/Loose_indexscan).
_STEPS = """
WITH RECURSIVE step AS (
  (SELECT lower(member_level) AS folded, member_level FROM profile
    WHERE workspace_id = %(workspace)s AND lower(member_level) IS NOT NULL ORDER BY lower(member_level), id LIMIT 1)
  UNION ALL
  SELECT following.folded, following.member_level FROM step, LATERAL (
    SELECT lower(member_level) AS folded, member_level FROM profile
     WHERE workspace_id = %(workspace)s AND lower(member_level) > step.folded
     ORDER BY lower(member_level), id LIMIT 1) AS following
)
SELECT member_level FROM step LIMIT %(limit)s
"""


def member_levels() -> list[str]:
    """The distinct member levels of the current workspace, one spelling each, at most fifty."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, {"workspace": current_workspace_id(), "limit": MAX_LEVELS})
        return [row[0] for row in cursor.fetchall()]
