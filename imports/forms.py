"""What members tell an import besides its columns."""

from __future__ import annotations

from django import forms

from imports.engine.dialect import DELIMITERS
from imports.engine.encoding import ENCODINGS
from imports.models import UserImport
from user360.models import Source

LONGEST_LABEL = 255


class UploadForm(forms.Form):
    """The file and where it comes from."""

    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,text/csv"}),
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
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
        required=False,
        label="Keep existing tags and add",
        help_text="Otherwise the values that the file brings for a tag replace those the user has.",
    )


class TagsForm(forms.Form):
    """What every user of the file gets."""

    tags = forms.CharField(
        required=False,
        label="Labels for every imported user",
        help_text="One a line. Empty: none are given.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    segment = forms.CharField(
        required=False,
        max_length=100,
        label="Segment of the imported users",
        help_text="A fixed list, untouched by later imports. Empty: none is made.",
    )

    def clean_tags(self) -> list[str]:
        """The labels, one a line, each once."""
        lines = (line.strip() for line in self.cleaned_data["tags"].splitlines())
        labels = list(dict.fromkeys(line for line in lines if line))
        if any(len(label) > LONGEST_LABEL for label in labels):
            raise forms.ValidationError(f"A label has at most {LONGEST_LABEL} characters.")
        return labels
