"""A short way to the same answer for numbers that are already in E.164 form.

The library takes 15 µs a number, and files bring a million different ones. Here the numbering plan of the main country
of a calling code becomes one pattern for each length. Whatever is not plainly valid by it goes the long way.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
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
    code = _code(text[:_START])
    pattern = _patterns(code).get(len(text)) if code else None
    return pattern is not None and pattern.fullmatch(text) is not None


def are_plainly_valid(texts: Iterable[str]) -> bool:
    """The same for all of several texts, of which some may be empty: numbers that start alike are judged at once."""
    starting = defaultdict(list)
    for text in texts:
        starting[text[:_START]].append(text)
    starting.pop("", None)
    for start, alike in starting.items():
        lines = "\n".join(alike) + "\n"
        pattern = _lines(_code(start))
        if pattern is None or lines.count("\n") != len(alike) or not pattern.fullmatch(lines):
            return False
    return True


@lru_cache(_REMEMBERED)
def _code(start: str) -> int | None:
    """The calling code of numbers that start so."""
    if not _E164_START.fullmatch(start):
        return None
    codes = (int(start[1:end]) for end in range(2, _START + 1))
    return next((code for code in codes if code in COUNTRY_CODE_TO_REGION_CODE), None)


@cache
def _lines(code: int | None) -> re.Pattern[str] | None:
    """Numbers of the code with a line feed behind each."""
    patterns = _patterns(code) if code else {}
    if not patterns:
        return None
    return re.compile(rf"(?:(?:{'|'.join(one.pattern for one in patterns.values())})\n)*+", re.ASCII)


@cache
def _patterns(code: int) -> dict[int, re.Pattern[str]]:
    """By the length of a number with plus and code, what it looks like in the main country of the code."""
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
            whole = rf"(?=[0-9]{{{length}}}(?![0-9]))"
            general = f"(?=(?:{plan.general_desc.national_number_pattern})(?![0-9]))"
            pattern = rf"\+{code}{whole}{unlike}{general}(?:{'|'.join(alternatives)})"
            patterns[1 + len(str(code)) + length] = re.compile(pattern, re.ASCII)
    return patterns
