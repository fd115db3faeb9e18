"""Adding a single user."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from user360.gate import WorkspaceRequest, workspace_page
from user360.profile_form import NewProfileForm
from user360.property_types import InvalidValue
from user360.services.identities import DuplicateIdentity, find_owner
from user360.services.profiles import USER_ID, Origin, ProfileRefused, create_profile
from user360.views.profile import viewer_of


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.add")
def user_new(request: WorkspaceRequest) -> HttpResponse:
    """The form; an ID that belongs to somebody leads to them. Posted with `check`, it judges one field and writes
    nothing.
    """
    form = NewProfileForm(request.POST or None)
    context = {"form": form, "title": "Add user", "nav_active": "user360:users"}
    if request.method == "POST" and (key := request.POST.get("check")) in form.fields:
        form.is_valid()
        return render(request, "user360/profile/checked_input.html", {"field": form[key], "owner": _owner(form, key)})
    if request.method == "POST" and form.is_valid():
        try:
            profile = create_profile(
                values=form.values,
                origin=Origin(actor=request.user),
                user_id=form.cleaned_data["user_id"] or None,
                new_identities=form.ids,
            )
        except DuplicateIdentity as duplicate:
            context["duplicate"] = duplicate
        except InvalidValue as invalid:
            form.add_error("user_id", invalid.message)
        except ProfileRefused as refusal:
            form.add_error(refusal.key if refusal.key in form.fields else None, refusal.message)
        else:
            messages.success(request, f"{viewer_of(request).name(profile)} added.")
            return redirect("user360:user", request.workspace.slug, profile.pk)
    return render(request, "user360/profile/new.html", context, status=422 if form.is_bound else 200)


def _owner(form: NewProfileForm, key: str) -> int | None:
    """Who has the ID already that was typed into this field."""
    kind = USER_ID if key == "user_id" else key.removeprefix("id:") if key.startswith("id:") else ""
    value = form.cleaned_data.get(key)
    return find_owner(type_key=kind, value=str(value)) if kind and value else None
