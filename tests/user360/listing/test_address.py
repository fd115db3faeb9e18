"""The address is the state of the list: written and read back it is the same."""

from dataclasses import replace

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from user360.listing.state import SIZES, ListState

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)
STATES = st.builds(
    ListState,
    segment=WORDS,
    q=WORDS,
    c=WORDS,
    id=WORDS,
    level=st.lists(WORDS.filter(bool), max_size=3, unique=True).map(tuple),
    sort=WORDS.filter(bool),
    size=st.sampled_from(SIZES),
    after=WORDS,
    before=WORDS,
)


def read(address: str) -> ListState:
    return ListState.from_address(address.removeprefix("?"))


@given(STATES)
def test_a_state_reads_back_from_its_address(state: ListState) -> None:
    assert read(state.address()) == state


@given(STATES, WORDS)
def test_another_query_begins_at_the_first_page_and_keeps_the_rest(state: ListState, text: str) -> None:
    assert read(state.address(q=text)) == replace(state, q=text, after="", before="")


@given(STATES)
def test_a_page_forward_is_no_page_back(state: ListState) -> None:
    assert read(state.address(after="x")) == replace(state, after="x", before="")
    assert read(state.address(before="x")) == replace(state, after="", before="x")


@given(st.text(max_size=100))
def test_any_query_string_is_a_state(text: str) -> None:
    state = ListState.from_query(QueryDict(text))
    assert state.size in SIZES
    assert read(state.address()) == state


def test_everybody_has_the_plain_address() -> None:
    assert ListState().address() == "?"
    assert not ListState().narrowed
    assert ListState.from_query(QueryDict("size=7&sort=&level=")) == ListState()
