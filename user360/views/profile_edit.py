"""Changing one user: a field in its place, the whole form, the release of a pin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from user360.gate import WorkspaceRequest, refuse, workspace_page
from user360.models import Profile, Property
from user360.profile_form import ProfileForm, editable_properties, initial_of
from user360.selectors import details
from user360.services.profiles import Origin, ProfileRefused, StaleProfile, release_pin, update_profile
from user360.views.profile import profile_or_404, viewer_of

# Where on the page a value stands → how it is shown there; the inputs in both have different ids.
PLACES = {"fact": "user360/profile/value.html", "row": "user360/profile/property_row.html"}
PII = "pii.view"
# Property → those that change with it.
FOLLOWING = {"dob": ("age",)}


@dataclass(frozen=True)
class Conflict:
    """A property that somebody else saved meanwhile: their value and, where one changed it too, one's own."""

    prop: Property
    theirs: str
    mine: str | None


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.edit")
def user_edit(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """All editable properties at once, in a dialog or on a page of its own."""
    profile = profile_or_404(profile_id)
    props = [prop for prop in editable_properties(profile) if _may_see(request, prop)]
    form = ProfileForm(props, request.POST or None, initial=initial_of(props, profile))
    context: dict[str, Any] = {"profile": profile, "form": form, "version": profile.version}
    context |= {"title": f"Edit {viewer_of(request).name(profile)}", "nav_active": "user360:users"}
    if request.method == "POST" and form.is_valid():
        try:
            _write(request, profile, form, _version_seen(request))
        except StaleProfile as stale:
            context |= _compared(request, form, stale)
            return render(request, "user360/profile/edit.html", context, status=409)
        except ProfileRefused as refusal:
            form.add_error(refusal.key if refusal.key in form.fields else None, refusal.message)
        else:
            messages.success(request, f"{viewer_of(request).name(profile)} saved.")
            return _back(request, profile)
    return render(request, "user360/profile/edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.edit")
def user_field(request: WorkspaceRequest, profile_id: int, key: str) -> HttpResponse:
    """One property in its place: the input, or (`?shown=1`, and after saving) the value."""
    profile = profile_or_404(profile_id)
    if request.method != "POST" and "shown" in request.GET:
        return _shown(request, profile, key)
    prop = next((prop for prop in editable_properties(profile) if prop.key == key), None)
    if prop is None:
        raise Http404
    if not _may_see(request, prop):
        return refuse(request, PII)
    place = _place(request)
    form = ProfileForm([prop], request.POST or None, initial=initial_of([prop], profile), auto_id=f"{place}-%s")
    context: dict[str, Any] = {"profile": profile, "prop": prop, "place": place, "version": profile.version}
    status = 422
    if request.method == "POST" and form.is_valid():
        try:
            return _shown(request, _write_one(request, profile, form, _version_seen(request)), key, saved=True)
        except StaleProfile as stale:
            context |= _compared(request, form, stale)
            form, status = context["form"], 409
        except ProfileRefused as refusal:
            form.add_error(key, refusal.message)
    name = viewer_of(request).name(profile)
    context |= {"field": form[key], "name": name, "title": f"{prop.label} of {name}", "nav_active": "user360:users"}
    template = f"user360/profile/{place}_input.html" if request.htmx else "user360/profile/field_page.html"
    return render(request, template, context, status=status if form.is_bound else 200)


@require_POST
@workspace_page("insight.user360.edit")
def user_pin(request: WorkspaceRequest, profile_id: int, key: str) -> HttpResponse:
    """Lets a property follow its source again."""
    profile = profile_or_404(profile_id)
    prop = Property.objects.filter(key=key, archived_at=None).first()
    if prop is None:
        raise Http404
    if not _may_see(request, prop):
        return refuse(request, PII)
    profile = release_pin(profile_id=profile.pk, key=key, origin=Origin(actor=request.user))
    message = f"{prop.label} follows its source again."
    if not request.htmx:
        messages.success(request, message)
        return redirect(reverse("user360:user", args=[request.workspace.slug, profile.pk]) + "?tab=properties")
    answer = _shown(request, profile, key, saved=True)
    return trigger_client_event(answer, "toast", {"level": "success", "message": message})


def _version_seen(request: WorkspaceRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _write(request: WorkspaceRequest, profile: Profile, form: ProfileForm, version: int) -> Profile:
    """Saves what the member changed, by hand; raises StaleProfile and ProfileRefused."""
    origin = Origin(actor=request.user)
    return update_profile(profile_id=profile.pk, values=form.changed_values, origin=origin, expected_version=version)


def _write_one(request: WorkspaceRequest, profile: Profile, form: ProfileForm, version: int) -> Profile:
    """The same for a form of one property, which is stale only where somebody changed that very property.

    Who edits two values in a row opens the second before the first is saved.
    """
    try:
        return _write(request, profile, form, version)
    except StaleProfile as stale:
        if _compared(request, form, stale)["conflicts"]:
            raise
        return _write_one(request, stale.profile, form, stale.profile.version)


def _compared(request: WorkspaceRequest, form: ProfileForm, stale: StaleProfile) -> dict[str, Any]:
    """The form again, now on top of what somebody else saved: their values where one changed nothing oneself."""
    theirs = initial_of(form.props, stale.profile)
    data = request.POST.copy()
    conflicts = []
    for prop in form.props:
        seen, their = data.get(f"initial-{prop.key}", ""), theirs.get(prop.key, "")
        mine = data.get(prop.key, "") if prop.key in form.changed_data else None
        if their not in (seen, mine):
            conflicts.append(Conflict(prop, their, mine))
        if mine is None:
            data[prop.key] = their
        data[f"initial-{prop.key}"] = their
    again = ProfileForm(form.props, data, auto_id=form.auto_id)
    return {"form": again, "version": stale.profile.version, "conflicts": conflicts, "stale": True}


def _may_see(request: WorkspaceRequest, prop: Property) -> bool:
    """A form would show personal data to members who may not see it."""
    return not prop.is_personal or PII in request.permissions


def _place(request: WorkspaceRequest) -> str:
    asked = request.POST.get("in") or request.GET.get("in") or ""
    return asked if asked in PLACES else "fact"


def _back(request: WorkspaceRequest, profile: Profile) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("user360:user", request.workspace.slug, profile.pk)


def _shown(request: WorkspaceRequest, profile: Profile, key: str, *, saved: bool = False) -> HttpResponse:
    """The value in its place; other places that show it learn of it by the event `profile:saved`."""
    if not request.htmx:
        return redirect("user360:user", request.workspace.slug, profile.pk)
    viewer = viewer_of(request)
    fact = details.facts(profile, viewer, [key])[0] if key in viewer.properties else None
    if fact is None:
        raise Http404
    answer = render(request, PLACES[_place(request)], {"profile": profile, "fact": fact})
    keys = [key, *FOLLOWING.get(key, ())]
    return trigger_client_event(answer, "profile:saved", {"keys": keys}) if saved else answer
