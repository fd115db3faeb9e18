"""Where organization administrators manage workspaces, members and roles until those have pages of their own.

The admin works across workspaces: it reads with the plain managers and writes inside the scope of what it saves.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.fields.related import ForeignKey
from django.http import HttpRequest

from user360.access import PERMISSIONS
from user360.models import AuditEntry, IdentityType, Member, Role, Source, Workspace
from user360.services import audit
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope


class WithinWorkspace(forms.ModelForm):  # type: ignore[type-arg]  # generic for the checker alone
    """A form whose constraints are checked among the rows of the workspace it names."""

    def _post_clean(self) -> None:
        workspace = self.cleaned_data.get("workspace")
        if workspace is not None:  # without one the form has an error already
            with workspace_scope(workspace):
                super()._post_clean()  # type: ignore[misc]  # Django's hook, which the stubs leave out


class RoleForm(WithinWorkspace):
    """The tree of permissions as check boxes."""

    permissions = forms.MultipleChoiceField(
        choices=[(code, f"{label} ({code})") for code, label in PERMISSIONS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Role
        fields = ("workspace", "name", "permissions", "is_default")


class AcrossWorkspaces(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the checker alone
    """Rows of every workspace; each save and deletion leaves an audit entry in the row's own (AC8)."""

    form = WithinWorkspace

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        """Not the scoped manager, which would refuse."""
        rows: QuerySet[Any] = self.model._base_manager.all()  # noqa: SLF001
        return rows

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Choices of every workspace."""
        kwargs.setdefault("queryset", db_field.related_model._base_manager.all())  # noqa: SLF001
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # Django's
        """Saves in the scope of the row's workspace."""
        with workspace_scope(obj.workspace):
            super().save_model(request, obj, form, change)
            self._record(request, obj, "edited" if change else "created", form)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Deletes in the scope of the row's workspace."""
        with workspace_scope(obj.workspace):
            self._record(request, obj, "deleted", None)
            super().delete_model(request, obj)

    def _record(self, request: HttpRequest, obj: Any, verb: str, form: Any) -> None:
        actor = request.user if isinstance(request.user, User) else None
        after = {name: str(form.cleaned_data.get(name)) for name in form.changed_data} if form else {}
        name = self.model._meta.verbose_name
        audit.record(action=f"{name}.{verb}", subject=str(obj), actor=actor, after=after)


class MemberForm(WithinWorkspace):
    """A member and its roles, which are of the same workspace."""

    # Declared, because Django would make it from the scoped manager, which refuses.
    roles = forms.ModelMultipleChoiceField(queryset=Role._base_manager.none(), required=False)  # noqa: SLF001

    class Meta:
        model = Member
        fields = ("workspace", "user", "suspended")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["roles"]
        assert isinstance(choices, forms.ModelMultipleChoiceField)  # noqa: S101  # declared above
        choices.queryset = Role._base_manager.select_related("workspace")  # noqa: SLF001
        if self.instance.pk:
            held = Member.roles.through._base_manager.filter(member_id=self.instance.pk)  # noqa: SLF001
            self.initial["roles"] = list(held.values_list("role_id", flat=True))

    def clean(self) -> dict[str, Any]:
        """Refuses a role of another workspace: it would grant nothing there and confuse everybody."""
        values = super().clean() or {}
        workspace = values.get("workspace")
        if any(role.workspace_id != getattr(workspace, "pk", None) for role in values.get("roles") or ()):
            raise forms.ValidationError("Every role has to be of the member's workspace.")
        return values


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the checker alone
    """Workspaces; a new one starts with roles, schema and the one who made it as administrator."""

    list_display = ("name", "slug", "time_zone", "default_country")
    fields = ("name", "slug", "time_zone", "locale", "default_country")

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:
        """A new workspace is made by the service."""
        if change:
            super().save_model(request, obj, form, change)
            with workspace_scope(obj):
                audit.record(action="workspace.edited", subject=obj.name, actor=request.user)  # type: ignore[arg-type]
            return
        owner = request.user if isinstance(request.user, User) else None
        made = create_workspace(name=obj.name, slug=obj.slug, owner=owner, default_country=obj.default_country)
        Workspace.objects.filter(pk=made.pk).update(time_zone=obj.time_zone, locale=obj.locale)
        obj.pk = made.pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """A workspace's customers are not deleted by a click here."""
        return False


@admin.register(Member)
class MemberAdmin(AcrossWorkspaces):
    """Who belongs to which workspace, in which roles."""

    form = MemberForm
    fields = ("workspace", "user", "roles", "suspended")
    list_display = ("user", "workspace", "suspended")
    list_filter = ("workspace", "suspended")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The roles, within the member's workspace."""
        with workspace_scope(form.instance.workspace):
            super().save_related(request, form, formsets, change)


@admin.register(Role)
class RoleAdmin(AcrossWorkspaces):
    """What the roles of each workspace allow."""

    form = RoleForm
    list_display = ("name", "workspace", "is_default")
    list_filter = ("workspace",)


@admin.register(IdentityType)
class IdentityTypeAdmin(AcrossWorkspaces):
    """ID types: name, priority, whether equal values join users."""

    list_display = ("name", "workspace", "priority", "enabled", "in_mapping")
    list_filter = ("workspace",)
    readonly_fields = ("key",)


@admin.register(Source)
class SourceAdmin(AcrossWorkspaces):
    """Where data comes from."""

    list_display = ("name", "workspace", "kind")
    list_filter = ("workspace",)


@admin.register(AuditEntry)
class AuditEntryAdmin(AcrossWorkspaces):
    """Who changed what; nobody changes this."""

    list_display = ("at", "workspace", "actor", "action", "subject")
    list_filter = ("workspace", "action")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Append-only, and not by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Append-only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Append-only."""
        return False
