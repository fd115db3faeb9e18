"""The member levels in use."""

from django.db.models.functions import Lower

from user360.models import Profile

MAX_LEVELS = 50


def member_levels() -> list[str]:
    """The distinct member levels of the current workspace, one spelling each, at most fifty.

    Steps from one level to the next along the index, a short query each, instead of reading every profile. A recursive
    statement would do it in one, which a distributed database refuses.
    """
    ordered = Profile.objects.annotate(folded=Lower("member_level")).filter(folded__isnull=False)
    steps = ordered.order_by("folded", "id").values_list("folded", "member_level")
    levels: list[str] = []
    step = steps.first()
    while step is not None and len(levels) < MAX_LEVELS:
        levels.append(str(step[1]))
        step = steps.filter(folded__gt=step[0]).first()
    return levels
