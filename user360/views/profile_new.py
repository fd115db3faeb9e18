"""Adding a single user."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from user360.gate import WorkspaceRequest, workspace_page
from user360.models import IdentityType
from user360.profile_form import NewProfileForm, editable_properties
from user360.property_types import InvalidValue
from user360.services.identities import DuplicateIdentity, NewIdentity
from user360.services.profiles import Origin, create_profile

# The IDs a person types; the others come from systems.
TYPED = ("mobile", "email", "whatsapp")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.add")
def user_new(request: WorkspaceRequest) -> HttpResponse:
    """The form; an ID that belongs to somebody leads to them."""
    types = IdentityType.objects.filter(key__in=TYPED, enabled=True)
    form = NewProfileForm(editable_properties(), types, request.POST or None)
    context = {"form": form, "nav_active": "user360:users"}
    if request.method == "POST" and form.is_valid():
        try:
            profile = create_profile(
                values=form.values,
                origin=Origin(actor=request.user),
                user_id=form.cleaned_data["user_id"] or None,
                new_identities=[NewIdentity(kind, value) for kind, value in form.ids.items()],
            )
        except DuplicateIdentity as duplicate:
            context["duplicate"] = duplicate
        except InvalidValue as invalid:
            form.add_error(None, invalid.message)
        else:
            messages.success(request, f"{profile} added.")
            return redirect("user360:user", request.workspace.slug, profile.pk)
    return render(request, "user360/profile/new.html", context, status=422 if form.is_bound else 200)
