"""Phone numbers."""

import re
from collections.abc import Sequence
from typing import override

import phonenumbers

from .base import DisplayContext, ParseContext, PropertyType, refuse
from .dialling import are_plainly_valid, is_plainly_valid
from .reading import ONE_LINE, SHORTENED_NUMBER, text_of
from .refusal import refuse_longer_than, refuse_matching

NOT_A_PHONE = "Not a phone number"
NO_COUNTRY = "Write the phone number with + and its country code, such as +33 6 12 34 56 78"
_BEFORE_PARSING = (
    SHORTENED_NUMBER,
    refuse_matching(r"[0-9]+[.]0+", "A program turned this phone number into a decimal number"),
    ONE_LINE,
    refuse_longer_than(64, NOT_A_PHONE),
)
# What people write in phone numbers; words such as "none" or "call me" are no vanity numbers.
_LOOKS_DIALLED = re.compile(r"(tel:)?\+?[\d\s().\-/\u2010-\u2015·]+", re.IGNORECASE)


class PhoneType(PropertyType):
    """A number in E.164 form (`+33612345678`) that its country's numbering plan allows."""

    key = "phone"
    label = "Phone"
    widget = "tel"

    @override
    def refusals(self, context: ParseContext) -> None:
        return None

    @override
    def is_plain(self, text: str) -> bool:
        return is_plainly_valid(text)

    @override
    def are_plain(self, texts: Sequence[str]) -> bool:
        return are_plainly_valid(texts)

    @override
    def parse(self, raw: object, *, context: ParseContext) -> str:
        text = text_of(raw, "a phone number")
        if is_plainly_valid(text):
            return text
        self.check(text, _BEFORE_PARSING)
        if not _LOOKS_DIALLED.fullmatch(text):
            raise refuse(NOT_A_PHONE)
        try:
            number = phonenumbers.parse(text, context.default_country.upper() or None)
        except phonenumbers.NumberParseException as error:
            no_country = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
            raise refuse(NO_COUNTRY if no_country and "+" not in text else NOT_A_PHONE) from error
        if not phonenumbers.is_valid_number(number):
            country = phonenumbers.region_code_for_country_code(number.country_code or 0)
            raise refuse(f"Not a phone number of {country}" if len(country) == _ISO_LENGTH else NOT_A_PHONE)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    @override
    def format(self, value: str, context: DisplayContext) -> str:
        try:
            number = phonenumbers.parse(value)
        except phonenumbers.NumberParseException:
            return value
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


_ISO_LENGTH = 2
