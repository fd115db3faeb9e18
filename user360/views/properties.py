"""The page of user properties: what users can have, in which order, and how much of it is known."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from user360.coverage import coverage
from user360.gate import WorkspaceRequest, workspace_page
from user360.models import Property
from user360.property_form import NewPropertyForm, PropertyForm
from user360.services import properties


@require_safe
@workspace_page("insight.user360.view")
def property_list(request: WorkspaceRequest) -> HttpResponse:
    """The whole schema, system and custom, with types, how much of it is known and the state of the index."""
    measured = coverage()
    rows = [(prop, measured.shares.get(prop.key, 0.0)) for prop in Property.objects.filter(archived_at=None)]
    context = {"rows": rows, "estimated": measured.estimated, "nav_active": "user360:properties"}
    return render(request, "user360/properties/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("config.properties")
def property_new(request: WorkspaceRequest) -> HttpResponse:
    """The dialog that adds a custom property."""
    form = NewPropertyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            prop = properties.create_property(
                key=values["key"] or properties.key_from_label(values["label"]),
                label=values["label"],
                type=values["type"],
                description=values["description"],
                group=values["group"],
                choices=values["choices"],
                is_personal=values["is_personal"],
                actor=request.user,
            )
            if values["searchable"]:
                properties.set_searchable(prop=prop, searchable=True, actor=request.user)
        except properties.PropertyRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return _saved(request, f"{prop.label} added.")
    return _form(request, form, "New property")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("config.properties")
def property_edit(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The dialog that changes a property's words and marks."""
    prop = get_object_or_404(Property.objects, key=key)
    form = PropertyForm(request.POST or None, initial=PropertyForm.initial_of(prop))
    if request.method == "POST" and form.is_valid():
        try:
            properties.edit_property(prop=prop, actor=request.user, **form.cleaned_data)
        except properties.PropertyRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return _saved(request, f"{prop.label} saved.")
    return _form(request, form, prop.label)


@require_POST
@workspace_page("config.properties")
def property_order(request: WorkspaceRequest) -> HttpResponse:
    """Takes the order of the table, as `key` repeated from top to bottom."""
    properties.order_properties(keys=request.POST.getlist("key"), actor=request.user)
    return _saved(request, "Order saved.")


@require_POST
@workspace_page("config.properties")
def property_search(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Starts building or dropping the index of a custom property."""
    prop = get_object_or_404(Property.objects, key=key)
    searchable = request.POST.get("searchable") == "on"
    try:
        properties.set_searchable(prop=prop, searchable=searchable, actor=request.user)
    except properties.PropertyRefused as refusal:
        messages.error(request, refusal.message)
        return _answer(request)
    return _saved(request, f"{prop.label}: {'building the index' if searchable else 'removing the index'}.")


def _form(request: WorkspaceRequest, form: PropertyForm, title: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": title, "nav_active": "user360:properties"}
    return render(request, "user360/properties/form.html", context, status=status)


def _saved(request: WorkspaceRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return _answer(request)


def _answer(request: WorkspaceRequest) -> HttpResponse:
    address = reverse("user360:properties", args=[request.workspace.slug])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
