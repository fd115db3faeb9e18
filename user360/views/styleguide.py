"""Every component in every state, light beside dark: the page to look at after a change of the style sheets."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

SCHEMES: Final = ("light", "dark")
MESSAGES: Final = {
    "info": "Segments refresh within two seconds of a change.",
    "ok": "12,356 users were imported.",
    "warn": "41 of the failed rows have a phone number without a country.",
    "bad": "The file could not be read: it ends inside a quoted value.",
}
TILES: Final = (
    {"label": "New", "value": 8902, "level": "ok"},
    {"label": "Updated", "value": 3311},
    {"label": "Unchanged", "value": 143, "level": "muted"},
    {"label": "Joined to one user", "value": 61},
    {"label": "Failed", "value": 58, "level": "bad"},
    {"label": "Empty", "value": 5, "level": "muted"},
)
STEPS: Final = (
    {"label": "Upload", "url": "#upload", "state": "done"},
    {"label": "Map", "url": "#map", "state": "done"},
    {"label": "Conflicts", "url": "", "state": "now"},
    {"label": "Tags", "url": "", "state": "todo"},
    {"label": "Review", "url": "", "state": "todo"},
)
USERS: Final = (
    {"id": 1, "name": "Amélie Laurent", "mobile": "+33 6 12 •• •• 41", "level": "Gold", "mark": "warn"},
    {"id": 2, "name": "Kenji Watanabe", "mobile": "+81 90 •••• 2204", "level": "Silver", "mark": "accent"},
    {"id": 3, "name": "Sofía Ramírez", "mobile": "", "level": "", "mark": ""},
    {"id": 4, "name": "Tunde Adeyemi", "mobile": "+234 803 ••• 7715", "level": "Platinum", "mark": "ok"},
)


class SampleForm(forms.Form):
    """One field of each kind that forms of the product use."""

    name = forms.CharField(help_text="As it should stand on letters.")
    email = forms.EmailField(label="E-mail")
    level = forms.ChoiceField(
        label="Member level", required=False, choices=[("", "None"), ("gold", "Gold"), ("silver", "Silver")]
    )
    born = forms.DateField(label="Date of birth", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    policy = forms.ChoiceField(
        label="Users that already exist",
        widget=forms.RadioSelect,
        choices=[("update", "Update existing user data"), ("replace", "Retain imported user data")],
        initial="update",
    )
    optin = forms.BooleanField(label="May be written to", required=False)


def sample_form(scheme: str) -> SampleForm:
    """The form after a failed attempt, so that its errors show."""
    entered = {"name": "Amélie Laurent", "email": "amelie@", "policy": "update"}
    return SampleForm({f"{scheme}-{name}": value for name, value in entered.items()}, prefix=scheme)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The components of docs/components.md, once a colour scheme."""
    context: dict[str, Any] = {
        "halves": [{"scheme": scheme, "form": sample_form(scheme)} for scheme in SCHEMES],
        "notes": MESSAGES,
        "tiles": TILES,
        "steps": STEPS,
        "users": USERS,
        "colours": range(1, 9),
        "earlier": timezone.now() - dt.timedelta(minutes=5),
    }
    return render(request, "styleguide/index.html", context)
