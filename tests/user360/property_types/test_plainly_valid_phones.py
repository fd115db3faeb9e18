"""The short way for numbers in E.164 form never accepts what the library refuses or spells another way."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from user360.property_types.dialling import is_plainly_valid

CODES = sorted(code for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
KINDS = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
digits = st.text("0123456789", min_size=3, max_size=13)


def _spelt(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else None


@settings(max_examples=3_000, deadline=None)
@given(code=st.sampled_from(CODES), national=digits)
def test_a_plainly_valid_number_is_one_to_the_library_as_well(code: int, national: str):
    text = f"+{code}{national}"

    assert not is_plainly_valid(text) or _spelt(text) == text


@settings(max_examples=1_500, deadline=None)
@given(region=st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), kind=st.sampled_from(KINDS), data=st.data())
def test_numbers_near_valid_ones_are_judged_alike(region: str, kind: int, data: st.DataObject):
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    place = data.draw(st.integers(2, len(number) - 1))
    text = number[:place] + data.draw(st.text("0123456789", max_size=2)) + number[place + 1 :]

    assert not is_plainly_valid(text) or _spelt(text) == text


@pytest.mark.parametrize("text", ["+33612345678", "+14155552671", "+919876543210", "+4915123456789", "+8613800138000"])
def test_everyday_numbers_take_the_short_way(text: str):
    assert is_plainly_valid(text)
