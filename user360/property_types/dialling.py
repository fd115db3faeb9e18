"""A short way to the same answer for numbers that are already in E.164 form.

The library takes 15 µs a number, and files bring a million different ones. Here the numbering plan of the main country
of a calling code becomes one pattern for each length. Whatever is not plainly valid by it goes the long way.
"""

import re
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_E164 = re.compile(r"\+([1-9][0-9]{7,14})")
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip
_CODE_LENGTHS = (1, 2, 3)


def is_plainly_valid(text: str) -> bool:
    """Whether the text is a valid number in E.164 form. False means nothing: the library has to look."""
    matched = _E164.fullmatch(text)
    if matched is None:
        return False
    digits = matched[1]
    for length in _CODE_LENGTHS:
        code = int(digits[:length])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            pattern = _patterns(code).get(len(digits) - length)
            return pattern is not None and pattern.fullmatch(digits, length) is not None
    return False


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
            patterns[length] = re.compile(f"{unlike}{general}(?:{'|'.join(alternatives)})")
    return patterns
