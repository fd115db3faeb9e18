"""The second step of an import: how the file is written, and what each of its columns is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from imports import wizard
from imports.columns import ColumnRow, Columns
from imports.engine.refusal import FileRefused, MappingRefused
from imports.engine.targets import LEFT_OUT, USER_ID
from imports.forms import ReadingForm
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page
from user360.property_types import PROPERTY_TYPES
from user360.property_types.dates import DATE_FORMATS

ROW = "column-"


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("map")
def mapping(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """What each column is. The address may carry choices, such as `?date-2=dmy`; htmx fetches single rows so."""
    columns = Columns()
    if request.method == "POST":
        try:
            mapped, user_id = columns.read(draft, request.POST)
            user_imports.save_mapping(user_import=draft, columns=mapped, user_id_column=user_id)
        except MappingRefused as refusal:
            rows = columns.rows(draft, sent=request.POST, refusal=refusal)
            return _page(request, draft, columns, rows, refusal=refusal)
        return redirect("imports:conflicts", request.workspace.slug, draft.pk)
    proposals = [] if draft.mapping else user_imports.propose_mapping(draft)
    rows = columns.rows(draft, proposals=proposals, sent=request.GET)
    target = (request.htmx.target or "") if request.htmx else ""
    asked = next((row for row in rows if target == f"{ROW}{row.position}"), None)
    if asked is not None:
        response = render(request, "imports/wizard/map_row.html", {"row": asked, **_choices(columns)})
    else:
        response = _page(request, draft, columns, rows)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_POST
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("map")
def reading(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """Reads the file anew in another encoding or with another delimiter."""
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            user_imports.set_reading(user_import=draft, **form.cleaned_data)
        except (FileRefused, MappingRefused) as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, "Choose an encoding and a delimiter from the lists.")
    return redirect("imports:map", request.workspace.slug, draft.pk)


def _page(
    request: WorkspaceRequest,
    draft: UserImport,
    columns: Columns,
    rows: list[ColumnRow],
    refusal: MappingRefused | None = None,
) -> HttpResponse:
    context = wizard.frame(request, draft, "map") | _choices(columns)
    context |= {
        "rows": rows,
        "left_out": [row.name for row in rows if row.target == LEFT_OUT],
        "has_user_id": any(row.target == USER_ID for row in rows),
        "reading": ReadingForm(
            initial={"encoding": draft.encoding, "delimiter": draft.delimiter, "header": draft.header}
        ),
        "refusal": refusal,
    }
    return render(request, "imports/wizard/map.html", context, status=422 if refusal else 200)


def _choices(columns: Columns) -> dict[str, object]:
    return {
        "targets": columns.targets,
        "types": [(kind.key, kind.label) for kind in PROPERTY_TYPES.values()],
        "date_formats": [(key, form.label) for key, form in DATE_FORMATS.items()],
    }
