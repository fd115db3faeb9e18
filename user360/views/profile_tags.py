"""Tagging one user by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from user360.gate import WorkspaceRequest, workspace_page
from user360.models import Profile, Tag, TagGroup, TagValue
from user360.selectors import details
from user360.services.profiles import Origin
from user360.services.tags import TagRefused, tag_profile
from user360.views.profile import profile_or_404

SUGGESTED = 100


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.tag")
def user_tags(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """The dialog: group, tag, values; what is chosen is listed before OK, what the user has can be taken away."""
    profile = profile_or_404(profile_id)
    error = ""
    if request.method == "POST":
        try:
            tag_profile(
                profile_id=profile.pk,
                origin=Origin(actor=request.user),
                add=_pairs(request.POST.getlist("add")),
                remove=_pairs(request.POST.getlist("remove")),
            )
        except TagRefused as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"Tags of {profile} saved.")
            if request.htmx:
                return HttpResponseClientRefresh()
            return redirect("user360:user", request.workspace.slug, profile.pk)
    return render(request, "user360/profile/tags.html", _context(profile, error), status=422 if error else 200)


def _context(profile: Profile, error: str) -> dict[str, object]:
    values: dict[int, list[str]] = {}
    for tag_id, value in TagValue.objects.values_list("tag_id", "value")[: SUGGESTED * 20]:
        values.setdefault(tag_id, []).append(value)
    groups: dict[TagGroup, list[tuple[Tag, list[str]]]] = {}
    for tag in Tag.objects.select_related("group").filter(archived_at=None).order_by("group__name", "name"):
        groups.setdefault(tag.group, []).append((tag, values.get(tag.pk, [])[:SUGGESTED]))
    return {
        "profile": profile,
        "title": f"Tag {profile}",
        "groups": list(groups.items()),
        "held": details.tags(profile),
        "error": error,
        "nav_active": "user360:users",
    }


def _pairs(texts: list[str]) -> list[tuple[Tag, str]]:
    """`12=VIP`: a value of the tag with that key."""
    split = [text.partition("=") for text in texts]
    tags = Tag.objects.filter(archived_at=None).in_bulk([int(key) for key, _, _ in split if key.isdecimal()])
    return [(tags[int(key)], value) for key, _, value in split if key.isdecimal() and int(key) in tags and value]
