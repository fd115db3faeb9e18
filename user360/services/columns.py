"""Which columns the list shows: everybody's default, and each member's own (UL6)."""

from collections.abc import Sequence

from django.db import transaction

from user360.conditions import load_schema
from user360.listing.columns import MAX_COLUMNS, available_columns
from user360.models import Member
from user360.services import audit


@transaction.atomic
def set_own_columns(*, member: Member, keys: Sequence[str]) -> None:
    """Sets the member's own columns; none goes back to the workspace's. Unknown keys are dropped."""
    if member.pk is None:  # an organization administrator is a member without a row
        member.save()
    member.columns = _known(keys)
    member.save(update_fields=["columns"])


@transaction.atomic
def set_workspace_columns(*, member: Member, keys: Sequence[str]) -> None:
    """Sets what members without columns of their own see; none goes back to the shipped ones."""
    workspace = member.workspace
    before = workspace.columns
    workspace.columns = _known(keys)
    workspace.save(update_fields=["columns"])
    audit.record(
        action="columns.set",
        subject=workspace.name,
        actor=member.user,
        before={"columns": before},
        after={"columns": workspace.columns},
    )


def _known(keys: Sequence[str]) -> list[str]:
    available = available_columns(load_schema())
    return [key for key in dict.fromkeys(keys) if key in available][:MAX_COLUMNS]
