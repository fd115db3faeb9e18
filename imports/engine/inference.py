"""The type of a property that is made from a column: the narrowest that every value of the whole file fits."""

from collections.abc import Iterator

from imports.engine.plan import PropertyColumn
from imports.engine.tables import Tables, fetch
from imports.engine.values import trimmed
from user360.property_types.infer import CANDIDATES, ORDER, Inference

_SAMPLE = 1_000


def narrowest_type(column: PropertyColumn, tables: Tables) -> str:
    """Judges a sample in full and then the whole column against the candidates that are left, narrowest first."""
    x = column.staged.sql
    sample = Inference()
    for (value,) in fetch(f"SELECT {x} FROM {tables.raw} WHERE {x} IS NOT NULL LIMIT {_SAMPLE}"):
        sample.add(str(value))
    if not sample.values:
        return "string"
    for name, type_key in _left(sample):
        test = trimmed(CANDIDATES[name].sql_fits(x), x)
        if fetch(f"SELECT bool_and({test}) FROM {tables.raw} WHERE {x} IS NOT NULL")[0][0]:
            return type_key
    return "text"


def _left(sample: Inference) -> Iterator[tuple[str, str]]:
    return ((name, type_key) for name, type_key in ORDER if sample.fitting[name] == sample.values)
