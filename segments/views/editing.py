"""Making and changing the definition of a segment, with what saving would mean beside it."""

from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from segments import selectors, services
from segments.forms import EVERYBODY, ConditionsField, SegmentForm, StaticSegmentForm, as_text
from segments.models import Segment
from segments.services import SegmentRefused
from user360.conditions import ConditionErrors, CountTimeout, describe, load_schema, parse
from user360.conditions.errors import ErrorJson
from user360.conditions.personal import guesses
from user360.gate import WorkspaceRequest, refuse, workspace_page


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.segments.create")
def new(request: WorkspaceRequest) -> HttpResponse:
    """A new dynamic segment; `?c=` brings the conditions of a list."""
    initial = {"name": request.GET.get("name", ""), "conditions": request.GET.get("c") or as_text(EVERYBODY)}
    form = SegmentForm(request.POST or None, initial=initial)
    errors: list[ErrorJson] = []
    if request.method == "POST" and form.is_valid():
        try:
            _refuse_guessing(request, form.cleaned_data["conditions"])
            segment = services.create_segment(actor=request.user, **form.cleaned_data)
        except SegmentRefused as refusal:
            errors = _show(form, refusal)
        else:
            messages.success(request, f"{segment.name} created.")
            return redirect("segments:segment", request.workspace.slug, segment.slug)
    return _page(request, form, errors, None)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.segments.edit")
def edit(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Name, description and conditions of a segment."""
    segment = get_object_or_404(Segment.objects, slug=slug)
    kind = SegmentForm if segment.is_dynamic else StaticSegmentForm
    form = kind(request.POST or None, initial=SegmentForm.initial_of(segment))
    errors: list[ErrorJson] = []
    if request.method == "POST" and form.is_valid():
        values = {"conditions": None} | form.cleaned_data
        try:
            _refuse_guessing(request, values["conditions"])
            services.edit_segment(segment=segment, actor=request.user, **values)
        except SegmentRefused as refusal:
            errors = _show(form, refusal)
        else:
            messages.success(request, f"{segment.name} saved.")
            return redirect("segments:segment", request.workspace.slug, segment.slug)
    return _page(request, form, errors, segment)


@require_POST
@workspace_page("insight.segments.view")
def preview(request: WorkspaceRequest) -> HttpResponse:
    """How many match, who would enter and leave, and some of them. Changes nothing."""
    if not request.permissions & {"insight.segments.create", "insight.segments.edit"}:
        return refuse(request, "insight.segments.create")
    context: dict[str, object] = {}
    segment = Segment.objects.filter(slug=request.POST.get("segment", "")).first()
    try:
        conditions = ConditionsField().clean(request.POST.get("conditions", ""))
        _refuse_guessing(request, conditions)
        context["preview"] = selectors.preview(conditions, segment=segment)
        schema = load_schema()
        context["words"] = describe(parse(conditions, schema), schema.display)
    except (ConditionErrors, CountTimeout, SegmentRefused, ValidationError) as fault:
        context["faults"] = _sentences(fault)
    context["segment"] = segment
    return render(request, "segments/_preview.html", context)


def _refuse_guessing(request: WorkspaceRequest, conditions: object) -> None:
    """A member who may not see personal data asks for it by the exact value alone, here as on the list (AC7)."""
    if conditions is None or "pii.view" in request.permissions:
        return
    with suppress(ConditionErrors):  # what cannot be read is for the service to refuse
        hidden = guesses(parse(conditions, load_schema()))
        if not hidden:
            return
        raise SegmentRefused("conditions", hidden[0].message, [error.as_json() for error in hidden])


def _sentences(fault: Exception) -> list[str]:
    if isinstance(fault, ConditionErrors):
        return [error.message for error in fault.errors]
    if isinstance(fault, CountTimeout):
        return ["Counting takes too long. Save to have it done in the background."]
    return fault.messages if isinstance(fault, ValidationError) else [str(fault)]


def _show(form: SegmentForm | StaticSegmentForm, refusal: SegmentRefused) -> list[ErrorJson]:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return refusal.errors


def _page(
    request: WorkspaceRequest,
    form: SegmentForm | StaticSegmentForm,
    errors: list[ErrorJson],
    segment: Segment | None,
) -> HttpResponse:
    context = {
        "form": form,
        "errors": errors,
        "segment": segment,
        "nav_active": "segments:segments",
    }
    return render(request, "segments/edit.html", context, status=422 if form.is_bound else 200)
