"""What is said of several texts at once holds for each of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from user360.property_types import PROPERTY_TYPES

PHONES = [
    "+33612345678",
    "+33198765432",
    "+14155552671",
    "+4915123456789",
    "+336123456789",
    "+3361234567",
    "0612345678",
]
ADDRESSES = ["ann@example.com", "b.o-b@mail.example.fr", "Ann@example.com", "ann@localhost", f"{'a' * 60}@example.com"]
WRITTEN = {"phone": PHONES, "email": ADDRESSES}


@pytest.mark.parametrize("key", WRITTEN)
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_texts_are_plain_together_only_if_each_is(key: str, data: st.DataObject):
    kind = PROPERTY_TYPES[key]
    one = st.one_of(
        st.sampled_from(WRITTEN[key]), st.just(""), st.sampled_from(WRITTEN[key]).map(lambda text: text + "\n")
    )
    texts = data.draw(st.lists(one, min_size=1, max_size=6))

    assert kind.are_plain(texts) == all(kind.is_plain(text) or not text for text in texts)


@pytest.mark.parametrize("key", WRITTEN)
def test_two_values_in_one_text_are_not_one_each(key: str):
    two = "\n".join(WRITTEN[key][:2])

    assert not PROPERTY_TYPES[key].are_plain([two])
    assert not PROPERTY_TYPES[key].are_plain([two, ""])
