"""Tagging one user by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from user360.gate import WorkspaceRequest, workspace_page
from user360.models import Profile, Tag, TagGroup, TagValue
from user360.selectors import details
from user360.services.profiles import Origin
from user360.services.tags import TagRefused, tag_profile
from user360.views.profile import profile_or_404, viewer_of

OFFERED = 100


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.tag")
@vary_on_headers("HX-Request", "HX-Target")
def user_tags(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """The dialog: group, tag, values; what is chosen is listed before OK, what the user has can be taken away.

    For htmx with the target `tag-choice` only the choice of a value, after another group or tag was chosen.
    """
    profile = profile_or_404(profile_id)
    if request.htmx.target == "tag-choice":
        return render(request, "user360/profile/tag_choice.html", _choice(request) | {"profile": profile})
    viewer = viewer_of(request)
    name = viewer.name(profile)
    context: dict[str, Any] = {"profile": profile, "title": f"Tag {name}", "nav_active": "user360:users"}
    if request.method == "POST":
        try:
            _save(request, profile)
        except TagRefused as refusal:
            context |= {"error": str(refusal), "chosen": _pairs(request.POST.getlist("add"))}
        else:
            messages.success(request, f"Tags of {name} saved.")
            if request.htmx:
                return HttpResponseClientRefresh()
            return redirect("user360:user", request.workspace.slug, profile.pk)
    context |= _choice(request) | {
        "held": details.tags(profile, viewer),
        "removed": request.POST.getlist("remove"),
    }
    return render(request, "user360/profile/tags.html", context, status=422 if "error" in context else 200)


def _save(request: WorkspaceRequest, profile: Profile) -> None:
    add = request.POST.getlist("add")
    if value := request.POST.get("value", "").strip():
        # Typed but not put on the list: it is meant as well, and all there is without JavaScript.
        add.append(f"{request.POST.get('tag', '')}={value}")
    tag_profile(
        profile_id=profile.pk,
        origin=Origin(actor=request.user),
        add=_pairs(add),
        remove=_pairs(request.POST.getlist("remove")),
    )


def _choice(request: WorkspaceRequest) -> dict[str, Any]:
    """Groups, the tags of the chosen one (of all without), the chosen tag and the values it has."""
    asked = request.POST if request.method == "POST" else request.GET
    every = list(Tag.objects.select_related("group").filter(archived_at=None).order_by("group__name", "name"))
    groups = {tag.group: tag.group for tag in every}
    group: TagGroup | None = next((one for one in groups if str(one.pk) == asked.get("group")), None)
    tags = [tag for tag in every if group is None or tag.group == group]
    tag = next((tag for tag in tags if str(tag.pk) == asked.get("tag")), None)
    tag = tag or next((tag for tag in tags if tag.is_labels), tags[0] if tags else None)
    values = TagValue.objects.filter(tag=tag).order_by("value")[:OFFERED] if tag else []
    return {"groups": list(groups), "group": group, "tags": tags, "tag": tag, "values": values}


def _pairs(texts: list[str]) -> list[tuple[Tag, str]]:
    """`12=VIP`: a value of the tag with that key."""
    split = [(key, value.strip()) for key, _, value in (text.partition("=") for text in texts)]
    tags = Tag.objects.filter(archived_at=None).in_bulk([int(key) for key, _ in split if key.isdecimal()])
    return [(tags[int(key)], value) for key, value in split if key.isdecimal() and int(key) in tags and value]
