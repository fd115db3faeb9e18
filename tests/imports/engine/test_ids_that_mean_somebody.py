"""The quick look that spares nearly all IDs of a file the list of placeholders lets none of them pass."""

import re

import pytest

from imports.engine.values import MEANS_SOMEBODY
from user360.identification.guard_rails import MEANINGLESS_VALUES


def test_no_placeholder_passes() -> None:
    spellings = (spelling for value in MEANINGLESS_VALUES for spelling in (value, value.upper(), value.title()))
    assert [value for value in spellings if re.search(MEANS_SOMEBODY, value)] == []


@pytest.mark.parametrize("zeros", ["0", "000", "A-000", "-", "+0", "+000000000", "X_0-0"])
def test_nothing_but_zeros_and_signs_passes(zeros: str) -> None:
    assert not re.search(MEANS_SOMEBODY, zeros)


@pytest.mark.parametrize("somebody", ["4711", "C-17", "B-2210000-123", "user_0042", "+33612345678"])
def test_what_most_files_hold_passes(somebody: str) -> None:
    assert re.search(MEANS_SOMEBODY, somebody)
