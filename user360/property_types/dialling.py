"""A short way to the same answer for numbers that are already in E.164 form.

The library takes 15 µs a number, and files bring a million different ones. Here the numbering plan of the main country
of a calling code becomes one pattern for each length. Whatever is not plainly valid by it goes the long way.
"""

import re
from functools import cache, lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip
# A plus and the longest calling code.
_START = 4
_E164_START = re.compile(r"\+[1-9][0-9]{2}")
_REMEMBERED = 4096


def is_plainly_valid(text: str) -> bool:
    """Whether the text is a valid number in E.164 form. False means nothing: the library has to look."""
    pattern = _pattern(text[:_START], len(text))
    return pattern is not None and pattern.fullmatch(text) is not None


@lru_cache(_REMEMBERED)
def _pattern(start: str, length: int) -> re.Pattern[str] | None:
    """What numbers that start so look like; the start holds the whole calling code."""
    if not _E164_START.fullmatch(start):
        return None
    codes = (int(start[1:end]) for end in range(2, _START + 1))
    code = next((code for code in codes if code in COUNTRY_CODE_TO_REGION_CODE), None)
    return _patterns(code).get(length - 1 - len(str(code))) if code else None


@cache
def _patterns(code: int) -> dict[int, re.Pattern[str]]:
    """By the length of the national number, what it looks like in the main country of the code."""
    plan = PhoneMetadata.metadata_for_region(COUNTRY_CODE_TO_REGION_CODE[code][0], None)
    if plan is None or plan.leading_digits is not None or plan.general_desc is None:
        return {}
    # What may begin with a national prefix, or with the zero that Italy keeps, is not plain.
    unlike = f"(?!0{f'|{plan.national_prefix_for_parsing}' if plan.national_prefix_for_parsing else ''})"
    patterns = {}
    for length in plan.general_desc.possible_length:
        alternatives = [
            kind.national_number_pattern
            for name in _KINDS
            if (kind := getattr(plan, name)) is not None
            and kind.national_number_pattern
            and (not kind.possible_length or length in kind.possible_length)
        ]
        if alternatives:
            general = f"(?=(?:{plan.general_desc.national_number_pattern})$)"
            patterns[length] = re.compile(rf"\+{code}{unlike}{general}(?:{'|'.join(alternatives)})", re.ASCII)
    return patterns
