"""Making a workspace with everything it starts with."""

from django.contrib.auth.models import User
from django.db import transaction

from user360.access import PRESET_ROLES
from user360.identification.presets import PRESET_ID_TYPES
from user360.models import IdentityType, Member, Property, Role, Source, Tag, TagGroup, Workspace
from user360.services import audit
from user360.system_properties import SYSTEM_PROPERTIES
from user360.tenancy import workspace_scope

MANUAL_SOURCE = "Manual entry"
UNCATEGORIZED = "Uncategorized"
LABELS = "Labels"
# An equal value of one of these makes two users one person, until administrators choose others (ID4).
MAPPED_BY_DEFAULT = frozenset({"userId", "mobile", "email"})


@transaction.atomic
def create_workspace(*, name: str, slug: str, owner: User | None = None, default_country: str = "") -> Workspace:
    """Makes a workspace with the preset roles, properties, ID types, tag and source; `owner` becomes administrator."""
    workspace = Workspace(name=name, slug=slug, default_country=default_country)
    workspace.full_clean()
    workspace.save()
    with workspace_scope(workspace):
        roles = _create_roles()
        _create_schema(workspace)
        if owner is not None:
            Member.objects.create(user=owner).roles.add(roles[0])
        audit.record(action="workspace.created", subject=name, actor=owner)
    return workspace


def _create_roles() -> list[Role]:
    return [
        Role.objects.create(
            name=preset.name, permissions=sorted(preset.permissions), is_default=preset.is_default, is_preset=True
        )
        for preset in PRESET_ROLES
    ]


def _create_schema(workspace: Workspace) -> None:
    Source.objects.create(name=MANUAL_SOURCE, kind=Source.Kind.MANUAL)
    Property.objects.bulk_create(
        Property(
            workspace=workspace,
            key=prop.key,
            label=prop.label,
            type=prop.type,
            group=prop.group,
            is_system=True,
            is_personal=prop.is_personal,
            position=position,
        )
        for position, prop in enumerate(SYSTEM_PROPERTIES)
    )
    IdentityType.objects.bulk_create(
        IdentityType(
            workspace=workspace,
            key=preset.key,
            name=preset.label,
            priority=preset.priority,
            single_value=preset.single_value,
            in_mapping=preset.key in MAPPED_BY_DEFAULT,
            format=preset.format,
            is_personal=preset.personal,
        )
        for preset in PRESET_ID_TYPES.values()
    )
    group = TagGroup.objects.create(name=UNCATEGORIZED)
    Tag.objects.create(group=group, name=LABELS, is_labels=True, kind=Tag.Kind.MULTI)
