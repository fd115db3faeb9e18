"""Changing one user: a field in its place, the whole form, the release of a pin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from user360.gate import WorkspaceRequest, workspace_page
from user360.models import Profile, Property
from user360.profile_form import ProfileForm, editable_properties, initial_of
from user360.selectors import details
from user360.services.profiles import Origin, ProfileRefused, StaleProfile, release_pin, update_profile
from user360.views.profile import profile_or_404, viewer_of


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.edit")
def user_edit(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """All editable properties at once, in a dialog or on a page of its own."""
    profile = profile_or_404(profile_id)
    props = _visible(request, editable_properties())
    form = ProfileForm(props, request.POST or None, initial=initial_of(props, profile))
    context: dict[str, Any] = {
        "profile": profile,
        "form": form,
        "title": f"Edit {profile}",
        "version": profile.version,
    }
    context["nav_active"] = "user360:users"
    if request.method == "POST" and form.is_valid():
        try:
            update_profile(
                profile_id=profile.pk,
                values=form.changed_values(profile),
                origin=Origin(actor=request.user),
                expected_version=_version(request),
            )
        except StaleProfile as stale:
            context |= {"theirs": _theirs(stale, form), "version": stale.profile.version}
            return render(request, "user360/profile/edit.html", context, status=409)
        messages.success(request, f"{profile} saved.")
        if request.htmx:
            return HttpResponseClientRefresh()
        return redirect("user360:user", request.workspace.slug, profile.pk)
    return render(request, "user360/profile/edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.edit")
def user_field(request: WorkspaceRequest, profile_id: int, key: str) -> HttpResponse:
    """One property in its place: the input, or after saving the value again."""
    profile = profile_or_404(profile_id)
    prop = get_object_or_404(Property.objects, key=key, archived_at=None)
    if not _visible(request, [prop]) or not prop.editable:
        return render(request, "403.html", {"permission_label": "See personal data unmasked"}, status=403)
    form = ProfileForm([prop], request.POST or None, initial=initial_of([prop], profile))
    context: dict[str, Any] = {"profile": profile, "prop": prop, "field": form[key], "version": profile.version}
    context["nav_active"] = "user360:users"
    if request.method == "POST" and form.is_valid():
        try:
            profile = update_profile(
                profile_id=profile.pk,
                values=form.values,
                origin=Origin(actor=request.user),
                expected_version=_version(request),
            )
        except StaleProfile as stale:
            context |= {"theirs": _theirs(stale, form), "version": stale.profile.version}
            return render(request, "user360/profile/field.html", context, status=409)
        except ProfileRefused as refusal:
            form.add_error(key, refusal.message)
        else:
            return _shown(request, profile, prop)
    if "shown" in request.GET:
        return _shown(request, profile, prop)
    template = "user360/profile/field.html" if request.htmx else "user360/profile/field_page.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
@workspace_page("insight.user360.edit")
def user_pin(request: WorkspaceRequest, profile_id: int, key: str) -> HttpResponse:
    """Lets a property follow its source again."""
    profile = profile_or_404(profile_id)
    release_pin(profile_id=profile.pk, key=key, origin=Origin(actor=request.user))
    messages.success(request, "The value follows its source again.")
    address = reverse("user360:user", args=[request.workspace.slug, profile.pk]) + "?tab=properties"
    return HttpResponseClientRefresh() if request.htmx else redirect(address)


def _visible(request: WorkspaceRequest, props: list[Property]) -> list[Property]:
    """Without personal data for members who may not see it: a form would show it."""
    return [prop for prop in props if not prop.is_personal or "pii.view" in request.permissions]


def _version(request: WorkspaceRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _theirs(stale: StaleProfile, form: ProfileForm) -> list[tuple[str, str, str]]:
    """Label, their value and one's own of what differs."""
    texts = initial_of(form.props, stale.profile)
    rows = [(prop.label, texts.get(prop.key, ""), form[prop.key].value() or "") for prop in form.props]
    return [row for row in rows if row[1] != row[2]]


def _shown(request: WorkspaceRequest, profile: Profile, prop: Property) -> HttpResponse:
    if not request.htmx:
        return redirect("user360:user", request.workspace.slug, profile.pk)
    fact = next(fact for fact in details.facts(profile, viewer_of(request)) if fact.prop.key == prop.key)
    answer = render(request, "user360/profile/value.html", {"profile": profile, "fact": fact})
    return trigger_client_event(answer, "profile:saved", {"version": profile.version})
