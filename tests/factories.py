"""Made-to-measure data for tests. Everything goes through the services, as in the product."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from factory.base import Factory
from factory.declarations import LazyAttribute, Sequence
from factory.django import DjangoModelFactory, Password

from user360.models import Member, Profile, Property, Role, Tag, TagGroup, Workspace
from user360.property_input import parse_values
from user360.services.identities import NewIdentity
from user360.services.profiles import Origin, create_profile
from user360.services.properties import create_property
from user360.services.tags import tag_profile
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

PASSWORD = "correct horse battery staple"  # tests sign in with it


class UserFactory(DjangoModelFactory[User]):
    """A login account that may sign in with PASSWORD."""

    class Meta:
        model = User

    username = Sequence(lambda n: f"member{n}")
    email = Sequence(lambda n: f"member{n}@example.com")
    password = Password(PASSWORD)


class WorkspaceFactory(Factory[Workspace]):
    """A workspace with its roles and schema."""

    class Meta:
        model = Workspace

    slug = Sequence(lambda n: f"workspace-{n}")
    name = LazyAttribute(lambda made: made.slug.title())

    @classmethod
    def _create(cls, model_class: type[Workspace], *args: Any, **kwargs: Any) -> Workspace:  # noqa: ARG003
        return create_workspace(*args, **kwargs)


def member(workspace: Workspace, role: str = "Administrator", **user: Any) -> Member:
    """A member of the workspace in one of the preset roles."""
    with workspace_scope(workspace):
        made: Member = Member.objects.create(user=UserFactory.create(**user))
        made.roles.add(Role.objects.get(name=role))
    return made


def profile(
    values: Mapping[str, object] | None = None,
    *,
    user_id: str | None = None,
    ids: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    origin: Origin | None = None,
) -> Profile:
    """A user of the current workspace; `values` as text, `ids` by ID type, `tags` one value by tag name."""
    read, errors = parse_values(values or {})
    assert not errors, errors
    origin = origin or Origin()
    new = [NewIdentity(kind, value) for kind, value in (ids or {}).items()]
    made = create_profile(values=read, origin=origin, user_id=user_id, new_identities=new)
    if tags:
        tag_profile(profile_id=made.pk, origin=origin, add=[(tag(name), value) for name, value in tags.items()])
    return made


def prop(key: str, type: str = "string", **more: Any) -> Property:  # noqa: A002
    """A custom property of the current workspace."""
    return create_property(key=key, label=key.title(), type=type, actor=None, **more)


def tag(name: str, kind: str = Tag.Kind.MULTI) -> Tag:
    """The tag of this name, made when it is not there."""
    group = TagGroup.objects.get(name="Uncategorized")
    return Tag.objects.get_or_create(name=name, group=group, defaults={"kind": kind})[0]  # type: ignore[no-any-return]
