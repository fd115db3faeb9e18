"""The types of user properties: one file a type, and this registry of them all."""

from .base import DisplayContext, InvalidValue, ParseContext, PropertyType
from .boolean import BooleanType
from .date import DateType
from .datetime import DateTimeType
from .email import EmailType
from .list import ListType
from .number import NumberType
from .phone import PhoneType
from .sql import sql_is_empty
from .string import StringType
from .text import TextType
from .time import TimeType
from .url import UrlType
from .whitespace import is_empty

__all__ = [
    "PROPERTY_TYPES",
    "DisplayContext",
    "InvalidValue",
    "ParseContext",
    "PropertyType",
    "is_empty",
    "property_type",
    "sql_is_empty",
]

PROPERTY_TYPES: dict[str, PropertyType] = {
    kind.key: kind
    for kind in (
        StringType(),
        TextType(),
        NumberType(),
        BooleanType(),
        DateType(),
        DateTimeType(),
        TimeType(),
        ListType(),
        PhoneType(),
        UrlType(),
        EmailType(),
    )
}


def property_type(key: str) -> PropertyType:
    """The type of this key; KeyError when there is none."""
    return PROPERTY_TYPES[key]
