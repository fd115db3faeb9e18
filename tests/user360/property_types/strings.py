"""Strings as files really hold them: nearly right values, wrong ones, and anything at all."""

import zoneinfo

from hypothesis import strategies as st

from user360.property_types import PROPERTY_TYPES, ParseContext
from user360.property_types.dates import DATE_FORMATS
from user360.property_types.whitespace import WHITESPACE

# PostgreSQL has no NUL and no lone surrogates in text; tests of their own cover what Python says to them.
anything = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
around = st.text(st.sampled_from(WHITESPACE), max_size=2)
digits = st.text("0123456789", max_size=18)
ODD_WORDS = """
NaN nan Infinity inf -inf 1_000 0x1F 1e5 1E+11 9.19E+11 1,234 12,5 1.234,56 0,125 1. .5 . - + --1 1e-5 1e-99 1e-100
1e10 1e11 1e0000 $5 5% 007 -0 +0.50 999999999999999 9999999999999999
true TRUE Yes nO t F on OFF 0 1 2 wahr tr y n %s
0000-01-01 0001-01-01 9999-12-31 10000-01-01 2024-02-29 2023-02-29 1900-02-29 2000-02-29 20240229 20230229
31/12/1999 12/31/1999 1/2/24 31.12.1999 today now infinity epoch 2024-1-5 2024-W01-1 2024-01-05T 24:00 23:59:60
2024-01-05T10:00 2024-01-05T10:00Z 2024-01-05T24:00 2024-01-05T23:59:60 2024-01-05T10:00:00.1234567Z 10:00 allballs
2024-01-05T10:00+16 2024-01-05T10:00+15:59 0001-01-01T00:00+01 9999-12-31T23:59:59.999999Z 9999-12-31T23:59-01
9999-12-31T23:59:59.9999999Z 20240105T10:00 31/12/1999T10:00Z
"""
ODD_MOMENTS = [
    *("2024-01-05 BC", "2024-01-05 10:00:00 UTC", "2024-01-05 10:00+05:30", "2024-01-05 10:00 -0330"),
    *("2024-03-31 02:30", "2024-10-27 02:30", "2024-03-10 02:30", "2024-11-03 01:30", "2024-01-05 10:00 PM"),
]
ODD_TEXTS = [
    *("a;b;a", ";", " ; ; ", "a; b ;;c", "x" * 255, "x" * 256, "x" * 256 + ";b", "a\nb", "a\r\nb\rc", "a\tb", "'; --"),
    # Digits and letters of other scripts that look like ASCII or become it in lower case.
    *("\u0663", "\uff11\uff12", "\u00b3", "\u00bd", "\u22121", "o\ufb00", "\u017f", "tru\u0435"),
    *("\x85a\x85", "\u200b", "e\u0301", "\ufeff1", "1\u00a0", "\x1c1", "\x7f", "\u0130", "\u212a", "\u00df"),
    *("\\1", "a\\b", "{x}", "1 234", "1" + "0" * 63, "1" + "0" * 64, "y" * 10_000, "y" * 10_001),
    *(";".join(map(str, range(1000))), ";".join(map(str, range(1001)))),
]
oddities = st.sampled_from([*ODD_WORDS.split(), *ODD_MOMENTS, *ODD_TEXTS])
near_numbers = st.from_regex(r"[+-]?[0-9]{0,17}([.,' ][0-9]{1,4}){0,3}([eE][+-]?[0-9]{1,3})?", fullmatch=True)
near_dates = st.one_of(
    st.from_regex(r"[0-9]{4}[-/.]?[0-3][0-9][-/.]?[0-3][0-9]", fullmatch=True),
    st.from_regex(r"[0-3]?[0-9][-/.][0-3]?[0-9][-/.]([0-9]{4}|[0-9]{2})", fullmatch=True),
    st.dates().map(str),
    st.dates().map(lambda day: f"{day:%d/%m/}{day.year:04}"),
    st.dates().map(lambda day: f"{day.year:04}{day:%m%d}"),
)
clocks = st.from_regex(r"[0-2][0-9]:[0-6][0-9](:[0-6][0-9]([.][0-9]{0,10})?)?", fullmatch=True)
zones = st.sampled_from(["", "Z", " Z", " UTC", "z", "+01", "+0530", "-03:30", "+15:59", "+16:00", " CET", "+5"])
# Zones were set by law only later; before, the two time zone databases need not agree to the second.
modern = st.dates(
    min_value=__import__("datetime").date(1971, 1, 1), max_value=__import__("datetime").date(2036, 12, 31)
)
near_moments = st.tuples(
    st.one_of(modern.map(str), modern.map(lambda day: f"{day:%d/%m/%Y}"), modern.map(lambda day: f"{day:%Y%m%d}")),
    st.sampled_from(["T", " ", "  ", "t"]),
    clocks,
    zones,
).map("".join)
any_moments = st.tuples(st.dates().map(str), clocks, st.sampled_from(["Z", "+01:00", "-12"])).map(
    lambda parts: f"{parts[0]}T{parts[1]}{parts[2]}"
)
near_lists = st.lists(st.one_of(anything, st.sampled_from(["a", " a ", "b", "", "é"])), max_size=6).map(";".join)

dirty = st.tuples(
    around,
    st.one_of(anything, digits, oddities, near_numbers, near_dates, clocks, near_moments, any_moments, near_lists),
    around,
).map("".join)

ZONES = tuple(
    map(zoneinfo.ZoneInfo, ("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"))
)
contexts = st.builds(ParseContext, time_zone=st.sampled_from(ZONES), date_format=st.sampled_from(list(DATE_FORMATS)))
sql_judged = [key for key, kind in PROPERTY_TYPES.items() if kind.sql_check("c", ParseContext()) is not None]
