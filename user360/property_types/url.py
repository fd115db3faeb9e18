"""Web addresses."""

from typing import override

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from .base import ParseContext, PropertyType, refuse
from .reading import ONE_LINE, text_of
from .refusal import refuse_longer_than

MAX_URL = 2_000
_REFUSALS = (ONE_LINE, refuse_longer_than(MAX_URL, f"Longer than {MAX_URL:,} characters"))
_validate = URLValidator(schemes=["http", "https"])


class UrlType(PropertyType):
    """An http or https address, kept as written."""

    key = "url"
    label = "Web address"
    widget = "url"

    @override
    def refusals(self, context: ParseContext) -> None:
        return None

    @override
    def parse(self, raw: object, *, context: ParseContext) -> str:
        text = self.check(text_of(raw, "a web address"), _REFUSALS)
        try:
            _validate(text)
        except ValidationError as error:
            raise refuse("Not a web address (expected https://…)") from error
        return text
