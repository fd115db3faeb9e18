"""What members tell an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from imports.engine.dialect import DELIMITERS
from imports.engine.encoding import ENCODINGS
from imports.engine.mapping import MappedColumn, NewProperty, Proposal
from imports.engine.targets import LABELS, LEFT_OUT, USER_ID
from imports.models import UserImport
from user360.models import IdentityType, Property, Source, Tag
from user360.property_types import PROPERTY_TYPES
from user360.property_types.dates import DATE_FORMATS
from user360.services.properties import key_from_label, label_from_header

CREATE = "+"
DATED = ("date", "datetime")


class UploadForm(forms.Form):
    """The file and where it comes from."""

    file = forms.FileField(
        label="File", widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,text/csv"}), allow_empty_file=True
    )
    source = forms.CharField(
        max_length=100,
        required=False,
        initial="CSV import",
        help_text="Values remember which source they came from. A new name makes a new source.",
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )

    @staticmethod
    def sources() -> list[str]:
        """Names to offer."""
        return list(Source.objects.filter(kind=Source.Kind.CSV).values_list("name", flat=True))


class ReadingForm(forms.Form):
    """How the file is written."""

    encoding = forms.ChoiceField(choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(choices=list(DELIMITERS.items()))
    header = forms.BooleanField(required=False, label="The first row names the columns")


class ConflictForm(forms.Form):
    """What happens to users that exist already."""

    on_conflict = forms.ChoiceField(choices=UserImport.OnConflict.choices, widget=forms.RadioSelect)
    merge_tags = forms.BooleanField(
        required=False, label="Keep existing tags and add", help_text="Otherwise a tag that the file brings replaces."
    )


class TagsForm(forms.Form):
    """What every user of the file gets."""

    tags = forms.CharField(
        required=False,
        label="Labels for every imported user",
        help_text="One a line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    segment_name = forms.CharField(
        max_length=100,
        required=False,
        label="Segment of the imported users",
        help_text="A fixed list, untouched by later imports. Empty: none is made.",
    )

    @property
    def labels(self) -> list[str]:
        """The labels, one a line."""
        return [line.strip() for line in self.cleaned_data["tags"].splitlines() if line.strip()]


@dataclass(frozen=True)
class TargetOption:
    """One thing a column can be; `dated` when how its dates are written matters."""

    key: str
    label: str
    dated: bool = False


def targets() -> list[tuple[str, list[TargetOption]]]:
    """What a column can be, under headings."""
    grouped: dict[str, list[TargetOption]] = {}
    for prop in Property.objects.filter(archived_at=None):
        if prop.editable:
            option = TargetOption(prop.key, prop.label, prop.type in DATED)
            grouped.setdefault(prop.group or "Other properties", []).append(option)
    ids = IdentityType.objects.filter(enabled=True)
    states = ("md5", "sha256")
    hashed = [
        TargetOption(f"id:{key}:{state}", f"{name}, {state.upper()}") for key, name in _hashable() for state in states
    ]
    tags = Tag.objects.filter(archived_at=None, is_labels=False).values_list("name", flat=True)
    this = [TargetOption(LEFT_OUT, "Leave out"), TargetOption(CREATE, "Create as new property")]
    return [
        ("This column", [*this, TargetOption(USER_ID, "User ID")]),
        *grouped.items(),
        ("IDs", [TargetOption(f"id:{kind.key}", kind.name) for kind in ids if kind.key != USER_ID]),
        ("IDs that are encrypted", hashed),
        (
            "Tags",
            [TargetOption(LABELS, "Labels"), *(TargetOption(f"tag:{name}", name) for name in dict.fromkeys(tags))],
        ),
    ]


def _hashable() -> list[tuple[str, str]]:
    kinds = IdentityType.objects.filter(enabled=True, key__in=("mobile", "email", "whatsapp"))
    return [(kind.key, kind.name) for kind in kinds]


def rows_of(user_import: UserImport, proposals: list[Proposal]) -> list[dict[str, Any]]:
    """A row of the mapping page for each column: samples, what is chosen, and why that is proposed."""
    dated = {option.key for _, options in targets() for option in options if option.dated}
    saved = {stored["column"]: MappedColumn.from_json(stored) for stored in user_import.mapping}
    reasons = {proposal.mapped.column: proposal for proposal in proposals}
    rows = []
    for position, column in enumerate(user_import.columns):
        name = column["name"]
        proposal = reasons.get(name)
        mapped = saved.get(name) or (proposal.mapped if proposal else MappedColumn(name))
        create = mapped.create
        chosen = CREATE if create else mapped.target
        if name == user_import.user_id_column:
            chosen = USER_ID
        rows.append(
            {
                "position": position,
                "name": name,
                "samples": column["samples"],
                "chosen": chosen,
                "type": create.type if create else "string",
                "label": create.label if create else label_from_header(name),
                "date_format": mapped.date_format,
                "dated": chosen in dated or (create is not None and create.type in DATED),
                "reason": "" if name in saved or proposal is None else proposal.reason,
                "confidence": "" if name in saved or proposal is None else round(proposal.confidence * 100),
            }
        )
    return rows


def mapping_from_post(user_import: UserImport, post: QueryDict) -> tuple[list[MappedColumn], str]:
    """What the posted page says each column is, and the header of the user ID."""
    columns: list[MappedColumn] = []
    user_id = ""
    for position, column in enumerate(user_import.columns):
        name, chosen = column["name"], post.get(f"target-{position}", LEFT_OUT)
        date_format = post.get(f"date-{position}", "iso")
        date_format = date_format if date_format in DATE_FORMATS else "iso"
        create = None
        if chosen == CREATE:
            label = post.get(f"label-{position}", "").strip()[:100] or label_from_header(name)
            kind = post.get(f"type-{position}", "")
            create = NewProperty(label, kind if kind in PROPERTY_TYPES else "")
            chosen = key_from_label(name)
        if chosen == USER_ID and not user_id:
            user_id = name
        columns.append(MappedColumn(name, chosen, date_format, create))
    return columns, user_id
