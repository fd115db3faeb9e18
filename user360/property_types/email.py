"""E-mail addresses."""

import re
from collections.abc import Sequence
from typing import override

from email_validator import EmailNotValidError, validate_email

from .base import ParseContext, PropertyType, refuse
from .reading import ONE_LINE, text_of
from .string import TOO_LONG

# The plain addresses that make up nearly all of a file; checking them one by one with the library takes minutes.
_LABEL = "[a-z0-9]++(?:-[a-z0-9]++)*+"
_PLAIN = re.compile(rf"[a-z0-9_+-]++(?:\.[a-z0-9_+-]++)*+@{_LABEL}(?:\.{_LABEL})*\.(?:com|net|org|edu|[a-z]{{2}})")
_PLAIN_LINES = re.compile(rf"(?:(?:{_PLAIN.pattern})?\n)*+")
_PLAIN_LENGTH = 63


class EmailType(PropertyType):
    """An address in lower case, Unicode form C. The mailbox is not contacted."""

    key = "email"
    label = "E-mail"
    widget = "email"

    @override
    def refusals(self, context: ParseContext) -> None:
        return None

    @override
    def is_plain(self, text: str) -> bool:
        return len(text) <= _PLAIN_LENGTH and _PLAIN.fullmatch(text) is not None

    @override
    def are_plain(self, texts: Sequence[str]) -> bool:
        lines = "\n".join(texts) + "\n"
        one_each = lines.count("\n") == len(texts) and max(map(len, texts)) <= _PLAIN_LENGTH
        return one_each and _PLAIN_LINES.fullmatch(lines) is not None

    @override
    def parse(self, raw: object, *, context: ParseContext) -> str:
        text = self.check(text_of(raw, "an e-mail address"), (ONE_LINE, TOO_LONG))
        lowered = text.lower()
        if self.is_plain(lowered):
            return lowered
        try:
            address = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise refuse("Not an e-mail address (expected name@example.com)") from error
        return address.normalized.lower()
