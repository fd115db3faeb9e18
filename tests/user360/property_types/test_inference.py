"""The narrowest type that every value of a column fits."""

import pytest

from user360.property_types.infer import Inference, likely_date_format, narrowest_type


@pytest.mark.parametrize(
    ("values", "type_key"),
    [
        (["yes", "no", ""], "boolean"),
        (["0", "1"], "number"),
        (["yes", "1"], "string"),
        (["1", "-2.50", ".5", ""], "number"),
        (["00004", "12"], "string"),
        (["+33612345678"], "string"),
        (["919876543210"], "string"),
        (["12E5"], "string"),
        (["9.19E+11"], "string"),
        (["1e-05"], "number"),
        (["1999-12-31"], "date"),
        (["1999-12-31", "1999-12-31 10:00"], "datetime"),
        (["31/12/1999"], "string"),
        (["18:02"], "string"),
        (["a", "1"], "string"),
        (["x" * 256], "text"),
        (["a\nb"], "text"),
        ([], "string"),
        (["", "  "], "string"),
    ],
)
def test_the_type_is(values: list[str], type_key: str) -> None:
    assert narrowest_type(values) == type_key


def test_parts_of_a_column_are_put_together() -> None:
    numbers, words = Inference(), Inference()
    numbers.add("1")
    words.add("a")
    numbers.merge(words)
    assert numbers.type_key == "string"


@pytest.mark.parametrize(
    ("values", "date_format"),
    [
        (["19081209", "19990219", ""], "yyyymmdd"),
        (["19081209"] * 9 + ["19990231"], "yyyymmdd"),
        (["19081209"] * 8 + ["19990231"], None),
        (["31/12/1999", "1/2/1999"], "dmy"),
        (["12/31/1999", "1/2/1999"], "mdy"),
        (["1/2/1999"], None),
        (["1999-12-31"], "iso"),
        (["1999-12-31", "31/12/1999"], None),
        (["a"], None),
        ([""], None),
    ],
)
def test_the_date_format_of_nearly_every_value_is_proposed(values: list[str], date_format: str | None) -> None:
    assert likely_date_format(values) == date_format
